"""One review of a pull request: remarks at their lines where GitHub takes them, all others in its text."""

from collections.abc import Mapping, Sequence

from adapters.github.calls import Calls
from adapters.github.diff_lines import shown_lines
from adapters.github.harmless import harmless
from adapters.github.limits import MAX_REMARK, bounded_body, bounded_text
from adapters.github.markers import mark
from adapters.github.offers import Offers
from adapters.github.wire import CompareWire, FileWire, PullWire, ReviewWire
from core.domain.errors import ConflictError
from core.domain.forge_news import Remark
from core.domain.project import Project
from core.forge import ForgeError, ForgeRefusedError, ForgeUnavailableError, Review

MAX_PLACED = 60
"""At lines of one review; GitHub takes some more, but not without end."""
_MAX_FILE_PAGES = 30
"""GitHub lists 3,000 files of a pull request."""
_MAX_REVIEW_PAGES = 10


class Reviews:
    """Posts reviews that neither approve nor block: people decide."""

    def __init__(self, calls: Calls, *, offers: Offers) -> None:
        self._calls = calls
        self._offers = offers

    async def post(self, project: Project, reference: str, review: Review, *, key: str) -> str:
        """Post it once per `key`; its address. NotFoundError, ForgeError."""
        repository, number = await self._offers.name(project, reference)
        pull = await self._offers.pull(repository, number)
        path = f"/repos/{repository.full_name}/pulls/{number}"
        ours = mark("review", key)
        found = await self._find(path, ours)
        if found is not None:
            return found.html_url
        lines = await self._lines(pull, review, repository=repository.full_name)
        placed = [each for each in review.remarks if each.line in lines.get(each.path, ())][:MAX_PLACED]
        try:
            return (await self._send(path, review, placed=placed, ours=ours, pull=pull)).html_url
        except ForgeUnavailableError:  # no answer may mean that it was done
            found = await self._find(path, ours)
            if found is None:
                raise
            return found.html_url
        except ForgeRefusedError:
            # the pull request has moved on meanwhile, or GitHub takes a line otherwise than it shows it
            if not placed and pull.head.sha == review.commit:
                raise
            return (await self._send(path, review, placed=(), ours=ours, pull=pull, anywhere=True)).html_url

    async def _find(self, path: str, ours: str) -> ReviewWire | None:
        wires = await self._calls.all(
            ReviewWire, f"{path}/reviews", doing="look for our review", pages=_MAX_REVIEW_PAGES
        )
        return next((each for each in wires if ours in (each.body or "")), None)

    async def _lines(self, pull: PullWire, review: Review, *, repository: str) -> Mapping[str, frozenset[int]]:
        """By file, where remarks can stand; nothing when the commit cannot be compared any more."""
        try:
            files = await self._files(pull, review, repository=repository)
        except (ForgeUnavailableError, ConflictError):
            raise
        except ForgeError:
            return {}
        return {each.filename: shown_lines(each.patch) for each in files if each.patch}

    async def _files(self, pull: PullWire, review: Review, *, repository: str) -> Sequence[FileWire]:
        doing = f"read the change of pull request #{pull.number}"
        if pull.head.sha == review.commit:
            path = f"/repos/{repository}/pulls/{pull.number}/files"
            return await self._calls.all(FileWire, path, doing=doing, pages=_MAX_FILE_PAGES)
        path = f"/repos/{repository}/compare/{pull.base.sha}...{review.commit}"
        return (await self._calls.get(CompareWire, path, doing=doing)).files

    async def _send(
        self,
        path: str,
        review: Review,
        *,
        placed: Sequence[Remark],
        ours: str,
        pull: PullWire,
        anywhere: bool = False,
    ) -> ReviewWire:
        """`anywhere` leaves it to GitHub which commit it is about."""
        moved = pull.head.sha != review.commit
        body: dict[str, object] = {
            "event": "COMMENT",
            "body": bounded_body(harmless(_text(review, placed=placed, moved=moved)), closing=ours),
            "comments": [
                {
                    "path": each.path,
                    "line": each.line,
                    "side": "RIGHT",
                    "body": bounded_text(harmless(each.text), limit=MAX_REMARK),
                }
                for each in placed
            ],
        }
        if not anywhere:
            body["commit_id"] = review.commit
        doing = f"review pull request #{pull.number}"
        return await self._calls.send(ReviewWire, "POST", f"{path}/reviews", doing=doing, body=body)


def _text(review: Review, *, placed: Sequence[Remark], moved: bool) -> str:
    """The review's own text, and the remarks that have no line of their own."""
    parts = [review.text.strip()]
    if moved:
        parts.append(f"This is about {review.commit[:12]}; the pull request has moved on since.")
    parts += [f"{_where(each)}{each.text.strip()}" for each in review.remarks if each not in placed]
    return "\n\n".join(part for part in parts if part)


def _where(remark: Remark) -> str:
    if not remark.path:
        return ""
    line = f":{remark.line}" if remark.line else ""
    return f"`{remark.path}{line}`: "
