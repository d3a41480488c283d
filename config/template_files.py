"""Template files as they lie in their folders, each read by itself."""

from dataclasses import dataclass
from pathlib import Path

from config.documents import checked, text_of, yaml_of
from config.template_document import TemplateDocument
from config.user_files import NAME, data_folders, misnamed
from core.domain.errors import ConfigurationError
from core.domain.template import version_key

KIND = "templates"
SUFFIX = ".yaml"
HINT = "Correct what is named; `orchestrator template validate` checks it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateFile:
    """One file, read by itself. `nearness` grows towards the work: shipped, home, project."""

    path: Path
    nearness: int
    content: TemplateDocument | ConfigurationError

    @property
    def name(self) -> str:
        """The template's name, as the file's name says it."""
        return self.path.stem.partition("@")[0]

    @property
    def version(self) -> str:
        """As the file says; '' when it says none or cannot be read."""
        if isinstance(self.content, TemplateDocument):
            return self.content.version
        named = self.path.stem.partition("@")[2]
        return named if is_version(named) else ""

    @property
    def reference(self) -> str:
        """Name and version, such as `fix-issue@1.2`."""
        return f"{self.name}@{self.version}"

    @property
    def rank(self) -> tuple[int, bool, tuple[int, ...]]:
        """Of two files of one name the higher wins: the nearer, then the newer; an unreadable one is the newest."""
        return self.nearness, not self.version, version_key(self.version) if self.version else ()


def template_files(home: Path, *, project: str = "") -> tuple[TemplateFile, ...]:
    """Every template file, read by itself."""
    return tuple(
        TemplateFile(path=path, nearness=nearness, content=_content(path))
        for nearness, folder in enumerate(data_folders(home, project=project))
        for path in sorted((folder / KIND).glob(f"*{SUFFIX}"))
    )


def _content(path: Path) -> TemplateDocument | ConfigurationError:
    try:
        return read_document(path)
    except ConfigurationError as error:
        return error


def read_document(path: Path) -> TemplateDocument:
    """The template file at `path` by itself; ConfigurationError naming everything that is wrong with it."""
    name, _, version = path.stem.partition("@")
    if not NAME.fullmatch(name) or (version and not is_version(version)):
        raise misnamed(path)
    source = str(path)
    data = yaml_of(text_of(path), source=source, as_text=True)
    document = checked(TemplateDocument, data or {}, source=source, hint=HINT)
    if document.name != name:
        raise ConfigurationError(
            f"{source}: it names itself {document.name}.",
            source=source,
            hint=f"Write name: {name}, or rename the file.",
        )
    if version and "version" not in document.model_fields_set:
        return document.model_copy(update={"version": version})
    if version and document.version != version:
        raise ConfigurationError(
            f"{source}: it says that it is version {document.version}.",
            source=source,
            hint=f'Write version: "{version}", or rename the file.',
        )
    return document


def is_version(text: str) -> bool:
    """Whether `text` is up to three numbers with dots."""
    parts = text.split(".")
    return len(parts) <= 3 and all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts)
