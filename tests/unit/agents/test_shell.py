"""Shell text is read as bash reads it: what is quoted, what is known only when it runs, what hides a command."""

import pytest

from core.agents.shell import Word, read_script


def words(text: str) -> list[list[Word]]:
    script = read_script(text)
    assert script.understood
    return [list(command.words) for command in script.commands]


def texts(text: str) -> list[list[str]]:
    return [[word.text for word in command] for command in words(text)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r'echo "say \"rm\" now"', 'say "rm" now'),
        (r'echo "a \$HOME"', "a $HOME"),
        (r'echo "a \n"', r"a \n"),  # a backslash before anything else stays
        ('echo "a\\\nb"', "ab"),  # a line that goes on
    ],
)
def test_a_backslash_inside_double_quotes_takes_the_meaning_of_few_signs(text: str, read: str):
    ((_, said),) = words(text)
    assert said == Word(text=read)


def test_a_command_in_backticks_inside_double_quotes_is_a_command_too():
    assert texts('echo "now: `rm -r src`"') == [["rm", "-r", "src"], ["echo", "now: "]]
    ((_, (_, said))) = words('echo "now: `rm -r src`"')
    assert said.dynamic


def test_a_command_inside_backticks_inside_backticks_is_a_command_too():
    assert texts(r"echo `cat \`rm -r src\``") == [["rm", "-r", "src"], ["cat", ""], ["echo", ""]]


def test_any_other_backslash_inside_backticks_is_of_the_inner_command():
    assert texts(r"echo `printf a\ b`")[0] == ["printf", "a b"]


@pytest.mark.parametrize("parameter", ["$1", "$@", "$*", "$-", "$HOME", "${HOME}", "$_x1"])
def test_a_parameter_is_known_only_when_it_runs_and_ends_where_its_name_ends(parameter: str):
    ((_, said),) = words(f"cat {parameter}/x")
    assert said == Word(text="/x", dynamic=True)


def test_a_parameter_that_is_a_number_has_one_digit():
    ((_, said),) = words("cat $12")
    assert said == Word(text="2", dynamic=True)


@pytest.mark.parametrize("text", ['echo "costs 5$"', 'echo "$ 5"', 'echo "$"', "echo $", "echo \"$'a'\""])
def test_a_dollar_that_begins_nothing_is_a_dollar(text: str):
    ((_, said),) = words(text)
    assert not said.dynamic
    assert "$" in said.text


@pytest.mark.parametrize("text", [r"echo $'\x72m'", 'echo $"hello"'])
def test_quotes_of_other_rules_are_not_understood(text: str):
    assert not read_script(text).understood
