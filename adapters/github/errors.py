"""What GitHub answers instead of yes, as errors of the forge port: what happened, and which permission is missing."""

from collections.abc import Mapping
from typing import cast

import httpx
from githubkit.exception import GitHubException, RateLimitExceeded, RequestError, RequestFailed, RequestTimeout

from core.domain.errors import NotFoundError
from core.forge import ForgeBusyError, ForgeDeniedError, ForgeError, ForgeRefusedError, ForgeUnavailableError

DEFAULT_RETRY_S = 60.0
"""What GitHub asks for where it says nothing: docs, "Rate limits for the REST API"."""
MAX_WORDS = 300


class GoneError(ForgeError):
    """GitHub says that there is no such thing, or hides it from us; the caller knows what was looked for."""


class KeyRefusedError(ForgeDeniedError):
    """GitHub does not accept our token at all: it ended, was revoked, or is none."""


def translated(error: Exception, *, doing: str) -> ForgeError:
    """`error` of the library while we were `doing` something (such as `read issue #7`), as one of the port's."""
    if isinstance(error, RateLimitExceeded):
        return _busy(doing, max(error.retry_after.total_seconds(), 1.0))
    if isinstance(error, RequestFailed):
        return _answered(error, doing=doing)
    if isinstance(error, RequestTimeout):
        return _unavailable(doing, "it did not answer in time")
    if isinstance(error, RequestError):
        return _not_sent(cast("RequestError[Exception]", error).exc, doing=doing)
    if isinstance(error, (GitHubException, ValueError)):
        return _unavailable(doing, f"what came back was no answer of GitHub ({type(error).__name__})")
    raise error


def _not_sent(cause: Exception, *, doing: str) -> ForgeError:
    if isinstance(cause, httpx.TooManyRedirects):
        return _unavailable(doing, "it sent us from one address to the next")
    if isinstance(cause, httpx.HTTPError):
        return _unavailable(doing, f"the connection failed ({type(cause).__name__})")
    # signing for an App happens on the way; the words of a failed reading may quote the key
    return ForgeDeniedError(
        f"Could not {doing}: the App's private key cannot be used ({type(cause).__name__}).",
        hint="Give the whole PEM file that GitHub made for the App.",
    )


def _answered(error: RequestFailed, *, doing: str) -> ForgeError:
    status, headers = error.response.status_code, error.response.headers
    said = words_of(error)
    match status:
        case 401:
            return KeyRefusedError(
                f"Could not {doing}: GitHub does not accept our token. {said}".strip(),
                hint="It may have expired or been revoked: make a new one and set it in [github].",
            )
        case 403 | 429 if status == 429 or "rate limit" in said.lower():
            return _busy(doing, DEFAULT_RETRY_S)
        case 403 if "archived" in said.lower():
            return archived(doing)
        case 403 | 451:
            return ForgeDeniedError(f"Could not {doing}: GitHub forbids it. {said}".strip(), hint=_missing(headers))
        case 404 | 410:
            return GoneError(f"Could not {doing}: GitHub shows us no such thing.", hint=_missing(headers))
        case _ if status >= 500:
            return _unavailable(doing, f"GitHub failed (HTTP {status})")
        case _:
            return ForgeRefusedError(f"Could not {doing}: GitHub refused it. {said or f'HTTP {status}'}")


def archived(doing: str) -> ForgeRefusedError:
    """The repository takes nothing any more."""
    return ForgeRefusedError(
        f"Could not {doing}: the repository is archived, so nothing can be changed in it.",
        hint="Unarchive it in its settings on GitHub, or bind the project to another one.",
    )


def no_repository(name: str, *, hint: str = "") -> NotFoundError:
    """There is none, or our token does not see it: GitHub answers both the same."""
    return NotFoundError(
        "repository",
        f"{name} on GitHub that our token can see",
        hint=hint or "Check its name, and that the token or App has access to it.",
    )


def words_of(error: RequestFailed) -> str:
    """GitHub's own explanation, shortened."""
    try:
        body: object = error.response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    fields = cast("Mapping[str, object]", body)
    details = fields.get("errors")
    several = cast("list[object]", details) if isinstance(details, list) else []
    said = [fields.get("message"), *(_detail(each) for each in several)]
    return "; ".join(each for each in said if isinstance(each, str) and each)[:MAX_WORDS]


def _detail(each: object) -> object:
    if not isinstance(each, dict):
        return each
    fields = cast("Mapping[str, object]", each)
    return fields.get("message") or " ".join(str(fields[key]) for key in ("field", "code") if key in fields)


def _missing(headers: Mapping[str, str]) -> str:
    """GitHub names what a call takes with every answer: permissions for new tokens and Apps, scopes for old ones."""
    sign_on = headers.get("x-github-sso", "")
    if "url=" in sign_on:
        return f"The organization wants the token signed on: {sign_on.partition('url=')[2]}"
    permissions = headers.get("x-accepted-github-permissions", "")
    if permissions:
        return f"Give the token or App the permission {_readable(permissions)}."
    accepted = _set(headers.get("x-accepted-oauth-scopes", ""))
    if accepted and not accepted & _set(headers.get("x-oauth-scopes", "")):
        return f"Give the token the scope {' or '.join(sorted(accepted))}."
    return "Check that the token or App has access to this repository."


def _readable(permissions: str) -> str:
    """`issues=write; pull_requests=write` is either of the two; commas join what is needed together."""
    either = [part.strip() for part in permissions.split(";") if part.strip()]
    return " or ".join(
        " and ".join(
            f"{name.strip().replace('_', ' ').capitalize()}: {level.strip()}"
            for name, _, level in (each.partition("=") for each in together.split(","))
        )
        for together in either
    )


def _set(header: str) -> frozenset[str]:
    return frozenset(filter(None, (each.strip() for each in header.split(","))))


def _busy(doing: str, wait_s: float) -> ForgeBusyError:
    return ForgeBusyError(
        f"Could not {doing}: GitHub asks us to wait {wait_s:.0f} s.",
        retry_after_s=wait_s,
        hint="Try again then.",
    )


def _unavailable(doing: str, why: str) -> ForgeUnavailableError:
    return ForgeUnavailableError(
        f"Could not {doing}: {why}.", hint="Check the network and GitHub's status page, then try again."
    )
