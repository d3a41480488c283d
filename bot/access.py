"""The gate: who is listened to, and who may do what in which project; default deny, and pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.domain.access import Act, Decider, may, may_decide, needed, strongest
from core.domain.approval import Approval, ApprovalKind
from core.domain.identity import Access, Person, PersonId, Place, ProjectName
from core.domain.limit import BudgetScope
from core.domain.project import Project

if TYPE_CHECKING:
    from config.settings import Settings

EVERYWHERE = "*"
"""Among the channels of a platform: any of them."""
CONSOLE = "console"
"""The platform of who sits at the machine itself."""
_ASKED = 3
MEMBER = "/member"
"""Behind a server: everybody in it."""
ROLE = "/role:"
"""In the name of everybody with a role: `discord:1234/role:5678`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why somebody may not: one polite line, and whom to ask (() when nobody is named in the settings)."""

    text: str
    ask: tuple[PersonId, ...] = ()
    unknown: str = ""
    """What the settings do not name, said as they would: `You are telegram:4711.`; '' when they name everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the settings say about people. Whoever sits at the machine is its owner, and may do everything."""

    projects: Mapping[str, Project]
    admins: tuple[str, ...] = ()
    """People or patterns who may do everything in every project."""
    spaces: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    """Platform → spaces (workspaces) whose people are listened to."""
    members: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    """Platform → groups of which people are in one at least who write where there is no space: who has left a server
    is not listened to in a conversation of two either."""
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    """Platform → channels it may be used in besides those bound to a project."""
    groups: dict[PersonId, tuple[str, ...]] = field(default_factory=dict[PersonId, tuple[str, ...]])
    """Person → groups the platform last said they are in, as settings write them: `discord:1234/role:5678`."""

    @classmethod
    def of(cls, settings: "Settings") -> "Gate":
        """The gate that `settings` describe."""
        return cls(
            projects=settings.projects,
            admins=settings.access.admins,
            spaces={
                "slack": frozenset(settings.slack.workspaces),
                # people of these platforms are the same everywhere, and a private conversation is in no space
                "telegram": frozenset({""}),
                "discord": frozenset({"", *settings.discord.guilds}),
            },
            members={"discord": frozenset(f"discord:{guild}{MEMBER}" for guild in settings.discord.guilds)},
            channels={
                "slack": frozenset(settings.slack.channels),
                "telegram": frozenset(settings.telegram.groups),
                "discord": frozenset(settings.discord.channels),
            },
        )

    def meet(self, person: Person) -> None:
        """Note which groups the platform says `person` is in now."""
        if person.groups:
            self.groups[person.id] = person.groups
        else:
            self.groups.pop(person.id, None)

    def listened_to(self, person: PersonId, place: Place, *, bound: ProjectName | None = None) -> Refusal | None:
        """Why `person` is not listened to in `place`, None when they are; `bound` is the channel's project."""
        if place.platform == CONSOLE:
            return None
        spaces = self.spaces.get(place.platform, frozenset())
        if place.space not in spaces or _space_of(person) not in spaces:
            return Refusal(
                text=f"This {_SPACE.get(place.platform, 'workspace')} is not set up for me.",
                ask=self._named(self.admins),
            )
        if not self._belongs(person, place):
            return Refusal(text="You are in none of the servers I am used in.", ask=self._named(self.admins))
        given = self.access_everywhere(person)
        if not given and not self.sees_all(person):
            text = "You have not been given access to anything here yet."
            return Refusal(text=text, ask=self._everybody_named(), unknown=f"You are {person}.")
        # an admin must be able to bind the channel
        if self._open_channel(place) or bound is not None or self.sees_all(person) or Access.ADMIN in given.values():
            return None
        return Refusal(
            text="I am not used in this channel. Write to me directly, or have the channel bound to a project.",
            ask=self._everybody_named(),
            unknown=f"This is {channel_name(place)}.",
        )

    def access(self, person: PersonId, project: ProjectName | str) -> Access | None:
        """What `person` may do in `project`, None for nothing; in one that is not bound only overall admins may."""
        if self.sees_all(person):
            return Access.ADMIN
        known = self.projects.get(project)
        given = known.access.items() if known is not None else ()
        return strongest(*(access for pattern, access in given if self._matches((pattern,), person)))

    def sees_all(self, person: PersonId) -> bool:
        """Whether `person` is an admin of everything, also of projects that are not bound any more."""
        return person.startswith(f"{CONSOLE}:") or self._matches(self.admins, person)

    def access_everywhere(self, person: PersonId) -> dict[ProjectName, Access]:
        """The projects in which `person` may do anything, with what."""
        found = {ProjectName(name): self.access(person, name) for name in self.projects}
        return {name: access for name, access in found.items() if access is not None}

    def bound(self, place: Place) -> ProjectName | None:
        """The project whose settings name this channel."""
        channel = channel_name(place)
        return next((each.name for each in self.projects.values() if channel in each.channels), None)

    def refused(self, person: PersonId, act: Act, project: ProjectName | str) -> Refusal | None:
        """Why `person` may not do `act` in `project`, None when they may; one they may not see is not named."""
        access = self.access(person, project)
        if may(access, act):
            return None
        if access is None:
            return Refusal(text="This channel is about a project that you may not see.", ask=self.admins_of(project))
        need = needed(act).value
        return Refusal(
            text=f"You may {_MAY[access]} in {project}, but not {_DOING[act]}: that takes {_ARTICLE[need]} {need}.",
            ask=self.admins_of(project),
        )

    def refused_to_decide(
        self, person: PersonId, approval: Approval, *, project: ProjectName, requester: PersonId
    ) -> Refusal | None:
        """Why `person` may not decide `approval` of a task that `requester` asked for; None when they may."""
        denied = self.refused(person, Act.DECIDE, project)
        if denied is not None:
            return denied
        return self._not_the_decider(person, approval.kind, about=approval.id, project=project, requester=requester)

    def refused_to_spend(
        self, person: PersonId, about: str, *, project: ProjectName, requester: PersonId
    ) -> Refusal | None:
        """Why `person` may not say what a task may cost that `requester` asked for; `about` begins the sentence."""
        denied = self.refused(person, Act.DECIDE, project)
        if denied is not None:
            return denied
        return self._not_the_decider(person, ApprovalKind.BUDGET, about=about, project=project, requester=requester)

    def refused_to_limit(self, person: PersonId, scope: BudgetScope) -> Refusal | None:
        """Why `person` may not say what may be spent within `scope`; None when they may.

        Of one project its admins say it, of people, roles and models everywhere those of everything.
        """
        if scope.project:
            return self.refused(person, Act.MANAGE, scope.project)
        if self.sees_all(person):
            return None
        text = "What people, roles and models may cost everywhere is for admins of everything to say."
        return Refusal(text=text, ask=self._named(self.admins))

    def _not_the_decider(
        self, person: PersonId, kind: ApprovalKind, *, about: str, project: ProjectName, requester: PersonId
    ) -> Refusal | None:
        known = self.projects.get(project)
        decider = known.decide.decider(kind) if known is not None else Decider.DEVELOPER
        if may_decide(person, self.access(person, project), requester=requester, decider=decider):
            return None
        return Refusal(text=_WHO_DECIDES[decider].format(id=about), ask=self.admins_of(project))

    def admins_of(self, project: ProjectName | str) -> tuple[PersonId, ...]:
        """The admins of `project` who are named one by one, those of everything last; at most three."""
        known = self.projects.get(project)
        own = [pattern for pattern, access in known.access.items() if access is Access.ADMIN] if known else []
        return self._named((*own, *self.admins))

    def _everybody_named(self) -> tuple[PersonId, ...]:
        """Whom to ask when no project is meant."""
        own = [name for project in self.projects.values() for name in self.admins_of(project.name)]
        return self._named((*self.admins, *own))

    def _belongs(self, person: PersonId, place: Place) -> bool:
        wanted = self.members.get(place.platform, frozenset())
        return bool(place.space) or not wanted or not wanted.isdisjoint(self.groups.get(person, ()))

    def _open_channel(self, place: Place) -> bool:
        channels = self.channels.get(place.platform, frozenset())
        return is_own(place) or EVERYWHERE in channels or place.channel in channels or self.bound(place) is not None

    def _matches(self, patterns: Collection[str], person: PersonId) -> bool:
        """Whether one of `patterns` is the person, one of their groups, or everybody of a space: `slack:T0123/*`."""
        known = (person, *self.groups.get(person, ()))
        return any(
            pattern in known or (pattern.endswith(("/*", ":*")) and person.startswith(pattern.removesuffix("*")))
            for pattern in patterns
        )

    @staticmethod
    def _named(patterns: Collection[str]) -> tuple[PersonId, ...]:
        named = dict.fromkeys(PersonId(each) for each in patterns if not (each.endswith("*") or ROLE in each))
        return tuple(named)[:_ASKED]


_SPACE = {"telegram": "chat", "discord": "server"}
_MAY = {Access.VIEWER: "look", Access.DEVELOPER: "hand over and steer work", Access.ADMIN: "do everything"}
_DOING = {
    Act.LOOK: "look",
    Act.SUBMIT: "hand work over",
    Act.STEER: "talk to agents",
    Act.CONTROL: "stop or change work",
    Act.DECIDE: "decide",
    Act.MANAGE: "manage the project",
}
_ARTICLE = {"viewer": "a", "developer": "a", "admin": "an"}
_WHO_DECIDES = {
    Decider.DEVELOPER: "{id} is decided by a developer of the project.",
    Decider.ADMIN: "{id} is decided by an admin of the project.",
    Decider.REQUESTER: "{id} is decided by the person who asked for the task, or by an admin.",
    Decider.OTHER: "{id} is decided by somebody else than the person who asked for the task.",
}


def channel_name(place: Place) -> str:
    """The channel as settings write it: `slack:T0123/C0456`, or `telegram:-1001234` where there are no spaces."""
    space = f"{place.space}/" if place.space else ""
    return f"{place.platform}:{space}{place.channel}"


def is_own(place: Place) -> bool:
    """Whether nobody but the person and us reads there: a direct message, or our own page."""
    return not place.channel or place.channel.startswith("D")


def _space_of(person: PersonId) -> str:
    """`T0123` of `slack:T0123/U0456`."""
    return person.partition(":")[2].rpartition("/")[0]
