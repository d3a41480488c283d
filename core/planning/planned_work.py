"""The steps a planner wrote down: read from its result as it came, and everything that is wrong with them in words."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import cast

from core.domain.role import ResultKind, Role
from core.domain.workflow import StepDefinition

MAX_STEPS = 20
NAME = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_PLANNING_ROLES = frozenset({"planner", "analyst"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWork:
    """One planned step. What it is to do stays in the plan, where its agent reads it."""

    name: str
    role: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWork:
    """What could be read of a plan's `work`, and what of it could not."""

    work: tuple[PlannedWork, ...] = ()
    problems: tuple[str, ...] = ()


def read(raw: object) -> ReadWork:
    """The planned steps in `raw`, which may be anything; nothing at all for None or an empty list."""
    if raw is None:
        return ReadWork()
    if not isinstance(raw, list):
        return ReadWork(problems=("work must be a list of steps.",))
    items = cast("list[object]", raw)
    if len(items) > MAX_STEPS:
        return ReadWork(problems=(f"work has {len(items)} steps; at most {MAX_STEPS} are allowed.",))
    found = [_item(item, number=number) for number, item in enumerate(items, start=1)]
    return ReadWork(
        work=tuple(item for item in found if isinstance(item, PlannedWork)),
        problems=tuple(item for item in found if isinstance(item, str)),
    )


def problems(
    work: Sequence[PlannedWork],
    *,
    kept: Collection[str],
    replaced: Sequence[StepDefinition],
    roles: Mapping[str, Role],
) -> tuple[str, ...]:
    """Why `work` cannot take the place of `replaced` after the steps `kept`; () when it can."""
    names = [item.name for item in work]
    found = [f"Two steps are called {name}." for name in sorted({name for name in names if names.count(name) > 1})]
    for item in work:
        if item.name in kept:
            found.append(f"Step {item.name}: the task already has a step of this name; choose another.")
        found += _wrong_role(item, roles=roles)
        found += _wrong_needs(item, known={*names, *kept})
    return (*found, *_circle(work), *_wrong_writing(work, replaced=replaced, roles=roles))


def _item(raw: object, *, number: int) -> PlannedWork | str:
    """The step, or what is wrong with its form."""
    if not isinstance(raw, dict):
        return f"Step {number} is not a table with name, role and needs."
    table = cast("dict[str, object]", raw)
    name, role, needs = table.get("name"), table.get("role"), table.get("needs", [])
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return f"Step {number}: its name must be lower-case letters, digits and dashes, at most 31, a letter first."
    if not isinstance(role, str):
        return f"Step {name}: it has no role."
    if not isinstance(needs, list) or not all(isinstance(need, str) for need in cast("list[object]", needs)):
        return f"Step {name}: needs must be a list of step names."
    return PlannedWork(name=name, role=role, needs=tuple(dict.fromkeys(cast("list[str]", needs))))


def _wrong_role(item: PlannedWork, *, roles: Mapping[str, Role]) -> list[str]:
    usable = sorted(name for name, role in roles.items() if may_be_planned(role))
    if item.role not in roles:
        return [f"Step {item.name}: there is no role {_shown(item.role)}. Roles: {', '.join(usable)}."]
    if not may_be_planned(roles[item.role]):
        return [f"Step {item.name}: the {item.role} cannot be planned again. Roles: {', '.join(usable)}."]
    return []


def may_be_planned(role: Role) -> bool:
    """Whether a plan may give work to `role`: analysis and planning are over when a plan is made."""
    return role.name not in _PLANNING_ROLES and role.result is not ResultKind.PLAN


def _wrong_needs(item: PlannedWork, *, known: Collection[str]) -> list[str]:
    found = [f"Step {item.name} needs {_shown(need)}, which is no step." for need in item.needs if need not in known]
    return [*found, f"Step {item.name} needs itself."] if item.name in item.needs else found


def _circle(work: Sequence[PlannedWork]) -> list[str]:
    needs = {item.name: [need for need in item.needs if need != item.name] for item in work}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return [f"Steps need each other in a circle: {' → '.join(map(_shown, error.args[1]))}."]
    return []


def _wrong_writing(
    work: Sequence[PlannedWork], *, replaced: Sequence[StepDefinition], roles: Mapping[str, Role]
) -> list[str]:
    had = any(roles[step.role].writes for step in replaced if step.role in roles)
    has = any(roles[item.role].writes for item in work if item.role in roles)
    if had and not has:
        writers = sorted(name for name, role in roles.items() if role.writes and may_be_planned(role))
        return [f"No step changes any file. Give at least one to: {', '.join(writers)}."]
    if has and replaced and not had:
        # A request to read or review must not turn into changes because of something that was read.
        return ["This workflow changes no files, so no step may be given to a role that does."]
    return []


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + "…"
