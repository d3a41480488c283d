"""Who is alive in a process group."""

import os

import psutil


def members_of_group(group: int) -> list[int]:
    """Ids of the group's processes; those that are dead and only wait to be collected do not count."""
    members: list[int] = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                members.append(process.pid)
        except (psutil.Error, ProcessLookupError):
            continue
    return members
