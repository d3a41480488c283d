"""Makes the throwaway git repository that the demo works on, from the sample project shipped with the code."""

import shutil
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.git import Git
from core.workspaces.workspace import CommitIdentity

SAMPLE = Path(__file__).with_name("sample")
_AUTHOR = CommitIdentity(name="Sample Author", email="author@sample.invalid")


async def make_sample_repository(folder: Path) -> Path:
    """Copy the sample into `folder`, commit it on `main`, and return the repository's path.

    WorkspaceError when `folder` already holds something, cannot be written, or git is missing.
    """
    try:
        _copy_sample(folder)
    except OSError as error:
        raise WorkspaceError(
            f"The sample repository could not be made in {folder}: {error}.",
            hint="Choose an empty folder on a disk with space left.",
        ) from error
    git, doing = Git(), f"make the sample repository {folder}"
    for arguments in (
        ("init", "--quiet", "--template=", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message=Prices and bulk discounts"),
    ):
        await git.run(*arguments, folder=folder, doing=doing, identity=_AUTHOR)
    return folder


def _copy_sample(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise WorkspaceError(f"The folder {folder} is not empty.", hint="Choose another one, or empty it.")
    # contents only: an installed package may be read-only, a repository must not be
    shutil.copytree(
        SAMPLE,
        folder,
        dirs_exist_ok=True,
        copy_function=shutil.copyfile,
        ignore=shutil.ignore_patterns("__pycache__", "*.pyc"),
    )
