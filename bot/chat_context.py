"""What commands of a chat work with, made from the program: wired once here for every chat and the command line."""

from bot.access import Gate
from bot.commands.context import Context
from bot.compose import Program
from core.costs.reader import QuestionReader


def context_of(program: Program, *, gate: Gate | None = None) -> Context:
    """The context of `program`'s commands; `gate` where the platform's knowledge of people is shared."""
    return Context(
        seen=program,
        orchestrator=program.orchestrator,
        gate=gate or Gate.of(program.settings),
        data=program.data,
        questions=question_reader(program),
    )


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
