"""Secrets in text: known values and well-known shapes become `•••` before the text leaves for chat, logs or a model."""

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "•••"
MIN_SECRET_LENGTH = 6
"""Shorter values occur in ordinary text; masking them would hide that instead."""

_START = r"(?<![A-Za-z0-9_-])"
# Every repetition is bounded or possessive: one pass over the text, whatever it holds.
_SHAPES = re.compile(
    "|".join(
        (
            # Private keys, whole or cut off; the inner part ends at the next line of dashes.
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----))*+"
            r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
            r"sk-ant-[A-Za-z0-9_-]{6,}+",
            _START + r"sk-[A-Za-z0-9_-]{20,}+",
            _START + r"gh[pousr]_[A-Za-z0-9]{20,}+",
            _START + r"github_pat_[A-Za-z0-9_]{20,}+",
            _START + r"glpat-[A-Za-z0-9_-]{16,}+",
            _START + r"xox[abeoprs]-[A-Za-z0-9-]{10,}+",
            _START + r"xapp-[A-Za-z0-9-]{10,}+",
            _START + r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])",
            _START + r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
            _START + r"npm_[A-Za-z0-9]{30,}+",
            _START + r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])",
            _START + r"eyJ[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+",
            r"(?<=hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}+",
        )
    )
)
_BEARER = re.compile(r"\b(bearer[ \t]{1,4})[A-Za-z0-9._~+/-]{16,}+={0,3}", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"(\bauthorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:basic|token)[ \t]{1,4})[A-Za-z0-9._~+/-]{6,}+={0,3}",
    re.IGNORECASE,
)
_URL_LOGIN = re.compile(r"(://[^\s/:@\"'\\]{0,100}:)[^\s/@\"'\\]{1,200}(?=@)")
_URL_QUERY = re.compile(
    r"([?&](?:password|passwd|pwd|secret|token|access_token|api_?key|key|signature|sig)=)[^\s&#\"'\\]{4,}+",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"(\b[A-Z0-9_]{0,60}?(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY)=)[^\s\"'\\;&|]{6,}+"
)


class SecretMask:
    """Masks the given values, as they are and as they are commonly encoded, and everything of a secret's shape."""

    def __init__(self, values: Iterable[str]) -> None:
        known = {value for value in values if len(value) >= MIN_SECRET_LENGTH}
        forms = {form for value in known for form in encoded_forms(value)}
        # Longest first, so that a secret that contains another one goes as a whole.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def __repr__(self) -> str:
        return f"SecretMask({len(self._forms)} forms)"

    def mask(self, text: str) -> str:
        """`text` with every secret replaced by `•••`; time grows with the text's length alone."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        text = _SHAPES.sub(MASK, text)
        for pattern in (_BEARER, _AUTHORIZATION, _URL_LOGIN, _URL_QUERY, _VARIABLE):
            text = pattern.sub(rf"\g<1>{MASK}", text)
        return text


def encoded_forms(secret: str) -> set[str]:
    """`secret` as it is, in a URL, in JSON and in base64, wherever it stands there."""
    forms = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    data = secret.encode("utf-8", "surrogatepass")
    forms |= {quote(data, safe=""), quote(data, safe="/"), quote_plus(data)}
    forms |= {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in forms if "%" in form}
    for form in base64_forms(data):
        forms |= {form, form.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= MIN_SECRET_LENGTH}


def base64_forms(data: bytes) -> set[str]:
    """The characters that `data` alone decides in base64, for each of the three places it can begin at."""
    forms: set[str] = set()
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + data).decode("ascii").rstrip("=")
        # Characters that also hold bits of what stands before or after differ from text to text.
        first = (offset * 8 + 5) // 6
        last = (offset + len(data)) * 8 // 6
        forms.add(encoded[first:last])
    return forms
