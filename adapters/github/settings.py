"""What the GitHub adapter is told from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from core.domain.errors import ConfigurationError

_API_OF_GITHUB = "api.github.com"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSettings:
    """One access to GitHub: a personal token, or an App with its key. Secrets are not shown by `repr`."""

    token: str = field(default="", repr=False)
    """`github_pat_…` or `ghp_…`; '' when an App is used."""
    app_id: str = ""
    """The App's id or client id."""
    private_key: str = field(default="", repr=False)
    """The App's key, as PEM text."""
    installation_id: int = 0
    api_url: str = "https://api.github.com"
    """For an Enterprise server `https://<host>/api/v3`."""
    repositories: Mapping[str, str] = field(default_factory=dict[str, str])
    """Project → `owner/repo`, where the project's own repository does not tell."""
    issues_from: tuple[str, ...] = ()
    """Private repositories whose issues people may name besides the project's own, as `owner/repo` or `owner/*`."""
    host_address: str = ""
    """Where webhooks are listened for, with `port`; '' means that GitHub is asked instead."""
    port: int = 0
    webhook_secret: str = field(default="", repr=False)
    poll_s: float = 30.0
    """The pause between questions, where there are no webhooks."""
    start_label: str = "orchestrate"
    """An issue that gets it is told of; '' means none."""
    timeout_s: float = 20.0
    """The longest one call may take."""
    push_timeout_s: float = 600.0
    patience_s: float = 60.0
    """A rate limit that lasts no longer than this is waited for; a longer one is told."""

    def __post_init__(self) -> None:
        if not self.token and not (self.app_id and self.private_key and self.installation_id):
            raise ConfigurationError(
                "GitHub has no access: there is neither a token nor a complete App.",
                source="github",
                hint="Set a token, or app_id, private_key and installation_id.",
            )
        if urlsplit(self.api_url).scheme != "https" and urlsplit(self.api_url).hostname not in _LOOPBACK:
            raise ConfigurationError(
                f"The address {self.api_url} is not encrypted, and a token must not go that way.",
                source="github",
                hint="Write it with https.",
            )

    @property
    def web_url(self) -> str:
        """Where people and git find the repositories: the API's address without its own part."""
        parts = urlsplit(self.api_url)
        host = "github.com" if parts.netloc == _API_OF_GITHUB else parts.netloc.removeprefix("api.")
        return f"{parts.scheme}://{host}"

    @property
    def graphql_url(self) -> str:
        """The other API, for the little that REST cannot do."""
        api = self.api_url.rstrip("/")
        return f"{api.removesuffix('/v3')}/graphql" if api.endswith("/api/v3") else f"{api}/graphql"

    @property
    def host(self) -> str:
        """The name in repositories' addresses, with a port where there is one."""
        return urlsplit(self.web_url).netloc
