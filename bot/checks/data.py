"""Looks at what people edit: that it loads, and that every model has a price."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from bot.checks.finding import Finding, Mark, fine, warning
from config.estimate_loader import load_estimates
from config.permission_loader import load_permissions
from config.price_loader import load_prices
from config.role_loader import load_roles
from config.settings import Settings
from config.template_loader import load_templates
from config.workflow_loader import load_workflows
from core.domain.errors import ConfigurationError
from core.domain.role import Role

Loaded = TypeVar("Loaded")


def files(settings: Settings) -> Sequence[Finding]:
    """One finding for each kind of file, or for each that cannot be used; projects have their own."""
    found: list[Finding] = []
    for project in ("", *settings.projects):
        found += _of_project(settings, project)
    found += _tried("Estimates", lambda: load_estimates(settings.home))[1]
    broken = [each for each in found if each.mark is Mark.BROKEN]
    return broken or [_told(settings)]


def prices(settings: Settings) -> Sequence[Finding]:
    """Every model that roles and projects name is priced."""
    known = load_prices(settings.home)
    models = {model for role in _roles(settings) for model in _models(role)}
    models |= {project.model for project in settings.projects.values() if project.model}
    models |= {model for model in (settings.planning.model, settings.questions.model) if model}
    unknown = sorted(model for model in models if not known.knows(model))
    if not unknown:
        return [fine("Prices", f"Each of the {len(models)} models in use has a price.")]
    return [
        warning(
            "Prices",
            f"No price is known for {', '.join(unknown)}: the fallback counts.",
            todo=f"Add them to {settings.home / 'prices.toml'}.",
        )
    ]


def _of_project(settings: Settings, project: str) -> Iterable[Finding]:
    home, where = settings.home, f" of {project}" if project else ""
    roles, problems = _tried(f"Roles{where}", lambda: load_roles(home, project=project))
    yield from problems
    if roles is not None:
        known = roles
        workflows, problems = _tried(f"Workflows{where}", lambda: load_workflows(home, known, project=project))
        yield from problems
        names = tuple(workflows) if workflows is not None else None
        templates, problems = _tried(
            f"Templates{where}", lambda: load_templates(home, project=project, workflows=names)
        )
        yield from problems
        wrong = [
            each for each in (templates.versions.values() if templates else ()) if isinstance(each, ConfigurationError)
        ]
        yield from (_broken(f"Templates{where}", error) for error in wrong)
    yield from _tried(f"Rules{where}", lambda: load_permissions(home, project=project))[1]


def _told(settings: Settings) -> Finding:
    roles = load_roles(settings.home)
    workflows = load_workflows(settings.home, roles)
    templates = load_templates(settings.home)
    counted = f"{len(roles)} roles, {len(workflows)} workflows, {len(templates.current)} templates and the tool rules"
    return fine("Files", f"{counted} can be used.")


def _tried(about: str, load: Callable[[], Loaded]) -> tuple[Loaded | None, list[Finding]]:
    try:
        return load(), []
    except ConfigurationError as error:
        return None, [_broken(about, error)]


def _broken(about: str, error: ConfigurationError) -> Finding:
    return Finding(about=about, mark=Mark.BROKEN, text=error.message, todo=error.hint, is_configuration=True)


def _roles(settings: Settings) -> list[Role]:
    try:
        return [role for name in ("", *settings.projects) for role in load_roles(settings.home, project=name).values()]
    except ConfigurationError:
        return []  # told about with the files


def _models(role: Role) -> Iterable[str]:
    named = (role.model, role.simple_model, role.complex_model, role.fallback_model)
    return (model for model in named if model)
