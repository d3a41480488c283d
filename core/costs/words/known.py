"""What names mean something to the person who asks: their projects, roles, models, people; and what time it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

FAMILIES = ("opus", "sonnet", "haiku")
"""Models by the name of their family, known everywhere."""
_NO_FAMILY = frozenset({"claude", "latest", "preview", "mini", "large", "small", "fast"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The world of one asker; what they may not see is not in it."""

    now: datetime
    zone: str = "UTC"
    """IANA name, for questions about no project or about several."""
    zones: Mapping[str, str] = field(default_factory=dict[str, str])
    """Project → its own zone."""
    projects: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    people: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name as people write it → person id."""
    me: str = ""
    task: str = ""
    """The task that is talked about here; '' for none."""

    def zone_of(self, projects: tuple[str, ...]) -> str:
        """The zone in which a question about `projects` counts its days."""
        return self.zones.get(projects[0], self.zone) if len(projects) == 1 else self.zone

    def model_words(self) -> dict[str, str]:
        """Words that name models: their whole names and the families in them."""
        found = {family: family for family in FAMILIES}
        for model in self.models:
            found[model.lower()] = model
            for part in re.split(r"[-_/.:@]", model.lower()):
                if len(part) > 3 and part.isalpha() and part not in _NO_FAMILY:
                    found.setdefault(part, part)
        return found
