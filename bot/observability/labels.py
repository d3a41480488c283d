"""Values of labels, bounded: however many names the world invents, a metric never grows without end."""

from collections.abc import Sequence

MOST_VALUES = 200
OTHER = "other"
_LONGEST = 80


class BoundedLabel:
    """Lets the first `most` different values of a label through; whatever comes later is `other`."""

    def __init__(self, *, most: int = MOST_VALUES) -> None:
        self._most = most
        self._seen: set[str] = set()

    def value(self, name: str) -> str:
        """`name` as the label says it: short, printable, and known before or still within the bound."""
        text = "".join(character if character.isprintable() else "?" for character in name[:_LONGEST])
        if text in self._seen:
            return text
        if len(self._seen) >= self._most:
            return OTHER
        self._seen.add(text)
        return text


class Labels:
    """The labels that people or the provider name; all others have few values by their nature."""

    def __init__(self, *, most: int = MOST_VALUES) -> None:
        self._bounded = {name: BoundedLabel(most=most) for name in ("project", "role", "model", "workflow")}

    def project(self, name: str) -> str:
        """The value for a project."""
        return self._bounded["project"].value(name)

    def role(self, name: str) -> str:
        """The value for a role."""
        return self._bounded["role"].value(name)

    def model(self, name: str) -> str:
        """The value for a model."""
        return self._bounded["model"].value(name)

    def workflow(self, name: str) -> str:
        """The value for a workflow."""
        return self._bounded["workflow"].value(name)

    def values(self, names: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
        """The values of the labels called `names`, in order."""
        return tuple(
            self._bounded[name].value(text) if name in self._bounded else text
            for name, text in zip(names, texts, strict=True)
        )
