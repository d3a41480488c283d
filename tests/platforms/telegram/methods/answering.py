"""answerCallbackQuery: what a person sees for having pressed a button."""

from tests.platforms.telegram.arguments import flag
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.limits import TOAST
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.places import BOT_USERNAME

ANSWERED_WITHIN_S = 15.0
"""The app on the phone waits about this long; an answer after that is refused."""
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(desk: Desk, arguments: Json) -> bool:
    press = desk.world.presses.get(str(arguments["callback_query_id"]))
    now = desk.world.now()
    if press is None or press.answered or now - press.at > ANSWERED_WITHIN_S:
        raise RefusedError(_TOO_OLD)
    text, url = str(arguments.get("text") or ""), str(arguments.get("url") or "")
    if len(text) > TOAST:
        raise RefusedError("MESSAGE_TOO_LONG", defect=True)
    address = url.removeprefix("https://").removeprefix("http://")
    if url and not address.startswith((f"t.me/{BOT_USERNAME}?start", f"telegram.me/{BOT_USERNAME}?start")):
        raise RefusedError("URL_INVALID", defect=True)
    press.answered, press.answered_at, press.text, press.url = True, now, text, url
    press.alert = flag(arguments, "show_alert")
    desk.world.bell.ring()
    return True


HANDLERS: dict[str, Handler] = {"answerCallbackQuery": answer_callback_query}
