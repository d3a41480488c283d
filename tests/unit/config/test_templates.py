"""Template files: shipped ones hold, nearer and newer ones win, children are laid over parents, mistakes are named."""

import contextlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.documents import checked, yaml_of
from config.role_loader import load_roles
from config.template_document import TemplateDocument, laid_over, template_from
from config.template_loader import Templates, load_templates
from config.workflow_loader import load_workflows, workflow_from
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.parameter import ParameterType
from core.domain.template import filled


def written(home: Path, name: str, /, **fields: Any) -> Path:
    """A template file in the home; `project/name` for one of a project."""
    project, _, stem = name.rpartition("/")
    folder = home / "projects" / project / "templates" if project else home / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.yaml"
    content = {"name": stem.partition("@")[0], "request": "Do it."} | fields
    path.write_text(yaml.safe_dump({key: value for key, value in content.items() if value is not None}))
    return path


def refused(templates: Templates, name: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        templates.find(name)
    assert caught.value.hint
    return caught.value.message


def test_the_shipped_templates_hold_and_name_workflows_that_exist(tmp_path: Path) -> None:
    workflows = load_workflows(tmp_path, load_roles(tmp_path))
    templates = load_templates(tmp_path, workflows=workflows)
    assert templates.broken() == ()
    assert {each.template.name for each in templates.usable()} == {
        "add-feature",
        "fix-issue",
        "refactor-module",
        "review-pull-request",
        "security-audit",
        "update-docs",
        "upgrade-dependency",
        "write-tests",
    }
    for each in templates.usable():
        assert each.template.description
        assert all(parameter.description for parameter in each.template.parameters)


def test_a_shipped_template_becomes_the_request_it_promises(tmp_path: Path) -> None:
    template = load_templates(tmp_path).find("fix-issue").template
    assert filled(template, {"issue": "123"}).request == "Fix issue 123."
    assert filled(template, {"issue": "#123", "scope": "src"}).request == "Fix issue #123.\nLook first at: src"


def test_without_a_version_the_nearest_folder_decides_and_in_it_the_newest(tmp_path: Path) -> None:
    written(tmp_path, "fix-issue@0.9", request="Old.")
    written(tmp_path, "fix-issue@0.10", request="Newer.")
    written(tmp_path, "shop/fix-issue@0.1", request="Shop's.")
    assert load_templates(tmp_path).find("fix-issue").template.reference == "fix-issue@0.10"
    assert load_templates(tmp_path, project="shop").find("fix-issue").template.request == "Shop's."
    assert load_templates(tmp_path, project="shop").find("fix-issue@0.9").template.request == "Old."
    assert load_templates(tmp_path, project="shop").find("fix-issue@1.0").path.parent.parent.name == "config"


def test_numbers_and_words_of_a_file_stay_as_they_were_written(tmp_path: Path) -> None:
    path = written(tmp_path, "mine")
    path.write_text(
        "name: mine\nversion: 1.10\nrequest: '{{light}} {{size}}'\nparameters:\n"
        "  light: {type: choice, choices: [on, off], default: off}\n  size: {type: number, default: 1.50}\n"
    )
    found = load_templates(tmp_path).find("mine@1.10").template
    assert filled(found, {}).request == "off 1.5"


def test_a_key_without_a_value_counts_as_not_written(tmp_path: Path) -> None:
    path = written(tmp_path, "mine")
    path.write_text("name: mine\nextends:\npriority:\nrequest: 'Do {{it}}.'\nparameters:\n  it:\n")
    found = load_templates(tmp_path).find("mine").template
    assert (found.priority, found.parameters[0].type) == (None, ParameterType.TEXT)
    assert filled(found, {"it": "this"}).request == "Do this."


@settings(max_examples=8, deadline=None)
@given(text=st.text(st.sampled_from("ab:{}[]-,!&*#|>'\"%@`\n \t2019?"), max_size=60))
@example(text="[" * 400)
@example(text="name: 2020-13-45")
@example(text="name: " + "9" * 5000)
@example(text="? {a: b}\n: c")
def test_whatever_is_in_a_file_it_is_read_or_told_why_not(text: str) -> None:
    for as_text in (True, False):
        with contextlib.suppress(ConfigurationError):
            checked(TemplateDocument, yaml_of(text, source="mine.yaml", as_text=as_text), source="mine.yaml")
    with pytest.raises(ConfigurationError):
        workflow_from(text, roles={}, name="mine", source="mine.yaml")


def test_a_child_takes_from_its_parents_what_it_does_not_say(tmp_path: Path) -> None:
    written(
        tmp_path,
        "base",
        request="Do {{what}} in {{where}}.",
        workflow="custom",
        parameters={"what": {"required": "true"}, "where": {"description": "A folder", "default": "src"}},
    )
    written(tmp_path, "middle", extends="base", request=None, priority="high", version="3.1")
    written(tmp_path, "leaf", extends="middle@3.1", request=None, parameters={"what": {"default": "this"}})
    found = load_templates(tmp_path).find("leaf")
    assert filled(found.template, {}).request == "Do this in src."
    assert (found.template.workflow, found.template.priority, found.template.version) == ("custom", "high", "1.0")
    assert found.ancestors == ("middle@3.1", "base@1.0")
    where = found.template.parameters[1]
    assert (where.name, where.description) == ("where", "A folder")


def test_a_template_may_extend_the_one_of_its_own_name_that_it_hides(tmp_path: Path) -> None:
    written(tmp_path, "fix-issue", extends="fix-issue", request=None, model="claude-opus-5-5")
    written(tmp_path, "shop/fix-issue", extends="fix-issue", request=None, priority="low")
    found = load_templates(tmp_path, project="shop").find("fix-issue").template
    assert (found.model, found.priority) == ("claude-opus-5-5", "low")
    assert filled(found, {"issue": "5"}).request == "Fix issue 5."


def test_circles_and_missing_parents_are_told_and_spoil_only_what_needs_them(tmp_path: Path) -> None:
    written(tmp_path, "one", extends="two")
    written(tmp_path, "two", extends="one")
    written(tmp_path, "self", extends="self")
    written(tmp_path, "lost", extends="fix-isue")
    written(tmp_path, "older", extends="fix-issue@7")
    written(tmp_path, "broken", parameters={"x": {"typ": "text"}})
    written(tmp_path, "child", extends="broken")
    templates = load_templates(tmp_path)
    assert "in a circle: one@1.0 → two@1.0 → one@1.0" in refused(templates, "one")
    assert "there is no other of that name" in refused(templates, "self")
    assert "extends fix-isue, which does not exist. Did you mean fix-issue?" in refused(templates, "lost")
    assert "the versions there are: 1.0" in refused(templates, "older")
    assert "parameters.x.typ is not a known key. Did you mean type?" in refused(templates, "broken")
    assert "it extends broken, which cannot be used" in refused(templates, "child")
    assert templates.find("fix-issue").template.name == "fix-issue"
    assert len(templates.broken()) == 7


def test_a_long_line_of_ancestors_is_refused(tmp_path: Path) -> None:
    for number in range(30):
        written(tmp_path, f"t{number}", **({"extends": f"t{number - 1}"} if number else {}))
    templates = load_templates(tmp_path)
    assert templates.find("t20").ancestors[-1] == "t0@1.0"
    assert "more than 20 ancestors" in refused(templates, "t21")


@pytest.mark.parametrize(
    ("name", "fields", "said"),
    [
        ("mine", {"request": "{{x}}"}, "which is not a parameter"),
        ("mine", {"name": "other"}, "it names itself other"),
        ("mine@1.2", {"version": "1.3"}, "it says that it is version 1.3"),
        ("mine", {"version": "one"}, "version must match pattern"),
        ("mine", {"workflow": "bug_fx"}, "there is no workflow bug_fx. Did you mean bug_fix?"),
        ("mine", {"priority": "urgent"}, "priority must be 'high', 'normal' or 'low', not 'urgent'"),
        ("mine", {"parameters": {"Bad-Name": {}}}, "parameters.Bad-Name"),
        ("mine", {"parameters": {"x": {"minimum": "few"}}}, "parameters.x.minimum must be a valid number"),
        ("My Own", {}, "a name here is small letters"),
        ("mine@x", {}, "a name here is small letters"),
    ],
)
def test_a_template_file_that_cannot_be_used_is_named_with_what_is_wrong(
    tmp_path: Path, name: str, fields: dict[str, Any], said: str
) -> None:
    path = written(tmp_path, name, **fields)
    (error,) = load_templates(tmp_path, workflows={"bug_fix"}.union(SHIPPED)).broken()
    assert said in error.message
    assert error.message.startswith(f"{path}: ")
    assert error.source == str(path)


SHIPPED = {
    "bug_fix",
    "code_review",
    "documentation",
    "feature_implementation",
    "refactoring",
    "security_audit",
    "tests",
}


def test_a_broken_file_in_the_home_is_not_passed_by_in_silence(tmp_path: Path) -> None:
    written(tmp_path, "fix-issue", priority="urgent")
    templates = load_templates(tmp_path)
    assert "priority must be" in refused(templates, "fix-issue")
    assert templates.find("fix-issue@1.0").template.name == "fix-issue"


def test_a_name_or_version_that_does_not_exist_is_answered_with_the_nearest(tmp_path: Path) -> None:
    templates = load_templates(tmp_path)
    with pytest.raises(NotFoundError) as caught:
        templates.find("fixissue")
    assert caught.value.hint == "Did you mean fix-issue?"
    with pytest.raises(NotFoundError) as caught:
        templates.find("fix-issue@9.9")
    assert caught.value.hint == "Versions there are: 1.0."


NAMES = st.sampled_from(["a", "b", "c"])
PARAMETERS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(ParameterType),
            "description": st.text(max_size=5),
            "default": st.sampled_from(["", "1"]),
            "required": st.booleans(),
            "minimum": st.floats(0, 9),
        },
    ),
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "description": st.text(max_size=5),
        "request": st.text(max_size=9),
        "workflow": st.sampled_from(["x", "y"]),
        "model": st.sampled_from(["", "m"]),
        "include_analyst": st.booleans(),
        "parameters": PARAMETERS,
    },
)


@given(parent=FIELDS, child=FIELDS)
def test_what_a_child_says_wins_and_what_it_does_not_say_is_its_parents(
    parent: dict[str, Any], child: dict[str, Any]
) -> None:
    both = laid_over(parent, child)
    for key in {*parent, *child} - {"parameters"}:
        assert both[key] == (child if key in child else parent)[key]
    theirs, ours = parent.get("parameters", {}), child.get("parameters", {})
    assert both["parameters"].keys() == theirs.keys() | ours.keys()
    for name, fields in both["parameters"].items():
        assert ours.get(name, {}).items() <= fields.items()
        assert fields.items() <= {**theirs.get(name, {}), **ours.get(name, {})}.items()


@given(line=st.lists(FIELDS, min_size=3, max_size=3))
def test_a_grandchild_is_the_same_whichever_way_its_line_is_laid_together(line: list[dict[str, Any]]) -> None:
    plain = [
        {**each, "parameters": {k: {"description": v.get("description", "")} for k, v in each["parameters"].items()}}
        if "parameters" in each
        else each
        for each in line
    ]
    old, middle, young = plain
    assert laid_over(laid_over(old, middle), young) == laid_over(old, laid_over(middle, young))


def test_a_parameter_of_another_type_begins_afresh() -> None:
    parent = {"name": "p", "parameters": {"x": {"type": "choice", "choices": ["a"], "default": "a"}}}
    both = laid_over(parent, {"parameters": {"x": {"type": "integer"}}})
    (parameter,) = template_from(both, source="p").parameters
    assert (parameter.type, parameter.choices, parameter.default) == (ParameterType.INTEGER, (), None)


def test_a_child_that_requires_a_value_takes_the_parents_default_away(tmp_path: Path) -> None:
    written(tmp_path, "base", request="Do {{x}}.", parameters={"x": {"default": "this"}})
    written(tmp_path, "child", extends="base", request=None, parameters={"x": {"required": "true"}})
    (parameter,) = load_templates(tmp_path).find("child").template.parameters
    assert (parameter.required, parameter.default) == (True, None)
