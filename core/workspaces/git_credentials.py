"""How git logs in somewhere for one command, without the login ever being kept: a port, and when it is used."""

import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

_ASKING = frozenset({"clone", "fetch", "ls-remote"})
"""Commands that speak to a server and fill no files, so nothing that a repository names is run beside them."""
_NO_LOGIN = re.compile(
    r"could not read (?:Username|Password)|Authentication failed|terminal prompts disabled|"
    r"[Rr]epository .*not found|returned error: 40[134]"
)
LENT_SETTINGS = (
    # an empty helper forgets those named before it: they would keep what was lent
    *("credential.helper=", "credential.useHttpPath=false"),
    *("http.extraHeader=", "http.cookieFile=", "http.saveCookies=0"),
    *("protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always"),
)


class GitCredentials(Protocol):
    """A login at one address."""

    @property
    def address(self) -> str:
        """Scheme and host, such as `https://github.com`."""
        ...

    def lent(self) -> AbstractAsyncContextManager[Mapping[str, str]]:
        """Variables with which git can log in there while this is open."""
        ...


def wants_login(words: str, *, command: str, address: str) -> bool:
    """Whether git, running `command`, said that it was not let in at `address`."""
    return command in _ASKING and f"{address}/" in f"{words.replace(chr(39), '/')}" and bool(_NO_LOGIN.search(words))
