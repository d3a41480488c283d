"""Which rules a dry run names: those about tools that the agents have, one line for each reason."""

from core.agents.permissions import Effect, Rule
from core.domain.approval import Risk
from core.domain.role import ResultKind, Role
from core.preview.rules import examples, tool_rules


def a_role(name: str, *tools: str) -> Role:
    """A role with these tools."""
    return Role(name=name, description="", prompt="", model="m", result=ResultKind.CHANGE, tools=tools)


BUILDER, READER = a_role("builder", "Read", "Bash"), a_role("reader", "Read", "WebFetch")
NETWORK = "It reaches the network."


def test_rules_of_one_reason_are_one_with_all_their_commands_and_the_roles_they_are_about() -> None:
    rules = [
        Rule(effect=Effect.ASK, tool="Bash", argument="curl *", reason=NETWORK, risk=Risk.MEDIUM),
        Rule(effect=Effect.ASK, tool="Bash", argument="wget *", reason=NETWORK, risk=Risk.HIGH),
        Rule(effect=Effect.ASK, tool="WebFetch", reason=NETWORK, risk=Risk.LOW),
    ]
    (found,) = tool_rules(rules, [BUILDER, READER])
    assert found.examples == ("curl", "wget", "WebFetch")
    assert found.roles == ("builder", "reader")
    assert found.risk is Risk.HIGH


def test_rules_about_tools_nobody_has_and_rules_that_allow_are_left_out() -> None:
    rules = [
        Rule(effect=Effect.ALLOW, tool="Read"),
        Rule(effect=Effect.DENY, tool="Bash", argument="sudo *", reason="No."),
        Rule(effect=Effect.ASK, tool="WebFetch", reason=NETWORK),
    ]
    assert [each.effect for each in tool_rules(rules, [READER])] == [Effect.ASK]
    assert [each.effect for each in tool_rules(rules, [BUILDER])] == [Effect.DENY]


def test_a_rule_behind_one_that_takes_all_its_calls_asks_nobody() -> None:
    rules = [
        Rule(effect=Effect.ALLOW, tool="Bash", argument="curl *"),
        Rule(effect=Effect.ASK, tool="Bash", argument="curl *", reason=NETWORK),
        Rule(effect=Effect.ASK, tool="Bash", argument="wget *", reason=NETWORK),
        Rule(effect=Effect.ALLOW, tool="Bash", argument="*", expression="pytest.*"),
        Rule(effect=Effect.ASK, tool="Bash", argument="rm *", reason="It deletes."),
    ]
    assert [each.examples for each in tool_rules(rules, [BUILDER])] == [("wget",), ("rm",)]


def test_a_role_without_tools_of_its_own_has_every_tool() -> None:
    rules = [Rule(effect=Effect.ASK, tool="Web*", reason=NETWORK)]
    (found,) = tool_rules(rules, [a_role("anybody")])
    assert (found.examples, found.roles) == ((), ("anybody",))


def test_what_never_happens_comes_last_and_the_riskier_first() -> None:
    rules = [
        Rule(effect=Effect.DENY, tool="Bash", argument="sudo *", reason="Never.", risk=Risk.HIGH),
        Rule(effect=Effect.ASK, tool="Bash", argument="cp *", reason="It copies.", risk=Risk.LOW),
        Rule(effect=Effect.ASK, tool="Bash", argument="ssh *", reason=NETWORK, risk=Risk.HIGH),
    ]
    assert [each.reason for each in tool_rules(rules, [BUILDER])] == [NETWORK, "It copies.", "Never."]


def test_an_expression_is_told_by_the_commands_it_begins_with() -> None:
    def told(expression: str) -> tuple[str, ...]:
        return examples(Rule(effect=Effect.DENY, tool="Bash", expression=expression))

    assert told("git (add|commit|push)( .*)?") == ("git …",)
    assert told("(sh|bash|dash)( -s.*| -)?") == ("sh", "bash", "dash")
    assert told("[a-z]+") == ()
