"""What a bot may do in one channel of Discord, from roles and from what the channel allows and denies; pure."""

from collections.abc import Iterable, Sequence

from adapters.chat.payload import Payload, maps_at, text_at

_ADMINISTRATOR = 1 << 3


def rights_in(channel: Payload, *, guild: str, roles: Sequence[Payload], ours: Sequence[str], us: str) -> int:
    """The permissions as Discord counts them. `roles` are all of the server, `ours` the ids of those the bot has.

    Roles together first, then the channel: what it says to everybody, to our roles together, to us (page: Permissions,
    permission overwrites). The role of everybody has the server's own id.
    """
    mine = {guild, *ours}
    may = _joined(_bits(each, "permissions") for each in roles if text_at(each, "id") in mine)
    if may & _ADMINISTRATOR:
        return may
    overwrites = {text_at(each, "id"): each for each in maps_at(channel, "permission_overwrites")}
    for group in ([guild], [each for each in ours if each != guild], [us]):
        said = [overwrites[each] for each in group if each in overwrites]
        may &= ~_joined(_bits(each, "deny") for each in said)
        may |= _joined(_bits(each, "allow") for each in said)
    return may


def _bits(payload: Payload, key: str) -> int:
    text = text_at(payload, key)
    return int(text) if text.isascii() and text.isdigit() else 0


def _joined(several: Iterable[int]) -> int:
    together = 0
    for each in several:
        together |= each
    return together
