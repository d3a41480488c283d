"""The access to GitHub that the settings describe, and which projects are there."""

from typing import TYPE_CHECKING

from core.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from adapters.github.settings import GitHubSettings
    from config.github_section import GitHubSection
    from config.settings import Settings
    from core.domain.project import Project


def github_app(settings: "Settings") -> "GitHubSettings | None":
    """What the adapter is told; None without any access: then there is no GitHub.

    ConfigurationError when the key's file cannot be read, or a project is said to be there and nothing else is.
    """
    said = settings.github
    if not said.given:
        _require_no_project(settings)
        return None
    # the library is loaded for those who use it
    from adapters.github.settings import GitHubSettings

    host, _, port = said.listen.rpartition(":")
    return GitHubSettings(
        token=said.token.get_secret_value(),
        app_id=said.app_id,
        private_key=_key(said),
        installation_id=said.installation_id,
        api_url=said.api_url,
        repositories={project.name: project.github for project in settings.projects.values() if project.github},
        issues_from=said.issues_from,
        host_address=host,
        port=int(port) if port else 0,
        webhook_secret=said.webhook_secret.get_secret_value(),
        poll_s=said.poll_s,
        start_label=said.start_label,
    )


def is_there(project: "Project", given: "GitHubSettings") -> bool:
    """Whether the project's issues and pull requests are at this GitHub."""
    from adapters.github.reference import repository_name

    return bool(project.github or repository_name(project.repository, host=given.host))


def _require_no_project(settings: "Settings") -> None:
    for project in settings.projects.values():
        if project.github:
            raise ConfigurationError(
                f"Project {project.name} is at GitHub, and there is no access to GitHub.",
                source=f"projects.{project.name}.github",
                hint="Set github.token, or see: orchestrator init github",
            )


def _key(said: "GitHubSection") -> str:
    file = said.private_key_file
    if file is None:
        return said.private_key.get_secret_value()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"The App's key {file} cannot be read: {why}.",
            source="github.private_key_file",
            hint="Name the .pem file that GitHub gave.",
        ) from error
