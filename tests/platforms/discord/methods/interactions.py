"""Interactions: answered once and in time, then by their token for a quarter of an hour."""

from typing import Any

from tests.platforms.discord.call import Answer, Call, Desk, Handler, RefusedError, malformed, unknown
from tests.platforms.discord.component_rules import modal_problems
from tests.platforms.discord.interaction import ANSWER_WITHIN_S, Callback, Did, Interaction
from tests.platforms.discord.message import EPHEMERAL, LOADING, Message
from tests.platforms.discord.message_payload import message_of
from tests.platforms.discord.methods import writing
from tests.platforms.discord.world import APPLICATION, OpenModal

_MAY_ANSWER: dict[Did, frozenset[Callback]] = {
    Did.COMMAND: frozenset((Callback.MESSAGE, Callback.DEFERRED_MESSAGE, Callback.MODAL)),
    Did.AUTOCOMPLETE: frozenset((Callback.CHOICES,)),
    Did.COMPONENT: frozenset(Callback) - {Callback.CHOICES, Callback.PONG},
    Did.MODAL: frozenset(Callback) - {Callback.CHOICES, Callback.PONG, Callback.MODAL},
}
_UPDATES = (Callback.UPDATE, Callback.DEFERRED_UPDATE)


def _answer(desk: Desk, call: Call) -> Answer:
    world = desk.world
    interaction = world.interactions.get(call.arguments["interaction_id"])
    if interaction is None or interaction.token != call.arguments["interaction_token"]:
        raise unknown("interaction", 10062)
    if interaction.acked:
        raise RefusedError(40060, "Interaction has already been acknowledged.")
    if interaction.failed or world.now() - interaction.at > ANSWER_WITHIN_S:
        raise unknown("interaction", 10062)
    how = Callback(call.given["type"])
    if how not in _MAY_ANSWER[interaction.did] or (how in _UPDATES and not interaction.source):
        raise malformed(f"type: {how.name} cannot answer {interaction.did.name}")
    made = _done(desk, call, interaction, how)
    interaction.answer, interaction.answered_after_s = how, world.now() - interaction.at
    world.bell.ring()
    wants = call.query.get("with_response", "0") in {"1", "true"}
    return _told(desk, interaction, made, how) if wants else None


def _done(desk: Desk, call: Call, interaction: Interaction, how: Callback) -> Message | None:
    data: dict[str, Any] = call.given.get("data") or {}
    match how:
        case Callback.MESSAGE | Callback.DEFERRED_MESSAGE:
            made = _new(desk, interaction, data, call, thinking=how is Callback.DEFERRED_MESSAGE)
            interaction.original = made.id
            return made
        case Callback.UPDATE | Callback.DEFERRED_UPDATE:
            interaction.original = interaction.source
            message = desk.world.messages[interaction.source]
            body = Call(method=call.method, arguments={}, query={}, body=data, at=call.at, files=call.files)
            return writing.change(desk, message, body) if how is Callback.UPDATE else None
        case Callback.CHOICES:
            interaction.choices = list(data.get("choices") or ())
        case Callback.MODAL:
            if problems := modal_problems(data):
                raise malformed(*problems)
            desk.world.modals.append(OpenModal(person=interaction.person, interaction=interaction, modal=data))
        case Callback.PONG:
            pass
    return None


def _new(desk: Desk, interaction: Interaction, data: dict[str, Any], call: Call, *, thinking: bool = False) -> Message:
    """A message that answers: in the channel, or for the person alone. It needs no right to write there."""
    channel = desk.world.channels[interaction.channel]
    hidden = int(data.get("flags") or 0) & EPHEMERAL
    message = writing.by_app(desk, channel, interaction=interaction.id, flags=hidden)
    message.kind = 20 if interaction.did is Did.COMMAND else 0
    message.only_for = interaction.person if hidden else ""
    if thinking:
        message.flags |= LOADING
    else:
        writing.fill(desk, message, writing.read(data, call.files))
    writing.publish(desk, message, mentions=data.get("allowed_mentions"))
    return message


def _told(desk: Desk, interaction: Interaction, made: Message | None, how: Callback) -> dict[str, Any]:
    told: dict[str, Any] = {"interaction": {"id": interaction.id, "type": int(interaction.did)}}
    if interaction.original and how is not Callback.DEFERRED_UPDATE:
        original = desk.world.messages[interaction.original]
        told["interaction"] |= {
            "response_message_id": original.id,
            "response_message_loading": original.loading,
            "response_message_ephemeral": bool(original.only_for),
        }
    if made is not None and how is not Callback.DEFERRED_MESSAGE:
        told["resource"] = {"type": int(how), "message": message_of(desk.world, made)}
    return told


def _follow_up(desk: Desk, call: Call) -> Answer:
    """One more message; the first one after "thinking" takes its place."""
    interaction = _alive(desk, call)
    original = desk.world.messages.get(interaction.original)
    if original is not None and original.loading and not original.deleted:
        return message_of(desk.world, writing.change(desk, original, call))
    if desk.world.channels[interaction.channel].deleted:
        raise unknown("Channel", 10003)
    made = _new(desk, interaction, call.given, call)
    interaction.followups.append(made.id)
    return message_of(desk.world, made)


def _get(desk: Desk, call: Call) -> Answer:
    return message_of(desk.world, _found(desk, call))


def _edit(desk: Desk, call: Call) -> Answer:
    return message_of(desk.world, writing.change(desk, _found(desk, call), call))


def _delete(desk: Desk, call: Call) -> Answer:
    writing.erase(desk, _found(desk, call))
    return None


def _found(desk: Desk, call: Call) -> Message:
    interaction = _alive(desk, call)
    wanted = call.arguments.get("message_id", interaction.original)
    message = desk.world.messages.get(wanted)
    known = wanted in (interaction.original, *interaction.followups)
    if message is None or message.deleted or not known:
        raise unknown("Message", 10008)
    return message


def _alive(desk: Desk, call: Call) -> Interaction:
    if call.arguments["webhook_id"] != APPLICATION:
        raise unknown("Webhook", 10015)
    interaction = desk.world.by_token(call.arguments["webhook_token"])
    if interaction is None or not interaction.acked:
        raise unknown("Webhook", 10015)
    if not interaction.alive(desk.world.now()):
        raise RefusedError(50027, "Invalid Webhook Token", status=401)
    return interaction


HANDLERS: dict[str, Handler] = {
    "interactions.answer": _answer,
    "followups.post": _follow_up,
    "followups.get": _get,
    "followups.edit": _edit,
    "followups.delete": _delete,
    "original.get": _get,
    "original.edit": _edit,
    "original.delete": _delete,
}
