"""Each piece of news told once, and again only when it was not heard."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable

from core.domain.errors import OrchestratorError
from core.domain.forge_news import ForgeReport

_REMEMBERED = 20_000


class NotHeardError(OrchestratorError):
    """Whoever should hear the news could not; it is told again later."""


class Teller:
    """Tells `hear`. What it has told is remembered for as long as the program runs; who hears knows it for longer."""

    def __init__(self, hear: Callable[[ForgeReport], Awaitable[None]]) -> None:
        self._hear = hear
        self._told: OrderedDict[str, None] = OrderedDict()
        self.count = 0
        """How many pieces were told."""

    def knows(self, key: str) -> bool:
        """Whether this was told already."""
        return key in self._told

    async def tell(self, report: ForgeReport) -> None:
        """Tell it, unless it was told; NotHeardError."""
        if report.key in self._told:
            return
        try:
            await self._hear(report)
        except Exception as error:  # the port says that whatever is raised means: again later
            raise NotHeardError(f"News of {report.project} could not be kept.", hint="It is told again.") from error
        self._told[report.key] = None
        self.count += 1
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
