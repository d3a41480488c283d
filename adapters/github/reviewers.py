"""Asks those who own the changed files for a review, once; a pull request stands without it too."""

from collections.abc import Sequence
from itertools import count

import structlog

from adapters.github.calls import Calls
from adapters.github.code_owners import PLACES, owners_of, parse_code_owners
from adapters.github.errors import GoneError
from adapters.github.wire import FileWire, PullWire
from core.forge import ForgeDeniedError, ForgeError, ForgeRefusedError

log = structlog.get_logger(__name__)

MAX_REVIEWERS = 15
"""GitHub takes no more on one pull request."""
_PAGE = 100
_MAX_PAGES = 30
"""GitHub lists 3,000 files of a pull request."""


class Reviewers:
    """Reviewers by CODEOWNERS of the base branch."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def ask(self, pull: PullWire, *, repository: str) -> None:
        """Ask the owners, unless it is a draft or somebody was asked or has reviewed already. Raises no ForgeError."""
        if pull.draft or pull.requested_reviewers or pull.requested_teams:
            return
        try:
            path = f"/repos/{repository}/pulls/{pull.number}"
            owners = await self._owners(pull, path=path, repository=repository)
            if owners and not await self._calls.get(
                list[object], f"{path}/reviews", doing="read the reviews", per_page=1
            ):
                await self._request(owners, path=path, repository=repository)
        except ForgeError as error:
            log.warning("reviewers_not_asked", pull_request=pull.number, reason=error.message)

    async def _owners(self, pull: PullWire, *, path: str, repository: str) -> Sequence[str]:
        rules = parse_code_owners(await self._code_owners(pull, repository=repository))
        if not rules:
            return ()
        owners = owners_of(await self._files(path), rules)
        author = pull.user.login.lower() if pull.user else ""  # nobody reviews their own
        return [each for each in owners if each.lower() != author][:MAX_REVIEWERS]

    async def _code_owners(self, pull: PullWire, *, repository: str) -> str:
        for place in PLACES:
            try:
                return await self._calls.text(
                    f"/repos/{repository}/contents/{place}", doing="read CODEOWNERS", ref=pull.base.ref
                )
            except GoneError:
                continue
        return ""

    async def _files(self, path: str) -> Sequence[str]:
        files: list[str] = []
        for page in count(1):
            wires = await self._calls.get(
                list[FileWire], f"{path}/files", doing="list changed files", per_page=_PAGE, page=page
            )
            files += [name for each in wires for name in (each.filename, each.previous_filename) if name]
            if len(wires) < _PAGE or page == _MAX_PAGES:
                break
        return files

    async def _request(self, owners: Sequence[str], *, path: str, repository: str) -> None:
        """All at once; one who may not review makes GitHub refuse all, so then each alone."""
        try:
            await self._send(owners, path=path, repository=repository)
        except (ForgeRefusedError, ForgeDeniedError):
            if len(owners) == 1:
                raise
            for owner in owners:
                try:
                    await self._send([owner], path=path, repository=repository)
                except (ForgeRefusedError, ForgeDeniedError) as error:
                    log.warning("reviewer_not_asked", reviewer=owner, reason=error.message)

    async def _send(self, owners: Sequence[str], *, path: str, repository: str) -> None:
        organization = repository.partition("/")[0].lower()
        teams = [
            team
            for where, _, team in (each.partition("/") for each in owners)
            if team and where.lower() == organization
        ]
        people = [each for each in owners if "/" not in each]
        if people or teams:
            body = {"reviewers": people, "team_reviewers": teams}
            await self._calls.send(object, "POST", f"{path}/requested_reviewers", doing="ask for a review", body=body)
