"""Killed at any moment between two calls of git, whatever lanes were doing is done again as if nothing had happened.

An attempt without a kill first finds the moments at which the disk differs from the moment before; only these are
tried. That a real SIGKILL is no different is shown for merging in `test_workspace_kills`.
"""

import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.workspaces.git import Answer, Git
from core.workspaces.workspace import CommitIdentity, Conflict, Merge, Workspace
from core.workspaces.workspaces import Workspaces

pytestmark = [pytest.mark.slow, pytest.mark.long]

IDENTITY = CommitIdentity(name="Orchestrator", email="bot@example.invalid")


class Killed(BaseException):
    """Nothing of ours catches it, so nothing is tidied up: what SIGKILL does, without a process."""


class MortalGit(Git):
    """The real git; `moment` is told each moment before and after a call, and may raise."""

    def __init__(self, moment: Callable[[], None]) -> None:
        super().__init__()
        self._moment = moment

    async def ask(self, *arguments: str, **options: object) -> Answer:
        self._moment()
        answer = await super().ask(*arguments, **options)  # type: ignore[arg-type]
        self._moment()
        return answer


class Scene:
    """A home and repository that can be set back to how they were, and looked at."""

    def __init__(self, bench, home: Path, tmp_path: Path) -> None:
        self.bench = bench
        self.task: Workspace = bench.task
        self.lane: Workspace = bench.task
        self.start = ""
        self._places = [(home, tmp_path / "saved-home"), (bench.repository.path, tmp_path / "saved-repository")]
        self._folder = home / "worktrees"

    def workspaces(self, moment: Callable[[], None] = lambda: None) -> Workspaces:
        return Workspaces(folder=self._folder, identity=IDENTITY, git=MortalGit(moment))

    def save(self) -> None:
        for place, saved in self._places:
            shutil.copytree(place, saved, symlinks=True)

    def set_back(self) -> None:
        for place, saved in self._places:
            shutil.rmtree(place)
            shutil.copytree(saved, place, symlinks=True)

    def fingerprint(self) -> set[tuple[str, int, int]]:
        """What is on the disk, but for objects: nothing leads to those that no reference names."""
        found: set[tuple[str, int, int]] = set()
        for place, _ in self._places:
            for folder, _, files in os.walk(place):
                if ".git/objects" not in folder:
                    stats = ((f"{folder}/{name}", (Path(folder) / name).lstat()) for name in files)
                    found |= {(name, stat.st_mtime_ns, stat.st_size) for name, stat in stats}
        return found

    def outcome(self) -> list[str]:
        """All that counts in the end, without what depends on the time."""
        git = self.bench.repository.git
        seen = [git("for-each-ref", "--format=%(refname) %(tree)"), git("log", "--format=%s%n%b", self.task.branch)]
        for folder in sorted(path for path in self._folder.iterdir() if path.is_dir()):
            files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".git")
            seen += [
                str(folder),
                git("status", "--porcelain", folder=folder),
                git("symbolic-ref", "HEAD", folder=folder),
            ]
            seen += [f"{path}: {path.read_text()}" for path in files]
        seen += sorted(path.name for path in self._folder.iterdir())
        return seen


Act = Callable[[Workspaces, Scene], Awaitable[object]]


@pytest.fixture
async def scene(bench, home, tmp_path):
    """A task with a commit, and a lane with two that clash with it."""
    scene = Scene(bench, home, tmp_path)
    await bench.commit(bench.task, {"a.txt": "base\n", "folder/b.txt": "b\n"}, Step="plan")
    scene.lane = await bench.lane("build")
    scene.start = scene.lane.base_commit
    return scene


async def _work_in_lane(scene: Scene, text: str) -> None:
    await scene.bench.commit(scene.lane, {"new.txt": "new\n"}, Step="build", Round="1")
    await scene.bench.commit(scene.lane, {"a.txt": text, "folder/b.txt": None}, Step="build", Round="2")


async def _clash(scene: Scene) -> None:
    await _work_in_lane(scene, "lane\n")
    await scene.bench.commit(scene.task, {"a.txt": "task\n"}, Step="other")


async def _clean_lane(scene: Scene) -> None:
    await _work_in_lane(scene, "lane\n")
    await scene.bench.commit(scene.task, {"other.txt": "other\n"}, Step="other")


async def _settled(scene: Scene) -> None:
    await _clash(scene)
    await scene.bench.workspaces.begin_settlement(scene.task, scene.lane)
    (scene.lane.path / "a.txt").write_text("settled\n")


async def _settled_and_moved(scene: Scene) -> None:
    await _settled(scene)
    await scene.bench.commit(scene.task, {"moved.txt": "moved\n"}, Step="moved")


async def _settled_with_note(scene: Scene) -> None:
    await scene.bench.commit(scene.lane, {"a.txt": None, "new.txt": "new\n"}, Step="build")
    await scene.bench.commit(scene.task, {"a.txt": "task\n"}, Step="other")
    await scene.bench.workspaces.begin_settlement(scene.task, scene.lane)
    (scene.lane.path / "CONFLICTS.txt").write_text("settled\n")


async def _dirty(scene: Scene) -> None:
    await _clean_lane(scene)
    (scene.lane.path / "dirty.txt").write_text("dirty\n")
    (scene.task.path / "dirty.txt").write_text("dirty\n")


async def _open_new(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.open_lane(scene.task, lane="test", start=scene.start)


async def _open_anew(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.open_lane(scene.task, lane="build", start=scene.task.base_commit)


async def _merge(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.merge_lane(scene.task, scene.lane, trailers={"Step": "build"})


async def _begin(workspaces: Workspaces, scene: Scene) -> object:
    await workspaces.open_lane(scene.task, lane="build", start=scene.start)
    return await workspaces.begin_settlement(scene.task, scene.lane)


async def _finish(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.finish_settlement(scene.task, scene.lane, subject="Settle", trailers={"Step": "build"})


async def _restore(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.restore(scene.task, commit=scene.task.base_commit, keep_as="life-1")


async def _fork(workspaces: Workspaces, scene: Scene) -> object:
    return await workspaces.fork(
        scene.bench.repository.project(),
        task=scene.task.task.__class__("T143"),
        slug="y",
        start=scene.start,
        base_branch="main",
        base_commit=scene.task.base_commit,
    )


async def _drop(workspaces: Workspaces, scene: Scene) -> object:
    # a lane whose task's worktree is there may be dropped at any time
    return await workspaces.drop_lane(scene.task, lane="build")


async def _remove(workspaces: Workspaces, scene: Scene) -> object:
    project = scene.bench.repository.project()
    await workspaces.remove(project, task=scene.task.task, branch=scene.task.branch)
    return await workspaces.in_use()


@pytest.mark.parametrize(
    ("before", "act", "least"),
    [
        (_clean_lane, _open_new, 3),
        (_dirty, _open_anew, 4),
        (_clean_lane, _merge, 6),
        (_dirty, _merge, 6),
        (_clash, _merge, 2),
        (_clash, _begin, 8),
        (_settled_and_moved, _begin, 2),
        (_settled, _finish, 8),
        (_settled_and_moved, _finish, 8),
        (_settled_with_note, _finish, 8),
        (_settled, _restore, 8),
        (_dirty, _restore, 8),
        (_clean_lane, _fork, 3),
        (_settled, _drop, 4),
        (_settled, _remove, 5),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_at_every_moment(scene: Scene, before: Callable[[Scene], Awaitable[None]], act: Act, least: int):
    await before(scene)
    scene.save()
    seen: list[set[tuple[str, int, int]]] = [scene.fingerprint()]
    expected = _timeless(await act(scene.workspaces(lambda: seen.append(scene.fingerprint())), scene))
    outcome = scene.outcome()
    moments = [number for number, now in enumerate(seen) if number > 0 and now != seen[number - 1]]
    assert len(moments) >= least, "it does less than it should"

    for moment in moments:
        scene.set_back()
        await _killed(scene, act, moment=moment)
        assert _timeless(await act(scene.workspaces(), scene)) == expected, moment
        assert scene.outcome() == outcome, moment
        assert _timeless(await act(scene.workspaces(), scene)) == expected, moment
        assert scene.outcome() == outcome, moment


async def _killed(scene: Scene, act: Act, *, moment: int) -> None:
    passed = 0

    def die() -> None:
        nonlocal passed
        passed += 1
        if passed == moment:
            raise Killed

    with pytest.raises(Killed):
        await act(scene.workspaces(die), scene)


def _timeless(result: object) -> object:
    match result:
        case Merge(files=files):
            return "merge", files
        case Conflict(files=files):
            return "conflict", files
        case _:
            return result


@pytest.mark.parametrize(
    ("before", "act"),
    [(_clean_lane, _merge), (_clash, _begin), (_settled, _restore), (_settled, _finish)],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_in_the_middle_of_writing_files(scene: Scene, before: Callable[[Scene], Awaitable[None]], act: Act):
    await before(scene)
    scene.save()
    expected, outcome = _timeless(await act(scene.workspaces(), scene)), scene.outcome()
    scene.set_back()
    repository = scene.bench.repository
    # the filter's parent is the git that writes the files: it dies with its lock held and some files written
    repository.git("config", "filter.die.smudge", "kill -9 $PPID")
    repository.git("config", "filter.die.clean", "cat")
    repository.git("config", "filter.die.required", "true")
    repository.write(".git/info/attributes", "a.txt filter=die\nreadme.txt filter=die\n")
    dying = Workspaces(folder=scene.task.path.parent, identity=IDENTITY, git=PerishingGit())

    with pytest.raises(Killed):
        await act(dying, scene)

    assert list((repository.path / ".git/worktrees").glob("*/index.lock"))
    repository.git("config", "--remove-section", "filter.die")
    (repository.path / ".git/info/attributes").unlink()
    assert _timeless(await act(scene.workspaces(), scene)) == expected
    assert scene.outcome() == outcome


class PerishingGit(Git):
    """The real git; when one is killed, so are we."""

    async def ask(self, *arguments: str, **options: object) -> Answer:
        answer = await super().ask(*arguments, **options)  # type: ignore[arg-type]
        if answer.exit_code < 0:
            raise Killed
        return answer
