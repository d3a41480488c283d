"""Trouble with hearing from a forge is told by status, and nothing else of it."""

import pytest

from bot.cli.unheard import unheard_document, unheard_lines
from bot.forge.standing import WatchStanding

pytestmark = pytest.mark.github
TROUBLE = WatchStanding(listening=False, trouble="GitHub does not accept our token.", hint="Make a new one.", at="now")


@pytest.mark.parametrize("standing", [None, WatchStanding(listening=True), WatchStanding(listening=False)])
def test_while_all_is_well_status_says_nothing_of_it(standing: WatchStanding | None) -> None:
    assert unheard_lines(standing) == ()


def test_trouble_comes_with_what_to_do() -> None:
    assert unheard_lines(TROUBLE) == ("", "GitHub is not heard: GitHub does not accept our token.", "  Make a new one.")


def test_scripts_are_told_whether_anybody_listens() -> None:
    assert unheard_document(None) is None
    assert unheard_document(TROUBLE) == {"listening": False, "trouble": TROUBLE.trouble, "since": "now"}
