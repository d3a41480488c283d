"""Typed results: what each role must hand back, as a schema for the model and as values for the rest of the house."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.errors import InvalidInputError
from core.domain.role import ResultKind
from core.domain.task import Complexity, TaskType

SUMMARY_LINE_LENGTH = 200
MAX_PLANNED_STEPS = 20
_PlannedName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]


class Result(BaseModel):
    """Base of every result: nothing but what the schema names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    summary: str = Field(description="What came out, in a few plain sentences.")


class Analysis(Result):
    """What is asked for and where in the code it happens."""

    cause: str = Field(default="", description="Why it happens; empty when there is nothing to explain.")
    files: list[str] = Field(default_factory=list[str], description="Paths of the files that matter, from the root.")
    findings: list[str] = Field(default_factory=list[str], description="Facts the planner needs, one each.")


class PlannedStep(BaseModel):
    """One piece of work for one agent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: _PlannedName = Field(description="Short and unlike the others: lower-case letters, digits and dashes.")
    role: str = Field(max_length=63, description="Who does it: one of the roles you were told of.")
    needs: list[_PlannedName] = Field(
        default_factory=list[str],
        max_length=MAX_PLANNED_STEPS,
        description="Names of planned steps that must be done before it; empty when it can begin at once.",
    )
    instruction: str = Field(
        min_length=1, max_length=4000, description="What is to be done and how one sees that it works."
    )
    files: list[str] = Field(
        default_factory=list[str],
        max_length=200,
        description="Paths it changes, from the root. Steps that can run at the same time share none.",
    )


class Plan(Result):
    """What is going to be done, for a person to approve."""

    steps: list[str] = Field(min_length=1, description="What is done, in order; each names the file and the change.")
    files: list[str] = Field(default_factory=list[str], description="Paths to be changed or added, from the root.")
    risks: list[str] = Field(default_factory=list[str], description="What could break or is left alone on purpose.")
    type: TaskType | None = Field(default=None, description="The kind of work, when the task was taken for another.")
    complexity: Complexity | None = Field(default=None, description="How much thought the work needs.")
    work: list[PlannedStep] = Field(
        default_factory=list[PlannedStep],
        max_length=MAX_PLANNED_STEPS,
        description="The work divided among agents; empty when the steps after this one are right as they are.",
    )


class Change(Result):
    """What was changed in the working copy."""

    files: list[str] = Field(default_factory=list[str], description="Paths changed or added, from the root.")
    notes: str = Field(default="", description="What a reviewer must know and what is not done; empty for nothing.")


class TestReport(Result):
    """What running the tests showed."""

    # Its name begins with Test, which pytest would otherwise take for a class of tests.
    __test__ = False

    passed: bool = Field(description="True only when the tests that matter were run and every one passed.")
    command: str = Field(default="", description="The one command that shows it best.")
    failures: list[str] = Field(
        default_factory=list[str], description="One text for each failure: test, message, place."
    )


class ReviewComment(BaseModel):
    """One thing to settle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(description="Path from the root.")
    line: int = Field(default=0, ge=0, description="Line in the new version; 0 for the whole file.")
    text: str = Field(description="What is wrong and what would be right.")


class Review(Result):
    """Whether the change can be offered for merging."""

    verdict: Literal["approve", "changes_requested"] = Field(
        description="Whether it can be offered for merging as it is."
    )
    comments: list[ReviewComment] = Field(default_factory=list[ReviewComment], description="What must be settled.")


class Report(Result):
    """What a role without a more exact result found."""

    details: str = Field(default="", description="Everything beyond the summary, as Markdown.")
    comments: list[ReviewComment] = Field(
        default_factory=list[ReviewComment],
        description="Of a reviewed change only: one for each finding that belongs to a place in it.",
    )


AnyResult = Analysis | Plan | Change | TestReport | Review | Report

RESULTS: Mapping[ResultKind, type[AnyResult]] = {
    ResultKind.ANALYSIS: Analysis,
    ResultKind.PLAN: Plan,
    ResultKind.CHANGE: Change,
    ResultKind.TEST_REPORT: TestReport,
    ResultKind.REVIEW: Review,
    ResultKind.REPORT: Report,
}


def schema(kind: ResultKind) -> dict[str, object]:
    """The JSON schema of a result of `kind`, whole in itself: no references, no other properties."""
    full = RESULTS[kind].model_json_schema()
    return cast("dict[str, object]", _inlined(full, definitions=full.get("$defs", {})))


def _inlined(node: object, *, definitions: Mapping[str, object]) -> object:
    if isinstance(node, list):
        return [_inlined(item, definitions=definitions) for item in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    table = cast("dict[str, object]", node)
    reference = table.get("$ref")
    if isinstance(reference, str):
        return _inlined(definitions[reference.removeprefix("#/$defs/")], definitions=definitions)
    # `title` repeats the name; under `properties` it would be a property of that name.
    return {
        key: _properties(value, definitions=definitions)
        if key == "properties"
        else _inlined(value, definitions=definitions)
        for key, value in table.items()
        if key not in {"$defs", "title"}
    }


def _properties(node: object, *, definitions: Mapping[str, object]) -> object:
    table = cast("dict[str, object]", node)
    return {name: _inlined(value, definitions=definitions) for name, value in table.items()}


def parse(kind: ResultKind, data: object) -> AnyResult:
    """`data` as a result of `kind`; InvalidInputError naming every field that does not fit."""
    try:
        return RESULTS[kind].model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    problems = "; ".join(f"{'.'.join(map(str, item['loc'])) or 'result'}: {item['msg']}" for item in found)
    raise InvalidInputError(
        f"The agent's {kind.value} does not have the agreed form: {problems}.",
        hint="Retry the step; when it happens again, look into the agent's log.",
    )


def is_negative(kind: ResultKind, result: Mapping[str, object]) -> bool:
    """Whether a result sends the work back: tests failed, or changes were requested."""
    match parse(kind, result):
        case TestReport(passed=passed):
            return not passed
        case Review(verdict=verdict):
            return verdict == "changes_requested"
        case _:
            return False


def feedback(kind: ResultKind, result: Mapping[str, object]) -> str:
    """What the next round must be told, as Markdown; '' when there is nothing to settle."""
    match parse(kind, result):
        case TestReport(passed=False, summary=summary, command=command, failures=failures):
            ran = f"\n\nCommand: {command}" if command else ""
            return f"The tests failed. {summary}{ran}{_bullets('Failures', failures)}"
        case Review(verdict="changes_requested", summary=summary, comments=comments):
            points = [f"{_place(comment)}: {comment.text}" for comment in comments]
            return f"The review asks for changes. {summary}{_bullets('Comments', points)}"
        case _:
            return ""


def summary_line(kind: ResultKind, result: Mapping[str, object]) -> str:
    """One line about the result, for cards and listings."""
    value = parse(kind, result)
    prefix = ""
    match value:
        case TestReport(passed=passed):
            prefix = "Passed: " if passed else "Failed: "
        case Review(verdict=verdict):
            prefix = "Approved: " if verdict == "approve" else "Changes requested: "
        case _:
            pass
    line = prefix + " ".join(value.summary.split())
    return line if len(line) <= SUMMARY_LINE_LENGTH else line[: SUMMARY_LINE_LENGTH - 1].rstrip() + "…"


def plan_text(result: Mapping[str, object]) -> str:
    """The plan as Markdown, for the person who approves it."""
    plan = cast("Plan", parse(ResultKind.PLAN, result))
    steps = "\n".join(f"{number}. {_indented(step)}" for number, step in enumerate(plan.steps, start=1))
    files = _bullets("Files", [f"`{path}`" for path in plan.files])
    text = f"{plan.summary.strip()}\n\n**Steps**\n\n{steps}{_work(plan.work)}{files}"
    return text + _bullets("Risks", plan.risks)


def _work(steps: Sequence[PlannedStep]) -> str:
    """Who does what, after what, in which files."""
    if not steps:
        return ""
    lines: list[str] = []
    for number, step in enumerate(steps, start=1):
        after = ", ".join(step.needs) or "the plan"
        files = f" · {', '.join(f'`{path}`' for path in step.files)}" if step.files else ""
        told = _indented(step.instruction, by=3)
        lines.append(f"{number}. **{step.name}** · {step.role} · after {after}{files}\n   {told}")
    return "\n\n**Work**\n\n" + "\n".join(lines)


def _place(comment: ReviewComment) -> str:
    return f"{comment.file}:{comment.line}" if comment.line else comment.file


def _bullets(title: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    return f"\n\n**{title}**\n\n" + "\n".join(f"- {_indented(item)}" for item in items)


def _indented(text: str, *, by: int = 2) -> str:
    # Further lines belong to the same item of a Markdown list.
    return text.strip().replace("\n", "\n" + " " * by)
