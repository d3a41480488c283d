"""URLs and the passwords people put into them."""

from urllib.parse import unquote, urlsplit

MASK = "•••"


def password_in(url: str) -> str:
    """The password of `url`, decoded; a user name alone in an https URL is a token too. '' when there is none."""
    try:
        parts = urlsplit(url)
        secret = parts.password or (parts.username if parts.scheme in {"http", "https"} else "")
    except ValueError:
        return ""
    return unquote(secret or "")


def without_password(url: str) -> str:
    """`url` for people."""
    secret = password_in(url)
    if not secret:
        return url
    start, _, end = url.rpartition("@")
    scheme, _, login = start.partition("://")
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user if colon else ''}{colon}{MASK}@{end}"
