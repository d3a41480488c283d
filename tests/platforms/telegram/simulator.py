"""A Telegram to test against: the Bot API on a loopback port, people who type and press, faults at will."""

from __future__ import annotations

import time
from itertools import count
from types import TracebackType

from tests.platforms.telegram.bot_api import BotApi
from tests.platforms.telegram.call import Call
from tests.platforms.telegram.desk import Desk
from tests.platforms.telegram.faults import Faults
from tests.platforms.telegram.groups import Groups
from tests.platforms.telegram.message import Json
from tests.platforms.telegram.methods.commands import scope_key
from tests.platforms.telegram.person import Person
from tests.platforms.telegram.places import BOT_USERNAME, Account, Chat, Member
from tests.platforms.telegram.rates import Rates
from tests.platforms.telegram.server import Server
from tests.platforms.telegram.telling import Telling
from tests.platforms.telegram.updates import Updates
from tests.platforms.telegram.watching import Watching
from tests.platforms.telegram.webhook import Webhook
from tests.platforms.telegram.world import World


class TelegramSimulator(Watching, Groups):
    """One bot and its people; `async with` starts it, and leaving fails when a request was one no bot should send.

    `pace` makes flood control that many times wider. `privacy` is the bot's privacy mode, `private_topics` its topic
    mode; `rich` says whether the server knows rich messages. The bot is configured with `api_url` and `token`.
    """

    def __init__(
        self,
        *,
        pace: float = 1.0,
        privacy: bool = True,
        private_topics: bool = False,
        rich: bool = True,
        retry_after_s: tuple[float, ...] = (0.05, 0.5, 2.0),
        answered_within_s: float = 10.0,
    ) -> None:
        self.token = "4711:TELEGRAM-SIMULATOR-TOKEN"
        self.username = BOT_USERNAME
        self._stopped_at: float | None = None
        self._late_s = 0.0
        self._person_ids = count(5001)
        self.world = World(self.now)
        self.updates = Updates(now=self.now, bell=self.world.bell)
        self.telling = Telling(world=self.world, updates=self.updates, privacy=privacy)
        self.rates = Rates(now=self.now, pace=pace)
        self.faults = Faults()
        self.webhook = Webhook(self.updates, retry_after_s=retry_after_s, answered_within_s=answered_within_s)
        desk = Desk(world=self.world, updates=self.updates, private_topics=private_topics, rich=rich, privacy=privacy)
        self.api = BotApi(desk=desk, rates=self.rates, faults=self.faults, token=self.token, webhook=self.webhook)
        self._server = Server()

    async def __aenter__(self) -> TelegramSimulator:
        await self._server.start(self.api.handle, self.api.download)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.clear()
        self.updates.close()
        await self.webhook.close()
        await self._server.close()
        if error is None:
            assert self.violations == [], "\n".join(self.violations)

    @property
    def api_url(self) -> str:
        """Where the Bot API is, without a slash at the end."""
        return self._server.url

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot but getUpdates, in order."""
        return self.api.calls

    @property
    def violations(self) -> list[str]:
        """Requests that no bot should ever send."""
        return self.api.violations

    def called(self, *methods: str) -> list[Call]:
        """The calls of these methods."""
        return [each for each in self.calls if each.method in methods]

    def now(self) -> float:
        """Telegram's clock, seconds since 1970."""
        return (time.time() if self._stopped_at is None else self._stopped_at) + self._late_s

    def stands_still(self) -> None:
        """From now on time goes by in Telegram by `passes` alone: for what is about its pace."""
        self._stopped_at = time.time()

    def passes(self, seconds: float) -> None:
        """Let time go by in Telegram: questions grow old, limits refill, unread updates are lost."""
        self._late_s += seconds
        self.world.bell.ring()

    def person(self, name: str, *, username: str | None = None, language: str = "en", is_bot: bool = False) -> Person:
        """The person of this name; somebody new joins every group. `username` is the name if it is not given."""
        for account in self.world.accounts.values():
            if account.name == name:
                return Person(account, self)
        # Telegram knows no shorter names than these
        called = (name.lower() if len(name) >= 5 else f"{name.lower()}_here") if username is None else username
        account = Account(id=next(self._person_ids), name=name, username=called, language=language, is_bot=is_bot)
        self.world.accounts[account.id] = account
        for chat in self.world.chats.values():
            if not chat.private:
                chat.members[account.id] = Member()
        return Person(account, self)

    def commands_for(self, person: Person, chat: Chat) -> list[Json]:
        """The menu of commands a person sees in a chat: core.telegram.org/bots/api#determining-list-of-commands."""
        admin = chat.member(person.id).admin
        scopes: list[Json] = []
        if not chat.private:
            scopes.append({"type": "chat_member", "chat_id": chat.id, "user_id": person.id})
            scopes += [{"type": "chat_administrators", "chat_id": chat.id}] if admin else []
        scopes.append({"type": "chat", "chat_id": chat.id})
        if not chat.private:
            scopes += [{"type": "all_chat_administrators"}] if admin else []
        scopes += [{"type": "all_private_chats" if chat.private else "all_group_chats"}, {"type": "default"}]
        for scope in scopes:
            for language in (person.account.language, ""):
                if commands := self.world.commands.get((scope_key(scope), language)):
                    return commands
        return []
