"""What the scripted model does to the sample project: data, so that its edits are real edits of real files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFix:
    """An edit that mends the sample's bug, one that does not, and the commands that go with them.

    `old` occurs exactly once in `file` (a path inside the project); `new` makes the tests pass, `wrong_new` does not.
    """

    file: str
    old: str
    new: str
    wrong_new: str
    test_command: str
    risky_command: str


SAMPLE_FIX = SampleFix(
    file="pricing/discount.py",
    old="        if pieces > threshold:",
    new="        if pieces >= threshold:",
    wrong_new="        if pieces > threshold + 1:",
    test_command="python -m unittest discover -s tests -t .",
    risky_command="chmod +x scripts/check.sh",
)
