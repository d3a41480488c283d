"""The words under a file: its title, and folded below a picture what it shows, for who cannot see it."""

from adapters.chat.file import File
from adapters.chat.measure import fitted, units
from adapters.chat.payload import Payload
from adapters.telegram.limits import CAPTION
from adapters.telegram.markup import Kind

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
"""What Telegram shows as pictures; it has no field for what they show."""


def caption_of(file: File) -> tuple[str | None, list[Payload] | None]:
    """`caption` and `caption_entities` of a call; None for none."""
    title = fitted(file.title, limit=CAPTION)
    room = CAPTION - units(title) - 1
    alt = fitted(file.alt, limit=room) if is_picture(file) and room > 0 else ""
    if not (title and alt):
        words = title or fitted(file.alt, limit=CAPTION)
        return words or None, None
    folded: Payload = {"type": Kind.FOLDED.value, "offset": units(title) + 1, "length": units(alt)}
    return f"{title}\n{alt}", [folded]


def is_picture(file: File) -> bool:
    """Whether its name is that of a picture."""
    return file.name.lower().endswith(PICTURES)
