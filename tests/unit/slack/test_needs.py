"""What the manifest asks for is what the adapter uses: no method without its scope, no scope without a use."""

import json
import re
from pathlib import Path

import pytest

from adapters.slack import needs
from adapters.slack.render_actions import COMMAND

pytestmark = pytest.mark.slack
ROOT = Path(__file__).parents[3]
METHODS = ROOT.parent / "shared" / "specs" / "slack" / "methods.json"


def test_the_methods_listed_are_those_the_adapter_calls():
    sources = [file.read_text() for file in (ROOT / "adapters" / "slack").glob("*.py") if file.stem != "needs"]
    called = {name for source in sources for name in re.findall(r'"([a-z]+(?:\.[a-z]+)*\.[a-z]+[A-Za-z]*)"', source)}
    prefixes = {method.partition(".")[0] for method in needs.METHODS}

    assert {name for name in called if name.partition(".")[0] in prefixes - {"adapters"}} == set(needs.METHODS)


def test_each_method_has_a_scope_that_slack_publishes_for_it():
    if not METHODS.exists():
        pytest.skip("the published methods are not here")
    published = json.loads(METHODS.read_text())
    for method, scopes in needs.METHODS.items():
        bots = (published[method].get("scope") or {}).get("bot", [])
        assert set(scopes) <= set(bots), method
        assert scopes or not bots, method


def test_the_command_people_type_is_the_one_that_cards_show():
    assert needs.COMMAND == COMMAND


def test_no_method_that_is_called_asks_in_which_workspace_of_an_organisation_it_is_to_act():
    """Those that do must be given `team_id` by an app that is installed organisation-wide."""
    if not METHODS.exists():
        pytest.skip("the published methods are not here")
    published = json.loads(METHODS.read_text())
    arguments = {method: published[method]["args"]["properties"] for method in needs.METHODS}
    assert [method for method, known in arguments.items() if "team_id" in known] == []
    assert [method for method, known in arguments.items() if "recipient_team_id" in known] == ["chat.startStream"]
