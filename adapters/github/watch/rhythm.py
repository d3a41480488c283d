"""How long to wait between two rounds of questions: longer and longer while nothing happens. Pure."""

from dataclasses import dataclass

GROWTH = 1.5
LONGEST = 10
"""Times the usual pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The pause after one round, in seconds; `usual_s` is what it begins with."""

    usual_s: float
    pause_s: float

    @classmethod
    def of(cls, usual_s: float) -> "Rhythm":
        """Before the first round."""
        return cls(usual_s=usual_s, pause_s=usual_s)

    def after(self, *, news: bool) -> "Rhythm":
        """After a round that brought `news`, or none."""
        pause_s = self.usual_s if news else min(self.pause_s * GROWTH, self.usual_s * LONGEST)
        return Rhythm(usual_s=self.usual_s, pause_s=pause_s)
