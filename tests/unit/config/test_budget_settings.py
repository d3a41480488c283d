"""What the settings say about money: which budgets there are, and what is told about wrong ones."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from core.domain.errors import ConfigurationError
from core.domain.limit import WARN_AT, BudgetScope
from core.domain.period import PeriodUnit
from core.domain.unusual import Thresholds

pytestmark = pytest.mark.money

PROJECT = 'time_zone = "Europe/Berlin"\n[projects.api]\npath = "."\n'


def load(folder: Path, text: str, **environ: str) -> Settings:
    file = folder / "orchestrator.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(config=file, cwd=folder, environ={"HOME": str(folder), **environ})


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text)
    return caught.value.message


def test_without_a_word_about_it_there_are_no_budgets(tmp_path: Path) -> None:
    book = load(tmp_path, PROJECT).budget_book
    assert (book.settled, book.warn_at, book.time_zone, book.zones) == (
        (),
        WARN_AT,
        "Europe/Berlin",
        {"api": "Europe/Berlin"},
    )


def test_a_project_may_have_amounts_for_every_period(tmp_path: Path) -> None:
    text = PROJECT + '[projects.api.budgets]\ndaily_usd = 20\nmonthly_usd = 200\nowners = ["slack:T1/U2"]\n'
    found = load(tmp_path, text).budget_book.settled
    assert [(each.scope, each.unit, each.usd) for each in found] == [
        (BudgetScope(project="api"), PeriodUnit.DAY, Decimal(20)),
        (BudgetScope(project="api"), PeriodUnit.MONTH, Decimal(200)),
    ]
    assert all(each.owners == ("slack:T1/U2",) for each in found)


def test_people_roles_and_models_are_limited_in_one_project_or_in_all(tmp_path: Path) -> None:
    text = (
        PROJECT
        + '[[projects.api.budgets.limits]]\nrole = "builder"\nweekly_usd = "7.50"\n'
        + "[budgets]\nwarn_at = [80, 50]\n"
        + '[[budgets.limits]]\nperson = "telegram:4711"\ndaily_usd = 5\n'
        + '[[budgets.limits]]\nmodel = "opus"\nproject = "api"\nmonthly_usd = 50\nwarn_at = [95]\n'
    )
    found = {each.scope: each for each in load(tmp_path, text).budget_book.settled}
    assert found[BudgetScope(person="telegram:4711")].warn_at == (50, 80)
    assert found[BudgetScope(project="api", model="opus")].warn_at == (95,)
    assert found[BudgetScope(project="api", role="builder")].usd == Decimal("7.50")


def test_a_variable_can_set_the_amount_of_the_house(tmp_path: Path) -> None:
    settings = load(tmp_path, PROJECT, ORCHESTRATOR_BUDGETS__MONTHLY_USD="500")
    assert [(each.key, each.usd) for each in settings.budget_book.settled] == [("everything/month", 500)]


def test_what_holds_is_shown_with_the_other_settings(tmp_path: Path) -> None:
    text = PROJECT + '[projects.api.budgets]\nmonthly_usd = 200\nlimits = [{role = "builder", daily_usd = 5}]\n'
    shown = load(tmp_path, text + "[budgets]\nweekly_usd = 90\n").shown()
    assert shown["projects.api.budgets.limits"].value == ["daily_usd 5, role builder"]
    assert (shown["projects.api.budgets.monthly_usd"].value, shown["budgets.weekly_usd"].value) == ("200", "90")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[budgets.limits]]\nproject = "web"\ndaily_usd = 5\n', "budgets.limits[0]: there is no project web."),
        ('[[budgets.limits]]\nrole = "builder"\n', "budgets.limits[0]: it limits nothing. Give daily_usd"),
        (
            '[projects.api.budgets]\ndaily_usd = 5\n[[budgets.limits]]\nproject = "api"\ndaily_usd = 6\n',
            "project=api/day is limited twice.",
        ),
        ("[budgets]\ndaily_usd = 0\n", "budgets.daily_usd must be greater than 0"),
        ("[budgets]\nwarn_at = [100]\n", "budgets.warn_at[0] must be less than or equal to 99"),
        ('[budgets]\nowners = ["slack:T1/*"]\n', "budgets.owners[0]: 'slack:T1/*' is more than one person"),
        ("[budgets]\nmonthly = 5\n", "budgets.monthly is not a known key. Did you mean monthly_usd?"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    assert told in wrong(tmp_path, PROJECT + text)


def test_what_is_unusual_is_set_in_a_table_of_its_own(tmp_path: Path) -> None:
    assert load(tmp_path, PROJECT).unusual.thresholds == Thresholds()
    settings = load(tmp_path, PROJECT + "[unusual]\nfactor = 3\nspike_usd = 25\ntold = false\n")
    assert settings.unusual.thresholds == Thresholds(told=False, factor=Decimal(3), spike_usd=Decimal(25))
    assert settings.shown()["unusual.factor"].value == "3"
    assert "unusual.factor must be greater than 1" in wrong(tmp_path, PROJECT + "[unusual]\nfactor = 1\n")
