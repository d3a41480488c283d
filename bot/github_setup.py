"""How GitHub is set up, in words: the settings to add, and the steps from nothing to the first pull request."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings_tables import Path, heading, missing, table

if TYPE_CHECKING:
    from adapters.github.needs import Need
    from config.settings import Settings

TOKEN_VARIABLE = "ORCHESTRATOR_GITHUB__TOKEN"  # noqa: S105 - the name of a variable
KEY_VARIABLE = "ORCHESTRATOR_GITHUB__PRIVATE_KEY_FILE"
SECRET_VARIABLE = "ORCHESTRATOR_GITHUB__WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
LISTEN = "127.0.0.1:3100"
WEBHOOK_PATH = "/github/events"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSetup:
    """What somebody wants. `project` and `repository` (`owner/repo`) are '' while they are not known."""

    project: str = ""
    repository: str = ""
    app: bool = False
    """A GitHub App instead of a personal token."""
    webhook: str = ""
    """The public https address that GitHub calls; '' when GitHub is asked instead."""
    web_url: str = "https://github.com"

    @property
    def owner(self) -> str:
        """Whose repository it is."""
        return self.repository.partition("/")[0]


def tables(setup: GitHubSetup) -> dict[Path, str]:
    """The table that GitHub takes in the settings."""
    if setup.app:
        access = [
            "# The key comes from the file that GitHub gave; or as text from the environment.",
            'app_id = ""  # such as "123456"',
            'private_key_file = ""  # such as "orchestrator.private-key.pem"',
            "installation_id = 0  # the number at the end of the installation's address",
        ]
    else:
        access = [f"# The token comes from the environment: {TOKEN_VARIABLE}"]
    listens = [f'listen = "{LISTEN}"', f"# Its secret comes from the environment: {SECRET_VARIABLE}"]
    return {("github",): table(("github",), [*access, *(listens if setup.webhook else [])])}


def by_hand(setup: GitHubSetup, settings: "Settings", *, text: str) -> Sequence[str]:
    """What has to be changed in tables that are there already, as lines of TOML."""
    lines: list[str] = []
    if ("github",) not in missing(tables(setup), text=text) and setup.webhook and not settings.github.listen:
        lines.append(f'[github] listen = "{LISTEN}"')
    if setup.project and setup.repository and settings.project(setup.project).github != setup.repository:
        where = heading(("projects", setup.project))
        lines.append(f"[{where}] github = {json.dumps(setup.repository)}")
    return lines


def steps(
    setup: GitHubSetup, *, needs: "Sequence[Need]", optional: "Need", events: Sequence[str], settings_step: str
) -> Sequence[str]:
    """What to do, in order. `settings_step` is the one about the settings file."""
    permissions = "".join(f"\n   - {need.name}: {need.level}, {need.why}" for need in needs)
    more = f"\n   - {optional.name}: {optional.level}, {optional.why}"
    access = _app_steps if setup.app else _token_steps
    return (
        *access(setup, permissions=permissions + more, events=events),
        settings_step,
        *(() if setup.app or not setup.webhook else (_webhook_step(setup, events=events),)),
        "Ask what is still missing: orchestrator doctor",
        "Start it: orchestrator serve (or worker)"
        + ("" if setup.webhook else ". It asks GitHub for news; nothing has to reach this machine from outside."),
        'Try it: orchestrator run "fix issue #1", or label an issue with orchestrate.',
    )


def _token_steps(setup: GitHubSetup, *, permissions: str, events: Sequence[str]) -> Sequence[str]:
    del events
    which = setup.repository or "the repositories of your projects"
    owner = f" Resource owner: {setup.owner}." if setup.owner else ""
    return (
        f"Open {setup.web_url}/settings/personal-access-tokens/new, best as an account of its own.{owner} Under "
        f"Repository access choose Only select repositories: {which}. Under Permissions:{permissions}",
        f"Copy the token: export {TOKEN_VARIABLE}=github_pat_…",
    )


def _app_steps(setup: GitHubSetup, *, permissions: str, events: Sequence[str]) -> Sequence[str]:
    hook = (
        f"Webhook: active, {setup.webhook}, with a secret from: openssl rand -hex 32. "
        f"Then: export {SECRET_VARIABLE}=… Subscribe to: {', '.join(events)}."
        if setup.webhook
        else "Webhook: not active."
    )
    return (
        f"Open {setup.web_url}/settings/apps/new (of an organization: its settings, Developer settings). {hook} "
        f"Repository permissions:{permissions}",
        "On the App's page note the App ID, and press Generate a private key: it is a .pem file. Keep it where only "
        f"this program can read it, and name it in private_key_file, or: export {KEY_VARIABLE}=…",
        f"Under Install App install it for {setup.repository or 'the repositories of your projects'}. The number at "
        "the end of the address is installation_id.",
    )


def _webhook_step(setup: GitHubSetup, *, events: Sequence[str]) -> str:
    where = f"{setup.web_url}/{setup.repository}/settings/hooks/new" if setup.repository else "Settings, Webhooks"
    return (
        f"Open {where}. Payload URL: {setup.webhook}. Content type: application/json. Secret: one from "
        f"openssl rand -hex 32; then: export {SECRET_VARIABLE}=… Choose individual events: {', '.join(events)}. "
        f"What arrives there has to be forwarded to {LISTEN}{WEBHOOK_PATH}."
    )
