"""views.*: forms on a person's screen, and the app's home page."""

from typing import Any

from tests.platforms.slack import block_rules, published
from tests.platforms.slack.call import Answer, Desk, Handler, RefusedError
from tests.platforms.slack.workspace import APP, BOT, TEAM, OpenView

TRIGGER_LIFE_S = 5 * 3.0
VIEW_BYTES = 250_000


def open_view(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Open a form for whoever made the trigger."""
    view = _checked(arguments["view"], kind="modal")
    person = _use_trigger(desk, str(arguments.get("trigger_id") or arguments.get("interactivity_pointer") or ""))
    opened = OpenView(id=f"V{desk.workspace.number():06d}", person=person, view={})
    opened.view = view_of(opened.id, view)
    desk.workspace.views[opened.id] = opened
    desk.workspace.bell.ring()
    return {"view": opened.view}


def publish(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Show a person's home page."""
    person = str(arguments["user_id"])
    if person not in desk.workspace.accounts:
        raise RefusedError("user_not_found")
    view = _checked(arguments["view"], kind="home")
    known = desk.workspace.homes.get(person)
    if arguments.get("hash") and known and arguments["hash"] != known["hash"]:
        raise RefusedError("hash_conflict")
    shown = view_of(known["id"] if known else f"V{desk.workspace.number():06d}", view)
    desk.workspace.homes[person] = shown | {"hash": f"{desk.workspace.number()}.hash"}
    desk.workspace.bell.ring()
    return {"view": desk.workspace.homes[person]}


def update(desk: Desk, arguments: dict[str, Any]) -> Answer:
    """Change a form that is open."""
    opened = desk.workspace.views.get(str(arguments.get("view_id") or ""))
    if opened is None or opened.closed:
        raise RefusedError("not_found")
    if arguments.get("hash") and arguments["hash"] != opened.view["hash"]:
        raise RefusedError("hash_conflict")
    opened.view = view_of(opened.id, _checked(arguments["view"], kind="modal"))
    desk.workspace.bell.ring()
    return {"view": opened.view}


def view_of(view_id: str, view: dict[str, Any]) -> dict[str, Any]:
    """A view as Slack hands it back."""
    blocks = [{"block_id": f"b{number}"} | block for number, block in enumerate(view["blocks"])]
    defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False, "close": None}
    return (
        defaults
        | {"notify_on_close": False, "submit": None, "previous_view_id": None, "root_view_id": view_id}
        | view
        | {
            "id": view_id,
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT,
            "app_installed_team_id": TEAM,
            "blocks": blocks,
            "state": {"values": {}},
            "hash": f"{view_id}.hash",
        }
    )


def _checked(view: Any, *, kind: str) -> dict[str, Any]:
    if not isinstance(view, dict) or view.get("type") != kind:
        raise RefusedError("invalid_arguments", defect=True)
    problems = [published.view_problem(view), *map(published.block_problem, view.get("blocks", ()))]
    problems = [problem for problem in problems if problem] or block_rules.view_problems(view)
    if problems:
        raise RefusedError("invalid_arguments", defect=True, response_metadata={"messages": problems})
    if len(str(view).encode()) > VIEW_BYTES:
        raise RefusedError("view_too_large", defect=True)
    return view


def _use_trigger(desk: Desk, trigger: str) -> str:
    """Whose it is; a trigger works once and for some seconds."""
    if trigger in desk.workspace.used_triggers:
        raise RefusedError("exchanged_trigger_id")
    if trigger not in desk.workspace.triggers:
        raise RefusedError("invalid_trigger_id")
    person, since = desk.workspace.triggers.pop(trigger)
    desk.workspace.used_triggers.add(trigger)
    if desk.workspace.now() - since > TRIGGER_LIFE_S:
        raise RefusedError("expired_trigger_id")
    return person


HANDLERS: dict[str, Handler] = {"views.open": open_view, "views.publish": publish, "views.update": update}
