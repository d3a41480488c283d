"""Every data file of a kind checked by itself, so that all problems of all files are told at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.documents import text_of
from config.role_loader import role_from
from config.template_files import TemplateFile, read_document, template_files
from config.template_loader import loaded
from config.user_files import NAME, data_files, data_folders, misnamed
from config.workflow_loader import workflow_from
from core.domain.errors import ConfigurationError
from core.domain.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One file and what is wrong with it; no problems when it can be used."""

    path: Path
    problems: tuple[str, ...] = ()


def roles_found(home: Path, *, project: str = "") -> tuple[dict[str, Role], tuple[Finding, ...]]:
    """The roles that can be used in `project`, and a finding for every role file."""
    roles: dict[str, Role] = {}

    def read(path: Path) -> None:
        role = role_from(text_of(path), name=path.stem, source=str(path), timeout_s=1.0)
        roles[role.name] = role

    findings = tuple(_finding(path, read) for path in _paths(home, kind="roles", suffix=".md", project=project))
    return roles, findings


def workflow_findings(home: Path, *, project: str = "") -> tuple[Finding, ...]:
    """A finding for every workflow of `project` (those that others hide too), then for every role file."""
    roles, about_roles = roles_found(home, project=project)
    paths = _paths(home, kind="workflows", suffix=".yaml", project=project)
    return (*(workflow_finding(path, roles=roles) for path in paths), *about_roles)


def workflow_finding(path: Path, *, roles: Mapping[str, Role]) -> Finding:
    """What is wrong with the workflow file at `path`."""

    def read(path: Path) -> None:
        workflow_from(text_of(path), roles=roles, name=path.stem, source=str(path))

    return _finding(path, read)


def template_findings(home: Path, *, project: str = "") -> tuple[Finding, ...]:
    """A finding for every template of `project`, those that others hide too."""
    workflows = data_files(home, kind="workflows", suffix=".yaml", project=project)
    files = template_files(home, project=project)

    def read(path: Path) -> None:
        loaded(next(file for file in files if file.path == path), files=files, workflows=workflows)

    return tuple(_finding(file.path, read) for file in files)


def template_finding(path: Path, home: Path, *, project: str = "") -> Finding:
    """What is wrong with the template file at `path`, which may lie anywhere."""
    workflows = data_files(home, kind="workflows", suffix=".yaml", project=project)
    files = template_files(home, project=project)

    def read(path: Path) -> None:
        # nearer than all others, as if it lay in the project's folder already
        file = TemplateFile(path=path, nearness=3, content=read_document(path))
        others = [each for each in files if each.path.absolute() != path.absolute()]
        loaded(file, files=(*others, file), workflows=workflows)

    return _finding(path, read)


def _paths(home: Path, *, kind: str, suffix: str, project: str) -> Iterable[Path]:
    folders = data_folders(home, project=project)
    return [path for folder in folders for path in sorted((folder / kind).glob(f"*{suffix}"))]


def _finding(path: Path, read: Callable[[Path], None]) -> Finding:
    try:
        if not NAME.fullmatch(path.stem.partition("@")[0]):
            raise misnamed(path)
        read(path)
    except ConfigurationError as error:
        return Finding(path=path, problems=_problems(error, path))
    return Finding(path=path)


def _problems(error: ConfigurationError, path: Path) -> tuple[str, ...]:
    return tuple(line.removeprefix(f"{path}: ") for line in error.message.splitlines())
