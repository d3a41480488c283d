"""Who asks, from where, and what a command has to work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from adapters.chat.text import one_line
from bot.access import Gate, Refusal
from bot.commands.notes import refusal_note
from bot.commands.reply import Private
from bot.onlooker import Onlooker
from config.project_data import ProjectData
from config.template_loader import LoadedTemplate, Templates, load_templates
from core.costs.picture import Charts
from core.costs.reader import QuestionReader
from core.domain.access import Act
from core.domain.errors import ConfigurationError
from core.domain.identity import Access, Person, Place, ProjectName
from core.orchestrator import Orchestrator
from core.store.unit_of_work import UnitOfWork

_DETAIL = 500
"""Columns of what a row of the audit trail says."""
_NOTED = "audit"
"""What stands for the platform among the values that are kept."""
_NOTED_FOR = timedelta(days=7)
"""As long as the inbox knows what it has heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """One person's one act: who, where, and the platform's id of it."""

    person: Person
    place: Place
    event_id: str
    """Names the act: what it changes is changed once, however often it comes."""
    trigger: str = ""
    """What a form may be opened with for some seconds; '' for none."""
    access: Mapping[ProjectName, Access] = field(default_factory=dict[ProjectName, Access])
    """What the person may do; a project that is not in it does not exist for them."""
    bound: ProjectName | None = None
    """The project this channel is about."""

    @property
    def usual_project(self) -> ProjectName | None:
        """The project that is meant when none is named: this channel's, or the only one; None when that is not clear.

        Never one that the asker may not see.
        """
        if self.bound is not None and self.bound in self.access:
            return self.bound
        return next(iter(self.access)) if len(self.access) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What commands work with."""

    seen: Onlooker
    """Everything there is to look at: settings, store, reader, queries, workspaces, mask, clock."""
    orchestrator: Orchestrator
    gate: Gate
    data: ProjectData
    charts: Charts | None = None
    """Draws what `costs` answers; None for no pictures."""
    questions: QuestionReader | None = None
    """Reads questions that the rules do not understand; None when no model is configured for that."""

    def templates(self, asker: Asker, project: str = "") -> Templates:
        """The templates of a project, or those that hold everywhere; none of what the asker may not see."""
        # what people type is no path: only the name of a project leads to a folder
        known = project if project in asker.access and project in self.gate.projects else ""
        found = load_templates(self.seen.settings.home, project=known)

        def told(each: LoadedTemplate | ConfigurationError) -> bool:
            about = each.template.project if isinstance(each, LoadedTemplate) else ""
            return not about or about in asker.access

        return Templates(
            current={name: each for name, each in found.current.items() if told(each)},
            versions={name: each for name, each in found.versions.items() if told(each)},
        )

    async def asker(self, person: Person, place: Place, *, event_id: str, trigger: str = "") -> Asker:
        """The asker, with what they may do and what their channel is about."""
        self.gate.meet(person)
        return Asker(
            person=person,
            place=place,
            event_id=event_id,
            trigger=trigger,
            access=self.gate.access_everywhere(person.id),
            bound=await self.bound(place),
        )

    async def bound(self, place: Place) -> ProjectName | None:
        """The project of this channel: as somebody bound it here, else as the settings say; None for none."""
        async with self.seen.store.reading() as uow:
            binding = await uow.bindings.of(place)
        if binding is not None and binding.project in self.gate.projects:
            return binding.project
        return self.gate.bound(place)

    async def refuse(self, asker: Asker, act: Act | str, refusal: Refusal, *, subject: str = "") -> Private:
        """Write the refusal down, and say it to the asker alone."""
        await self.note(asker, act, subject=subject, detail=refusal.text, allowed=False)
        return Private(card=refusal_note(refusal))

    async def note(
        self, asker: Asker, act: Act | str, *, subject: str = "", detail: str = "", allowed: bool = True
    ) -> None:
        """One row of the audit trail about what the asker did, or was refused; none when the same act has it already.

        After a crash what was heard is acted on again, and that is no second act.
        """
        async with self.seen.store.transaction() as uow:
            if allowed and asker.event_id:
                words = "\n".join((asker.event_id, asker.person.id, str(act), subject, self.seen.mask(detail)))
                key = sha256(words.encode(errors="replace")).hexdigest()
                if await uow.chat_values.get(_NOTED, key) is not None:
                    return
                await uow.chat_values.set(_NOTED, key, subject, until=uow.now + _NOTED_FOR)
            await self.record(uow, asker, act, subject=subject, detail=detail, allowed=allowed)

    async def record(
        self,
        uow: UnitOfWork,
        asker: Asker,
        act: Act | str,
        *,
        subject: str = "",
        detail: str = "",
        allowed: bool = True,
    ) -> None:
        """The same row as `note` writes, in the transaction that does it; the last thing in it."""
        await uow.audit.append(
            actor=asker.person.id,
            act=str(act),
            subject=subject,
            place=asker.place,
            allowed=allowed,
            detail=one_line(self.seen.mask(detail), width=_DETAIL),
        )
