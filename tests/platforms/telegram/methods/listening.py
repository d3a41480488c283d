"""How the bot hears of updates: getUpdates, or a webhook."""

import re
from urllib.parse import urlsplit

from tests.platforms.telegram.arguments import flag, whole
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.desk import Desk, Handler
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.webhook import Webhook

LONGEST_POLL_S = 50
_PORTS = (None, 80, 88, 443, 8443)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOOPBACK = "http://127.0.0.1:"
"""What a Bot API server of one's own takes besides HTTPS."""


def handlers(webhook: Webhook) -> dict[str, Handler]:
    """The methods of the webhook; getUpdates is answered by `polled`."""

    def set_webhook(desk: Desk, arguments: Json) -> bool:
        url, secret = str(arguments.get("url") or ""), str(arguments.get("secret_token") or "")
        if url and not url.startswith(("https://", _LOOPBACK)):
            raise RefusedError("bad webhook: An HTTPS URL must be provided for webhook", defect=True)
        if urlsplit(url).port not in _PORTS and not url.startswith(_LOOPBACK):
            raise RefusedError("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", defect=True)
        if secret and not _SECRET.fullmatch(secret):
            raise RefusedError("secret token contains unallowed characters", defect=True)
        _choose(desk, arguments)
        if flag(arguments, "drop_pending_updates"):
            desk.updates.forget()
        if url:
            desk.updates.end_poll("terminated by setWebhook request")
        webhook.point(url, secret, at_once=whole(arguments, "max_connections") or 40)
        return True

    def delete_webhook(desk: Desk, arguments: Json) -> bool:
        if flag(arguments, "drop_pending_updates"):
            desk.updates.forget()
        webhook.point("", "", at_once=0)
        return True

    def get_webhook_info(desk: Desk, _: Json) -> Json:
        return webhook.info(len(desk.updates.pending))

    return {"setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": get_webhook_info}


def poll_of(desk: Desk, arguments: Json) -> Json:
    """What `Updates.poll` is asked for a call of getUpdates."""
    _choose(desk, arguments)
    limit = whole(arguments, "limit") or 100
    if not 1 <= limit <= 100:
        raise RefusedError("invalid limit specified", defect=True)
    timeout_s = min(whole(arguments, "timeout"), LONGEST_POLL_S)
    return {"offset": whole(arguments, "offset"), "limit": limit, "timeout_s": float(timeout_s)}


def _choose(desk: Desk, arguments: Json) -> None:
    """The kinds of updates the bot asks for; without the argument it stays as it was."""
    wanted = arguments.get("allowed_updates")
    if wanted is not None:
        desk.updates.allowed = frozenset(wanted) or None
