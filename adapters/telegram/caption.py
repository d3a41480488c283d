"""The words under a file: its title, and folded below a picture what it shows, for who cannot see it."""

from adapters.chat.file import File
from adapters.chat.measure import fitted, units
from adapters.chat.payload import Payload
from adapters.telegram.limits import CAPTION
from adapters.telegram.markup import Kind, joined, plain, styled
from adapters.telegram.measure import entities
from adapters.telegram.render_harmless import harmless

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
"""What Telegram shows as pictures; it has no field for what they show."""


def caption_of(file: File) -> tuple[str | None, list[Payload] | None]:
    """`caption` and `caption_entities` of a call; None for none. Names in it call nobody and lead nowhere."""
    title = fitted(file.title, limit=CAPTION)
    room = CAPTION - units(title) - 1
    alt = fitted(file.alt, limit=room) if is_picture(file) and room > 0 else ""
    if title and alt:
        words = joined((plain(title), styled(alt, Kind.FOLDED)), "\n")
    else:
        words = plain(title or fitted(file.alt, limit=CAPTION))
    words = harmless(words)
    return words.text or None, [each.payload(words.text) for each in entities(words)] or None


def is_picture(file: File) -> bool:
    """Whether its name is that of a picture."""
    return file.name.lower().endswith(PICTURES)
