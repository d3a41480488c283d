"""The script of the demo: five roles settle issue 123 of the sample project, and act only through real tool calls.

What they report follows from what the tools really answered: a tester whose tests failed says so, whatever was planned.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

from bot.demo.sample_fix import SampleFix
from bot.demo.scripted.conversation import Conversation, ToolResult
from bot.demo.scripted.turn import Reply, Script, Text, Thinking, ToolUse, Turn, finish, say

INTERRUPTED = "[Tool call interrupted"
"""How the agent CLI marks a call whose outcome a crash has swallowed: it is made again."""
COMMITTED = "\nTask: "
"""The trailer of commits the orchestrator makes."""

Act = Callable[[Conversation], Turn | None]
"""One thing to do; None when it is done."""


def fix_issue(sample: SampleFix, *, fix: bool = True) -> Script:
    """A model that plays analyst, planner, builder, tester and reviewer; with `fix=False` the builder edits wrongly."""
    roles: Mapping[str, tuple[Act, ...]] = {
        "analyst": (_search(sample), _read(sample), _analysis(sample)),
        "planner": (_read(sample), _plan(sample)),
        "builder": (_read(sample), _edit(sample, fix=fix), _permit(sample), _test(sample), _change(sample)),
        "tester": (_test(sample), _test_report(sample)),
        "reviewer": (_look_at_changes, _look_at_commit, _review(sample)),
    }

    def script(asked: Conversation) -> Turn:
        for act in roles.get(asked.role, ()):
            turn = act(asked)
            if turn is not None:
                return turn
        return say(f"There is no part for the role {asked.role or '(none)'} in this script.")

    return script


def _search(sample: SampleFix) -> Act:
    function = re.compile(r"`?(\w+)\(\d+\)")

    def act(asked: Conversation) -> Turn | None:
        named = function.search(asked.prompt)
        pattern = f"def {named.group(1)}" if named else sample.old.strip()
        words = "The issue names a function; first I look where it lives."
        return _once(asked, "Grep", {"pattern": pattern, "output_mode": "files_with_matches"}, words)

    return act


def _read(sample: SampleFix) -> Act:
    return lambda asked: _once(asked, "Read", {"file_path": sample.file}, f"I read {sample.file}.")


def _edit(sample: SampleFix, *, fix: bool) -> Act:
    def act(asked: Conversation) -> Turn | None:
        if _result(asked, "Edit") is not None:
            return None
        old, new = sample.old, sample.new if fix else sample.wrong_new
        read = _result(asked, "Read")
        if not fix and read is not None and sample.wrong_new.strip() in read.text:
            # A second wrong try: back to where it was.
            old, new = sample.wrong_new, sample.old
        thought = Thinking(thinking=f"The comparison decides. `{old.strip()}` becomes `{new.strip()}`.")
        call = ToolUse(name="Edit", input={"file_path": sample.file, "old_string": old, "new_string": new})
        return Reply(blocks=(thought, Text(text="I change the one comparison that is wrong."), call))

    return act


def _permit(sample: SampleFix) -> Act:
    words = "The issue also says that the check script is not executable."
    return lambda asked: _once(asked, "Bash", _shell(sample.risky_command), words)


def _test(sample: SampleFix) -> Act:
    return lambda asked: _once(asked, "Bash", _shell(sample.test_command), "Now the tests.")


def _look_at_changes(asked: Conversation) -> Turn | None:
    return _once(asked, "Bash", _shell("git diff HEAD"), "I read the change itself.")


def _look_at_commit(asked: Conversation) -> Turn | None:
    uncommitted = _result(asked, "Bash", _shell("git diff HEAD"))
    if uncommitted is not None and "diff --git" in uncommitted.text:
        return None
    return _once(asked, "Bash", _shell("git show HEAD"), "The work is committed already; I read the commit.")


def _analysis(sample: SampleFix) -> Act:
    def act(asked: Conversation) -> Turn:
        found, read = _result(asked, "Grep"), _result(asked, "Read")
        there = read is not None and sample.old.strip() in read.text
        listed = found.text.splitlines() if found is not None and not found.is_error else []
        files = [line for line in listed if line.endswith(".py")]
        return finish({
            "summary": f"The discount starts one piece too late, in {sample.file}.",
            "cause": f"`{sample.old.strip()}` leaves out the threshold itself." if there else "Not found.",
            "files": sorted({sample.file, *files}),
            "findings": ["All thresholds share this one comparison.", "A failing test for it exists already."],
        })  # fmt: skip

    return act


def _plan(sample: SampleFix) -> Act:
    def act(_asked: Conversation) -> Turn:
        return finish({
            "summary": "Let the discount start at the threshold itself.",
            "steps": [
                f"In {sample.file} replace `{sample.old.strip()}` by `{sample.new.strip()}`.",
                f"Make the check script executable (`{sample.risky_command}`), as the issue asks.",
                f"Run `{sample.test_command}`.",
            ],
            "files": [sample.file, sample.risky_command.split()[-1]],
            "risks": ["Orders of exactly a threshold become cheaper: that is what the price list promises."],
        })  # fmt: skip

    return act


def _change(sample: SampleFix) -> Act:
    def act(asked: Conversation) -> Turn:
        edited, permitted = _result(asked, "Edit"), _result(asked, "Bash", _shell(sample.risky_command))
        tested = _result(asked, "Bash", _shell(sample.test_command))
        notes: list[str] = []
        if edited is None or edited.is_error:
            notes.append("The edit was not made.")
        if permitted is None or permitted.is_error:
            notes.append("The check script is still not executable: the command was not allowed.")
        if not _passed(tested):
            notes.append("The tests do not pass yet.")
        files = [sample.file, *([] if permitted is None or permitted.is_error else [sample.risky_command.split()[-1]])]
        summary = "The discount starts at the threshold itself, as the price list says."
        return finish({"summary": summary, "files": files, "notes": " ".join(notes)})

    return act


def _test_report(sample: SampleFix) -> Act:
    def act(asked: Conversation) -> Turn:
        tested = _result(asked, "Bash", _shell(sample.test_command))
        text = tested.text if tested is not None else ""
        ran = re.search(r"Ran \d+ tests?", text)
        passed = _passed(tested)
        verdict = "all passed" if passed else "not all passed"
        return finish({
            "passed": passed,
            "summary": f"{ran.group(0) if ran else 'The tests did not run'}: {verdict}.",
            "command": sample.test_command,
            "failures": [] if passed else re.findall(r"^(?:FAIL|ERROR): .+$", text, re.MULTILINE) or [text[-500:]],
        })  # fmt: skip

    return act


def _review(sample: SampleFix) -> Act:
    def act(asked: Conversation) -> Turn:
        changed = any(_is_change(result) for result in asked.results_of("Bash"))
        told = re.findall(r'"passed":\s*(true|false)', asked.prompt)
        tested = bool(told) and told[-1] == "true"
        problems = [
            *([] if changed else ["There is no change to review."]),
            *([] if tested else ["The tests do not pass."]),
        ]
        verdict: Literal["approve", "changes_requested"] = "changes_requested" if problems else "approve"
        return finish({
            "verdict": verdict,
            "summary": " ".join(problems) or "One comparison changed, the tests pass, nothing else is touched.",
            "comments": [{"file": sample.file, "line": 0, "text": problem} for problem in problems],
        })  # fmt: skip

    return act


def _is_change(result: ToolResult) -> bool:
    uncommitted = result.tool_input.get("command") == "git diff HEAD"
    return "diff --git" in result.text and (uncommitted or COMMITTED in result.text.replace("\n    ", "\n"))


def _passed(tested: ToolResult | None) -> bool:
    if tested is None or tested.is_error:
        return False
    return re.search(r"^OK\b", tested.text, re.MULTILINE) is not None and "FAILED" not in tested.text


def _shell(command: str) -> Mapping[str, object]:
    return {"command": command}


def _once(asked: Conversation, tool: str, tool_input: Mapping[str, object], words: str) -> Turn | None:
    if _result(asked, tool, tool_input if tool == "Bash" else None) is not None:
        return None
    return Reply(blocks=(Text(text=words), ToolUse(name=tool, input=tool_input)))


def _result(asked: Conversation, tool: str, tool_input: Mapping[str, object] | None = None) -> ToolResult | None:
    """The latest known outcome of a tool, for Bash of one command."""
    known = [
        result
        for result in asked.results_of(tool)
        if INTERRUPTED not in result.text and (tool_input is None or tool_input.items() <= result.tool_input.items())
    ]
    return known[-1] if known else None
