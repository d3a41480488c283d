"""Which rules for tools will ask a person about agents of some roles, and which will deny (pure)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from core.agents.permissions import Effect, Rule
from core.agents.shell_rules import RISKS, SHELL
from core.domain.approval import Risk
from core.domain.role import Role
from core.preview.values import ToolRule

_FIRST_WORDS = re.compile(r"\(([\w|.+-]+)\)|([\w.+-]+(?: [\w.+-]+)?)")
"""How an expression begins that names its commands: `git (add|commit)`, `(sh|bash)`, `rm `."""


@dataclass(slots=True)
class _Group:
    risk: Risk
    examples: dict[str, None] = field(default_factory=dict[str, None])
    roles: dict[str, None] = field(default_factory=dict[str, None])


def tool_rules(rules: Sequence[Rule], roles: Iterable[Role]) -> tuple[ToolRule, ...]:
    """The rules that ask or deny about tools these roles have, one for each reason, what asks first.

    A rule whose calls an earlier one takes wholly is left out; roles without tools of their own have every tool.
    """
    groups: dict[tuple[Effect, str], _Group] = {}
    known = list(roles)
    for index, rule in enumerate(rules):
        if rule.effect is Effect.ALLOW or any(_covers(earlier, rule) for earlier in rules[:index]):
            continue
        who = [role.name for role in known if _has(role, rule)]
        if not who:
            continue
        group = groups.setdefault((rule.effect, rule.reason), _Group(risk=rule.risk))
        group.risk = max(group.risk, rule.risk, key=RISKS.index)
        group.examples |= dict.fromkeys(examples(rule))
        group.roles |= dict.fromkeys(who)
    found = [
        ToolRule(
            effect=effect,
            reason=reason,
            risk=group.risk,
            examples=tuple(group.examples),
            roles=tuple(group.roles),
        )
        for (effect, reason), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.effect is Effect.DENY, -RISKS.index(each.risk))))


def examples(rule: Rule) -> tuple[str, ...]:
    """What `rule` is about in the words people type: commands, paths, or the tool; () where nothing names it."""
    if rule.argument != "*":
        return (rule.argument.removesuffix("*").rstrip(),) if rule.argument.rstrip("* ") else ()
    if rule.tool != SHELL:
        return () if "*" in rule.tool else (rule.tool,)
    first = _FIRST_WORDS.match(rule.expression)
    if first is None:
        return ()
    listed, plain = first.groups()
    if listed:
        return tuple(listed.split("|"))
    return (f"{plain} …",) if rule.expression[first.end() :].startswith(" (") else (plain,)


def _has(role: Role, rule: Rule) -> bool:
    return not role.tools or any(fnmatchcase(tool, rule.tool) for tool in role.tools)


def _covers(earlier: Rule, rule: Rule) -> bool:
    """Whether `earlier` fits every call that `rule` fits, as far as patterns that are equal or a lone `*` tell."""
    tool = earlier.tool in ("*", rule.tool)
    argument = earlier.argument in ("*", rule.argument)
    return tool and argument and earlier.expression in ("", rule.expression)
