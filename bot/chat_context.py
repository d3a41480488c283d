"""What commands of a chat work with, made from the program: wired once here for every chat and the command line."""

from bot.access import Gate
from bot.commands.context import Context
from bot.compose import Program
from config.settings import Settings
from core.costs.picture import Charts
from core.costs.reader import QuestionReader


def context_of(program: Program, *, gate: Gate | None = None) -> Context:
    """The context of `program`'s commands; `gate` where the platform's knowledge of people is shared."""
    return Context(
        seen=program,
        orchestrator=program.orchestrator,
        gate=gate or Gate.of(program.settings),
        data=program.data,
        charts=charts_of(program.settings),
        questions=question_reader(program),
    )


def charts_of(settings: Settings) -> Charts | None:
    """Who draws; None where the settings want no pictures. The library that draws is loaded at the first of them."""
    from adapters.charts import MatplotlibCharts

    return MatplotlibCharts(dark=settings.pictures.dark) if settings.pictures.send else None


def question_reader(program: Program) -> QuestionReader | None:
    """The model that reads what the rules do not understand; None unless `[questions] model` and a key are set."""
    settings = program.settings
    key = settings.claude.api_key.get_secret_value()
    if not (settings.questions.model and key):
        return None
    from adapters.claude.question_model import ClaudeQuestionModel
    from config.price_loader import load_prices
    from core.costs.model_reading import ModelReader

    model = ClaudeQuestionModel(api_url=settings.claude.api_url, api_key=key, model=settings.questions.model)
    return ModelReader(program.store, model, prices=load_prices(settings.home), clock=program.clock)
