"""The JSON of the command line keeps the shape that scripts rely on."""

import json
from dataclasses import replace
from datetime import timedelta

from bot.documents import approval_document, task_document, task_summary
from bot.sample_task import NOW, sample_view
from core.domain.event import CostMismatchFound
from core.domain.identity import AgentRunId


def test_a_task_document_has_the_promised_keys() -> None:
    document = task_document(sample_view(), now=NOW, diff="diff --git …")

    assert list(document) == ["task", "steps", "approvals", "diff"]
    assert {"number", "state", "branch", "commit", "cost_usd", "duration_s"} <= set(document["task"])
    assert set(document["steps"][0]) == {
        *("name", "role", "state", "attempts", "cost_usd", "input_tokens", "output_tokens", "duration_s"),
    }
    assert document["approvals"] == [{"kind": "tool", "decision": "pending", "by": None}]
    assert json.loads(json.dumps(document)) == document


def test_sums_that_differ_from_the_agent_programs_are_told_exactly() -> None:
    found = CostMismatchFound(agent_run=AgentRunId("T142.3"), ledger_usd="1.0000001", reported_usd="1.5")
    document = task_document(replace(sample_view(), mismatches=(found,)), now=NOW, diff="")
    assert document["task"]["cost_mismatches"] == [
        {"agent": "T142.3", "ledger_usd": "1.0000001", "reported_usd": "1.5"},
    ]


def test_amounts_are_dollars_and_durations_seconds_up_to_now() -> None:
    document = task_document(sample_view(), now=NOW, diff="")

    assert (document["task"]["cost_usd"], document["task"]["duration_s"]) == (0.1027, 161.0)
    build = document["steps"][2]
    assert (build["state"], build["attempts"], build["cost_usd"], build["duration_s"]) == ("waiting", 1, 0.0612, 90.0)
    assert document["steps"][4] == {
        **{"name": "review", "role": "reviewer", "state": "pending", "attempts": 0, "cost_usd": 0.0},
        **{"input_tokens": 0, "output_tokens": 0, "duration_s": 0.0},
    }
    assert task_summary(sample_view(), now=NOW + timedelta(seconds=1))["duration_s"] == 162.0


def test_tokens_in_count_those_of_the_cache() -> None:
    analyse = task_document(sample_view(), now=NOW, diff="")["steps"][0]

    assert analyse["input_tokens"] == 4 * (310 + 4_120 + 95)
    assert analyse["output_tokens"] == 4 * 214


def test_what_is_not_there_is_null_and_not_an_empty_text() -> None:
    summary = task_summary(sample_view(), now=NOW)

    assert (summary["commit"], summary["pull_request"], summary["failure"]) == (None, None, None)


def test_an_approval_tells_what_is_asked_and_by_what_name_to_answer() -> None:
    (approval,) = sample_view().waiting

    document = approval_document(approval)

    assert (document["id"], document["task"], document["step"], document["kind"]) == ("A17", "T142", "build", "tool")
    assert (document["state"], document["risk"], document["detail"]) == (
        "pending",
        "medium",
        "chmod +x scripts/check.sh",
    )
