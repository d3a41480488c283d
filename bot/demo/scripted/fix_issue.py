"""The demo's script: five roles mend the sample project, acting only through real tool calls.

Every answer follows from what the tools really said: the tester's verdict from the tests' own output, the reviewer's
from the diff and the test report.
"""

from collections.abc import Callable, Mapping

from bot.demo.sample_fix import SampleFix
from bot.demo.scripted.conversation import Conversation, ToolResult
from bot.demo.scripted.turn import Reply, Script, finish, say, use


def fix_issue(sample: SampleFix, *, fix: bool = True) -> Script:
    """Play all roles on `sample`; with `fix=False` the builder makes the edit that does not mend it."""
    roles: Mapping[str, Callable[[Conversation], Reply]] = {
        "analyst": lambda asked: _analyst(asked, sample),
        "planner": lambda asked: _planner(asked, sample),
        "builder": lambda asked: _builder(asked, sample, new=sample.new if fix else sample.wrong_new),
        "tester": lambda asked: _tester(asked, sample),
        "reviewer": _reviewer,
    }

    def script(asked: Conversation) -> Reply:
        play = roles.get(asked.role)
        return play(asked) if play is not None else say("I only know how to mend the sample project.")

    return script


def _analyst(asked: Conversation, sample: SampleFix) -> Reply:
    if not asked.results_of("Read"):
        return use("Read", {"file_path": sample.file}, saying="First I look at the code the issue names.")
    if not asked.results_of("Bash"):
        return _bash(sample.test_command, why="Run the tests to see the fault", saying="Do the tests show it?")
    shown = "the tests show it" if _failed(asked.results_of("Bash")[-1]) else "no test shows it yet"
    return finish(
        {
            "summary": f"The discount starts one piece too late, and {shown}.",
            "cause": f"`{sample.old.strip()}` in {sample.file} leaves out the threshold itself.",
            "files": [sample.file],
            "findings": [f"The fault is one comparison in {sample.file}.", "An existing test covers the boundary."],
        }
    )


def _planner(asked: Conversation, sample: SampleFix) -> Reply:
    if not asked.results_of("Read"):
        return use("Read", {"file_path": sample.file})
    return finish(
        {
            "summary": f"Let the discount start at the threshold in {sample.file}.",
            "steps": [
                f"In {sample.file}, replace `{sample.old.strip()}` with `{sample.new.strip()}`.",
                "Make scripts/check.sh executable, so that the tests run with one command.",
                f"Run `{sample.test_command}`.",
            ],
            "files": [sample.file, "scripts/check.sh"],
            "risks": ["Orders exactly at a threshold become cheaper, as the price list says."],
        }
    )


def _builder(asked: Conversation, sample: SampleFix, *, new: str) -> Reply:
    ran = [str(result.tool_input.get("command", "")) for result in asked.results_of("Bash")]
    if not asked.results_of("Read"):
        return use("Read", {"file_path": sample.file}, saying="I read the file before I change it.")
    if not asked.results_of("Edit"):
        return use("Edit", {"file_path": sample.file, "old_string": sample.old, "new_string": new})
    if sample.risky_command not in ran:
        return _bash(sample.risky_command, why="Make the check script executable")
    if sample.test_command not in ran:
        return _bash(sample.test_command, why="Run the tests")
    denied = next(r for r in asked.results_of("Bash") if r.tool_input.get("command") == sample.risky_command).is_error
    return finish(
        {
            "summary": "Start bulk discounts at their threshold",
            "files": [sample.file] if denied else [sample.file, "scripts/check.sh"],
            "notes": "The check script was left as it is: a person said no." if denied else "",
        }
    )


def _tester(asked: Conversation, sample: SampleFix) -> Reply:
    runs = asked.results_of("Bash")
    if not runs:
        return _bash(sample.test_command, why="Run the whole test suite")
    failed = _failed(runs[-1])
    failures = [line for line in runs[-1].text.splitlines() if line.startswith(("FAIL:", "ERROR:", "AssertionError"))]
    return finish(
        {
            "passed": not failed,
            "summary": "Some tests fail." if failed else "All tests pass, the one for the issue among them.",
            "command": sample.test_command,
            "failures": (failures or ["The test command failed."]) if failed else [],
        }
    )


def _reviewer(asked: Conversation) -> Reply:
    diffs = asked.results_of("Bash")
    if not diffs:
        return _bash("git show --stat --patch HEAD", why="Look at the change")
    if "+++" in diffs[-1].text and '"passed": true' in asked.prompt:
        summary = "One comparison changed, and the boundary is tested."
        return finish({"verdict": "approve", "summary": summary, "comments": []})
    return finish({"verdict": "changes_requested", "summary": "There is nothing to approve.", "comments": []})


def _bash(command: str, *, why: str, saying: str = "") -> Reply:
    return use("Bash", {"command": command, "description": why}, saying=saying)


def _failed(result: ToolResult) -> bool:
    """Whether a run of unittest failed, by its exit code and its own last word."""
    return result.is_error or "FAILED" in result.text or "OK" not in result.text
