"""Models that no price is listed for: whoever asks about money is told what is guessed, and nobody else's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.chat.card import Text
from bot.commands.reply import Private
from bot.commands.unpriced import fallback_words
from bot.compose import Program
from core.domain.identity import ProjectName, agent_run_id
from tests.integration.commands.conftest import Talk
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money


async def spent(program: Program, number: int, model: str, usd: str, *, project: str = "shop") -> None:
    """A task with one call."""
    task = a_task(number, project=ProjectName(project))
    async with program.store.transaction() as uow:
        await uow.tasks.add(task)
        await uow.agent_runs.add(a_run(task.id, model=model))
        call = a_call(f"m{number}", agent_run_id(task.id, 1), model=model)
        await uow.ledger.record(replace(call, cost_usd=Decimal(usd), at=program.clock()))


async def told(talk: Talk, name: str, text: str) -> list[str]:
    """Lines of the answer."""
    reply = await talk.says(name, text)
    assert isinstance(reply, Private)
    return [section.text for section in reply.card.sections if isinstance(section, Text)]


GUESSED = "No price is listed for gpt-99: $1.20 is counted at the fallback price. Add it to prices.toml."


@pytest.mark.parametrize("asked", ["costs --all-time", "costs by role --all-time", "costs by day --all-time"])
async def test_figures_that_rest_on_the_fallback_price_say_so(program: Program, talk: Talk, asked: str) -> None:
    assert GUESSED not in await told(talk, "ada", asked)
    await spent(program, 81, "gpt-99", "1.20")
    assert GUESSED in (await told(talk, "ada", asked))[:-1]


async def test_figures_without_such_calls_or_without_money_say_nothing_of_it(program: Program, talk: Talk) -> None:
    await spent(program, 81, "gpt-99", "1.20")
    for asked in ("costs by role --model sonnet --all-time", "costs --metric tokens --by role --all-time"):
        assert GUESSED not in await told(talk, "ada", asked)


async def test_what_others_may_not_see_is_not_told(program: Program, talk: Talk) -> None:
    await spent(program, 82, "secret-model", "5", project="docs")
    assert "secret-model" not in " ".join(await told(talk, "ada", "costs --all-time"))
    assert "secret-model" in " ".join(await told(talk, "dev", "costs --all-time"))


async def test_a_price_that_is_added_ends_it(program: Program, talk: Talk) -> None:
    await spent(program, 81, "gpt-99", "1.20")
    price = "input_usd = 1\noutput_usd = 1\ncache_read_usd = 1\ncache_write_usd = 1\n"
    (program.settings.home / "prices.toml").write_text(f"[models.gpt-99]\n{price}")
    assert GUESSED not in await told(talk, "ada", "costs --all-time")
    (program.settings.home / "prices.toml").write_text("[models.gpt-99]\nnonsense = 1\n")
    assert await told(talk, "ada", "costs --all-time"), "a broken file is told by doctor, and hides no figures"


def test_several_models_are_told_together() -> None:
    found = {"claude-x-20260101": Decimal(3), "": Decimal(1), "a": Decimal("0.5"), "b": Decimal("0.5")}
    assert fallback_words(found) == (
        "No price is listed for x, a model without a name, a and 1 more: $5.00 is counted at the fallback price. "
        "Add them to prices.toml."
    )
