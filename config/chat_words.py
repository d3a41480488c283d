"""What people write about chats besides ids and tokens, checked: addresses and time zones."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def as_time_zone(name: str) -> str:
    """The name of a time zone; ValueError otherwise."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin.") from error
    return name


def listen_address(text: str) -> str:
    """An address and a port, or ''; ValueError otherwise."""
    return address(text) if text else text


def address(text: str) -> str:
    """An address and a port; ValueError otherwise."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise ValueError('write an address and a port, such as "127.0.0.1:9464".')
    return text


def https_url(text: str) -> str:
    """A URL that can be reached from outside, or ''; ValueError otherwise."""
    if text and not text.startswith("https://"):
        raise ValueError("write the whole address, such as https://bot.example.com/telegram.")
    return text
