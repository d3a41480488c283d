"""The pull request of a branch: found when it is there, opened when it is not, and what it says brought up to date."""

from adapters.github.calls import Calls
from adapters.github.harmless import harmless
from adapters.github.limits import bounded_body, bounded_title
from adapters.github.wire import GraphWire, PullWire
from core.forge import ForgeRefusedError, ForgeUnavailableError, PullRequest, PullRequestDraft

_READY = (
    "mutation Ready($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) "
    "{ pullRequest { isDraft } } }"
)


class PullRequests:
    """Those from branches of the repository itself."""

    def __init__(self, calls: Calls, *, graphql_url: str) -> None:
        self._calls = calls
        self._graphql_url = graphql_url

    async def offer(self, draft: PullRequestDraft, *, repository: str) -> PullWire:
        """The one open pull request of the draft's branch, saying what the draft says."""
        found = await self._find(draft, repository=repository)
        return await self._update(found, draft, repository) if found else await self._open(draft, repository)

    async def _find(self, draft: PullRequestDraft, *, repository: str) -> PullWire | None:
        owner = repository.partition("/")[0]
        found = await self._calls.get(
            list[PullWire],
            f"/repos/{repository}/pulls",
            doing=f"look for the pull request of {draft.branch}",
            state="open",
            head=f"{owner}:{draft.branch}",
            per_page=10,
        )
        # somebody may have opened one to another branch besides
        return next(iter(sorted(found, key=lambda each: each.base.ref != draft.base_branch)), None)

    async def _open(self, draft: PullRequestDraft, repository: str) -> PullWire:
        doing = f"open the pull request of {draft.branch}"
        body = {
            "title": bounded_title(harmless(draft.title)),
            "body": _body(draft),
            "head": draft.branch,
            "base": draft.base_branch,
            "draft": draft.unfinished,
        }
        try:
            return await self._calls.send(PullWire, "POST", f"/repos/{repository}/pulls", doing=doing, body=body)
        except (ForgeUnavailableError, ForgeRefusedError) as error:
            # no answer may mean that it was done, and a refusal that another process was first
            found = await self._find(draft, repository=repository)
            if found is not None:
                return await self._update(found, draft, repository)
            if draft.unfinished and "draft pull requests are not supported" in error.message.lower():
                raise ForgeRefusedError(
                    error.message, hint="This repository's plan has no draft pull requests; publish when it is done."
                ) from error
            raise

    async def _update(self, found: PullWire, draft: PullRequestDraft, repository: str) -> PullWire:
        """The draft wins over what people wrote there since; nothing is sent when both say the same."""
        wanted = {"title": bounded_title(harmless(draft.title)), "body": _body(draft), "base": draft.base_branch}
        there = {"title": found.title, "body": (found.body or "").replace("\r\n", "\n"), "base": found.base.ref}
        changed = {name: value for name, value in wanted.items() if there[name] != value}
        if found.draft and not draft.unfinished:
            found = await self._finished(found)
        if not changed:
            return found
        return await self._calls.send(
            PullWire,
            "PATCH",
            f"/repos/{repository}/pulls/{found.number}",
            doing=f"update pull request #{found.number}",
            body=changed,
        )

    async def _finished(self, found: PullWire) -> PullWire:
        """No draft any more; REST cannot say so. What people made a draft or ready by hand is not turned back."""
        doing = f"mark pull request #{found.number} as ready"
        body = {"query": _READY, "variables": {"id": found.node_id}}
        answer = await self._calls.send(GraphWire, "POST", self._graphql_url, doing=doing, body=body)
        if answer.errors:
            said = "; ".join(each.message for each in answer.errors)[:300]
            raise ForgeRefusedError(f"Could not {doing}: GitHub refused it. {said}", hint="Mark it as ready on GitHub.")
        return found.model_copy(update={"draft": False})


def as_pull_request(wire: PullWire, *, commit: str) -> PullRequest:
    """In the words of the port; GitHub takes a moment to know the pushed `commit` as the pull request's."""
    return PullRequest(
        reference=str(wire.number),
        title=wire.title,
        branch=wire.head.ref,
        base_branch=wire.base.ref,
        commit=commit,
        url=wire.html_url,
        opened_at=wire.created_at,
    )


def _body(draft: PullRequestDraft) -> str:
    if not draft.closes:
        return bounded_body(harmless(draft.body))
    line = f"Fixes {draft.closes if '#' in draft.closes else f'#{draft.closes}'}"
    text = draft.body.rstrip()
    # it must stay when a long text is shortened, and stand there once
    text = text.removesuffix(line).rstrip() if text.endswith(f"\n{line}") else text
    return bounded_body(harmless(text), closing=line)
