"""Templates ready for use: each file laid over its ancestors, and which of several versions is meant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.documents import suggestion
from config.template_document import FIRST_VERSION, Fields, TemplateDocument, laid_over, template_from
from config.template_files import HINT, TemplateFile, template_files
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.template import Template, problems_of, version_key

MAX_ANCESTORS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTemplate:
    """A template that can be used, and where it comes from."""

    template: Template
    path: Path
    ancestors: tuple[str, ...] = ()
    """What it extends, the nearest first, with versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Every template that holds for a project, or what is wrong with its file."""

    current: Mapping[str, LoadedTemplate | ConfigurationError]
    """By name: what is meant when no version is named."""
    versions: Mapping[str, LoadedTemplate | ConfigurationError]
    """By name and version."""

    def find(self, reference: str) -> LoadedTemplate:
        """`fix-issue`, or `fix-issue@1.2` for one version of it.

        ConfigurationError when its file cannot be used; NotFoundError with the nearest right name when there is none.
        """
        found = self.current.get(reference) or self.versions.get(reference)
        if isinstance(found, LoadedTemplate):
            return found
        if found is not None:
            raise found
        name = reference.partition("@")[0]
        others = [known.partition("@")[2] for known in self.versions if known.partition("@")[0] == name]
        if others:
            raise NotFoundError("template", reference, hint=f"Versions there are: {', '.join(others)}.")
        raise NotFoundError("template", reference, hint=suggestion(name, self.current).strip())

    def usable(self) -> tuple[LoadedTemplate, ...]:
        """One of each name, in the order of names."""
        return tuple(found for _, found in sorted(self.current.items()) if isinstance(found, LoadedTemplate))

    def broken(self) -> tuple[ConfigurationError, ...]:
        """What is wrong, once for each file."""
        found = [*self.current.values(), *self.versions.values()]
        errors = {id(each): each for each in found if isinstance(each, ConfigurationError)}
        return tuple(errors.values())


def load_templates(home: Path, *, project: str = "", workflows: Collection[str] | None = None) -> Templates:
    """Every template of `project`; with `workflows` the one that a template names must be among them.

    A file that cannot be used spoils only itself and what extends it.
    """
    files = template_files(home, project=project)
    current: dict[str, LoadedTemplate | ConfigurationError] = {}
    versions: dict[str, LoadedTemplate | ConfigurationError] = {}
    for file in sorted(files, key=lambda each: (each.name, each.rank)):
        found = _outcome(file, files=files, workflows=workflows)
        current[file.name] = found
        versions[file.reference] = found
    return Templates(current=current, versions=versions)


def _outcome(
    file: TemplateFile, *, files: Sequence[TemplateFile], workflows: Collection[str] | None
) -> LoadedTemplate | ConfigurationError:
    try:
        return loaded(file, files=files, workflows=workflows)
    except ConfigurationError as error:
        return error


def loaded(
    file: TemplateFile, *, files: Sequence[TemplateFile], workflows: Collection[str] | None = None
) -> LoadedTemplate:
    """`file` laid over its ancestors, which are among `files`; ConfigurationError naming everything that is wrong."""
    line = _line_of(file, files)
    source = str(file.path)
    fields: Fields = {}
    for each in reversed(line):
        fields = laid_over(fields, _written(each))
    template = template_from(fields, source=source)
    wrong = [*problems_of(template), *_unknown_workflow(template, workflows)]
    if wrong:
        raise ConfigurationError("\n".join(f"{source}: {each}" for each in wrong), source=source, hint=HINT)
    return LoadedTemplate(
        template=template, path=file.path, ancestors=tuple(ancestor.reference for ancestor in line[1:])
    )


def _written(file: TemplateFile) -> Fields:
    if isinstance(file.content, ConfigurationError):
        raise file.content
    written = {key: value for key, value in file.content.written().items() if key != "extends"}
    # a child that names no version is not of its parent's
    return {**written, "version": file.content.version or FIRST_VERSION}


def _unknown_workflow(template: Template, workflows: Collection[str] | None) -> list[str]:
    if workflows is None or not template.workflow or template.workflow in workflows:
        return []
    return [f"there is no workflow {template.workflow}.{suggestion(template.workflow, workflows)}"]


def _line_of(file: TemplateFile, files: Sequence[TemplateFile]) -> list[TemplateFile]:
    """`file` and what it extends, directly or through others, the nearest first."""
    line = [file]
    while isinstance(line[-1].content, TemplateDocument) and line[-1].content.extends:
        parent = _parent_of(line[-1], files, wanted=line[-1].content.extends)
        if parent in line or len(line) > MAX_ANCESTORS:
            shown = " → ".join(each.reference for each in (*line, parent))
            raise ConfigurationError(
                f"{file.path}: it extends itself in a circle: {shown}."
                if parent in line
                else f"{file.path}: it has more than {MAX_ANCESTORS} ancestors.",
                source=str(file.path),
                hint="Take one `extends` out.",
            )
        line.append(parent)
    broken = line[-1].content
    if len(line) > 1 and isinstance(broken, ConfigurationError):
        raise ConfigurationError(
            f"{file.path}: it extends {line[-1].name}, which cannot be used: {broken.message}",
            source=str(file.path),
            hint=broken.hint,
        )
    return line


def _parent_of(file: TemplateFile, files: Sequence[TemplateFile], *, wanted: str) -> TemplateFile:
    """The file that `wanted` means for `file`: its own name means what it hides, or an older version of itself."""
    name, _, version = wanted.partition("@")
    named = [each for each in files if each.name == name]
    fitting = [each for each in named if not version or each.version == version]
    if name == file.name:
        fitting = [each for each in fitting if (each.rank < file.rank if not version else each != file)]
    if fitting:
        return max(fitting, key=lambda each: each.rank)
    if named and version:
        known = ", ".join(sorted({each.version for each in named if each.version}, key=version_key))
        missing = f"{wanted}, but the versions there are: {known}."
    elif name == file.name:
        missing = f"{wanted}, and there is no other of that name."
    else:
        missing = f"{wanted}, which does not exist.{suggestion(name, {each.name for each in files})}"
    raise ConfigurationError(
        f"{file.path}: it extends {missing}", source=str(file.path), hint="Name a template that exists."
    )
