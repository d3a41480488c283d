"""What is looked at on the simulated GitHub: checks, events, who may what, logs; `WATCH` names the operations."""

from tests.platforms.github import payloads
from tests.platforms.github.call import NOT_FOUND, Answer, Call, RefusedError
from tests.platforms.github.methods import REPO, Operation, ticket_of
from tests.platforms.github.world import CheckRun


def _events(call: Call) -> Answer:
    return Answer(body=call.page([payloads.happening(each) for each in ticket_of(call).happened]))


def _check_runs(call: Call) -> Answer:
    newest = {each.name: each for each in call.repository.checks if each.commit == call.names["ref"]}
    at = f"{call.web_url}/{call.repository.full_name}"
    runs = [payloads.check_run(each, at=at) for each in newest.values()]
    return Answer(body={"total_count": len(runs), "check_runs": call.page(runs)})


def _check_suites(call: Call) -> Answer:
    runs = [each for each in call.repository.checks if each.commit == call.names["ref"]]
    suites = {each.suite: [other for other in runs if other.suite == each.suite] for each in runs}
    bodies = [
        {"id": number, "status": _status(members), "latest_check_runs_count": len(members)}
        for number, members in suites.items()
    ]
    return Answer(body={"total_count": len(bodies), "check_suites": call.page(bodies)})


def _status(runs: list[CheckRun]) -> str:
    return "completed" if all(each.status == "completed" for each in runs) else "in_progress"


def _statuses(call: Call) -> Answer:
    newest = {each.context: each for each in call.repository.statuses if each.commit == call.names["ref"]}
    bodies = [payloads.status(each) for each in newest.values()]
    states = {each.state for each in newest.values()}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    body = {"state": state, "sha": call.names["ref"], "total_count": len(bodies), "statuses": call.page(bodies)}
    return Answer(body=body)


def _annotations(call: Call) -> Answer:
    run = _run(call, "check_run_id")
    bodies = [
        {"path": "x.py", "start_line": number, "end_line": number, "annotation_level": "failure", "message": each}
        for number, each in enumerate(run.annotations, start=1)
    ]
    return Answer(body=call.page(bodies))


def _job_log(call: Call) -> Answer:
    run = _run(call, "job_id")
    if run.log is None:
        raise RefusedError(404, NOT_FOUND)
    return Answer(status=302, text="", headers={"Location": f"{call.web_url}/signed/logs/{run.id}?sig=abc"})


def _run(call: Call, name: str) -> CheckRun:
    found = next((each for each in call.repository.checks if each.id == int(call.names[name])), None)
    if found is None:
        raise RefusedError(404, NOT_FOUND)
    return found


def _permission(call: Call) -> Answer:
    login, at = call.names["username"], call.repository
    level = at.levels.get(login, "write" if login in at.collaborators else "none" if at.private else "read")
    body = {"permission": level, "role_name": level, "user": payloads.user(login)}
    return Answer(body=body)


def _workflow_runs(call: Call) -> Answer:
    runs = [each for each in _jobs_of(call) if each.commit == call.query["head_sha"]]
    bodies = [
        {
            "id": number,
            "head_sha": call.query["head_sha"],
            "status": _status([each for each in runs if each.suite == number]),
        }
        for number in sorted({each.suite for each in runs})
    ]
    return Answer(body={"total_count": len(bodies), "workflow_runs": call.page(bodies)})


def _jobs(call: Call) -> Answer:
    at = f"{call.web_url}/{call.repository.full_name}"
    newest = {each.name: each for each in _jobs_of(call) if each.suite == int(call.names["run_id"])}
    bodies = [
        {
            "id": each.id,
            "run_id": each.suite,
            "name": each.name,
            "head_sha": each.commit,
            "status": each.status,
            "conclusion": each.conclusion,
            "html_url": f"{at}/actions/runs/{each.suite}/job/{each.id}",
        }
        for each in newest.values()
    ]
    return Answer(body={"total_count": len(bodies), "jobs": call.page(bodies)})


def _jobs_of(call: Call) -> list[CheckRun]:
    return [each for each in call.repository.checks if each.app == "github-actions"]


_CHECKS = ("checks=read",)
_ACTIONS = ("actions=read",)
_COMMIT = f"{REPO}/commits/{{ref}}"
WATCH = (
    Operation(method="GET", path=f"{REPO}/actions/runs", do=_workflow_runs, needs=_ACTIONS),
    Operation(method="GET", path=f"{REPO}/actions/runs/{{run_id}}/jobs", do=_jobs, needs=_ACTIONS),
    Operation(
        method="GET",
        path=f"{REPO}/issues/{{issue_number}}/events",
        do=_events,
        needs=("issues=read", "pull_requests=read"),
        described=False,  # it leaves out what is closed, opened again and merged
    ),
    Operation(method="GET", path=f"{_COMMIT}/check-runs", do=_check_runs, needs=_CHECKS),
    Operation(method="GET", path=f"{_COMMIT}/check-suites", do=_check_suites, needs=_CHECKS),
    Operation(method="GET", path=f"{_COMMIT}/status", do=_statuses, needs=("statuses=read",)),
    Operation(method="GET", path=f"{REPO}/check-runs/{{check_run_id}}/annotations", do=_annotations, needs=_CHECKS),
    Operation(method="GET", path=f"{REPO}/actions/jobs/{{job_id}}/logs", do=_job_log, needs=_ACTIONS),
    Operation(
        method="GET",
        path=f"{REPO}/collaborators/{{username}}/permission",
        do=_permission,
        needs=("metadata=read",),
    ),
)
