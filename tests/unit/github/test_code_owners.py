"""CODEOWNERS: the last pattern that matches a path decides, and odd lines are passed over."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.github.code_owners import MAX_BYTES, Rule, owners_of, parse_code_owners

EXAMPLE = """
# everybody's
*                 @global-one @global-two
*.js              @js-owner # inline
/build/logs/      @doctocat
docs/*            docs@example.com @writer
apps/             @octocat @acme/apps
/scripts/         @scripter
**/logs           @logger
/apps/github
my\\ file.txt      @spaced
!*.py             @nobody
[ab].txt          @nobody
"""

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
OWNER = st.from_regex(r"[a-z][a-z0-9-]{0,8}(/[a-z][a-z0-9-]{0,8})?", fullmatch=True)
PATH = st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,5}(\.[a-z]{1,3})?", fullmatch=True), min_size=1, max_size=4).map(
    "/".join
)


def owners(path: str) -> tuple[str, ...]:
    return owners_of([path], parse_code_owners(EXAMPLE))


def test_the_last_match_decides():
    assert owners("x.py") == ("global-one", "global-two")
    assert owners("lib/x.js") == ("js-owner",)
    assert owners("build/logs/today.txt") == ("logger",)
    assert owners("scripts/a/b.sh") == ("scripter",)


def test_a_star_at_the_end_means_one_folder_only():
    assert owners("docs/start.md") == ("writer",)
    assert owners("docs/more/start.md") == ("global-one", "global-two")


def test_a_folder_matches_at_any_depth_unless_it_is_tied_to_the_root():
    assert owners("src/apps/main.py") == ("octocat", "acme/apps")
    assert owners("src/scripts/a.sh") == ("global-one", "global-two")


def test_something_may_be_owned_by_nobody():
    assert owners("apps/github/x.py") == ()


def test_spaces_can_be_escaped():
    assert owners("my file.txt") == ("spaced",)


def test_a_file_that_is_too_large_counts_for_nothing():
    assert parse_code_owners("* @a\n" + "#" * MAX_BYTES) == ()


@given(WORDS, PATH)
def test_any_text_can_be_read(text, path):
    rules = parse_code_owners(text)
    assert set(owners_of([path], rules)) <= {owner for rule in rules for owner in rule.owners}


@given(st.lists(st.tuples(PATH, OWNER), min_size=1, max_size=6), PATH)
def test_a_rule_that_is_added_last_wins(lines, path):
    text = "\n".join(f"{pattern} @{owner}" for pattern, owner in [*lines, (f"/{path}", "the-last")])
    assert owners_of([path], parse_code_owners(text)) == ("the-last",)


@given(st.lists(st.tuples(PATH, OWNER), max_size=6), st.lists(PATH, max_size=5))
def test_everybody_is_named_once(lines, paths):
    rules = parse_code_owners("\n".join(f"{pattern} @{owner}" for pattern, owner in lines))
    found = owners_of(paths, rules)
    assert len(set(found)) == len(found)
    assert set(found) == {owner for path in paths for owner in owners_of([path], rules)}


@given(PATH, PATH)
def test_a_folders_pattern_names_all_that_is_below_and_not_the_folder(folder, path):
    rule = Rule(pattern=f"/{folder}/")
    assert rule.matches(f"{folder}/{path}")
    assert not rule.matches(folder)
