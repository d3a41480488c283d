"""What GitHub publishes of its operations, as the library githubkit carries it: parameters, bodies and answers.

Its methods are made from GitHub's OpenAPI description. Each is called with a client that notes the call instead of
making it; the models it names become JSON Schema again.
"""

import datetime
import inspect
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, Literal, cast

from githubkit import GitHub
from pydantic import TypeAdapter

Json = dict[str, Any]

METHODS: Mapping[tuple[str, str], str] = {
    ("GET", "/user"): "users.get_authenticated",
    ("GET", "/rate_limit"): "rate_limit.get",
    ("POST", "/app/installations/{installation_id}/access_tokens"): "apps.create_installation_access_token",
    ("GET", "/repos/{owner}/{repo}"): "repos.get",
    ("GET", "/repos/{owner}/{repo}/issues"): "issues.list_for_repo",
    ("GET", "/repos/{owner}/{repo}/issues/{issue_number}"): "issues.get",
    ("GET", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): "issues.list_comments",
    ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/comments"): "issues.create_comment",
    ("POST", "/repos/{owner}/{repo}/issues/{issue_number}/labels"): "issues.add_labels",
    ("DELETE", "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}"): "issues.remove_label",
    ("GET", "/repos/{owner}/{repo}/issues/{issue_number}/events"): "issues.list_events",
    ("GET", "/repos/{owner}/{repo}/git/ref/{ref}"): "git.get_ref",
    ("GET", "/repos/{owner}/{repo}/contents/{path}"): "repos.get_content",
    ("GET", "/repos/{owner}/{repo}/compare/{basehead}"): "repos.compare_commits",
    ("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission"): "repos.get_collaborator_permission_level",
    ("GET", "/repos/{owner}/{repo}/pulls"): "pulls.list",
    ("POST", "/repos/{owner}/{repo}/pulls"): "pulls.create",
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}"): "pulls.get",
    ("PATCH", "/repos/{owner}/{repo}/pulls/{pull_number}"): "pulls.update",
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files"): "pulls.list_files",
    ("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers"): "pulls.request_reviewers",
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"): "pulls.list_reviews",
    ("POST", "/repos/{owner}/{repo}/pulls/{pull_number}/reviews"): "pulls.create_review",
    ("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/comments"): "pulls.list_review_comments",
    ("GET", "/repos/{owner}/{repo}/actions/runs"): "actions.list_workflow_runs_for_repo",
    ("GET", "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs"): "actions.list_jobs_for_workflow_run",
    ("GET", "/repos/{owner}/{repo}/actions/jobs/{job_id}/logs"): "actions.download_job_logs_for_workflow_run",
    ("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs"): "checks.list_for_ref",
    ("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites"): "checks.list_suites_for_ref",
    ("GET", "/repos/{owner}/{repo}/commits/{ref}/status"): "repos.get_combined_status_for_ref",
    ("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations"): "checks.list_annotations",
}
"""Operation → the library's method for it."""
_MODELS = "githubkit_schemas.v2026_03_10.models"


class NotedError(Exception):
    """Ends a call that is only to be looked at."""


def operation(method: str, template: str) -> Json | None:
    """Its parameters (name, schema), `body` and `answer` as JSON Schema (None for none); None when it is unknown."""
    name = METHODS.get((method, template))
    return _described(name) if name is not None else None


@cache
def _described(name: str) -> Json:
    call, noted = _noted(name)
    answer, body = noted.get("response_model"), _body(call)
    return {
        "called": (noted["method"], noted["url"]),
        "parameters": [
            {"name": each.rstrip("_"), "schema": _schema(_type(annotation))}
            for each, annotation in _query(call).items()
        ],
        "body": _schema(body) if body is not None else None,
        "answer": _schema(answer) if answer is not None else None,
    }


def _noted(name: str) -> tuple[inspect.Signature, Json]:
    """The library's method, and the call it makes when each part of the path is given as its own name."""
    noted: Json = {}

    def request(method: str, url: str, **more: object) -> None:
        noted.update(more, method=method, url=url)
        raise NotedError

    github = GitHub("x", rest_api_validate_body=False)
    github.request = request  # type: ignore[method-assign]
    tag, _, called = name.partition(".")
    method = getattr(getattr(github.rest, tag), called)
    signature = inspect.signature(method)
    with suppress(NotedError):
        method(**{each: f"{{{each}}}" for each in _path(signature)})
    return signature, noted


def _path(signature: inspect.Signature) -> list[str]:
    return [
        each.name
        for each in signature.parameters.values()
        if each.default is each.empty and each.kind is each.POSITIONAL_OR_KEYWORD
    ]


def _query(signature: inspect.Signature) -> dict[str, str]:
    own = {"headers", "stream", "data", "kwargs", *_path(signature)}
    return {each.name: str(each.annotation) for each in signature.parameters.values() if each.name not in own}


def _body(signature: inspect.Signature) -> Any:
    data = signature.parameters.get("data")
    if data is None:
        return None
    names = re.findall(r"(\w+)Type\b", str(data.annotation))
    models = [getattr(import_module(_MODELS), each) for each in names]
    union: Any = models[0]
    for each in models[1:]:
        union = union | each
    return union


def _type(annotation: str) -> Any:
    """The type that a parameter's annotation, such as `Missing[Literal['open', 'closed']]`, stands for."""
    known = {"Literal": Literal, "_dt": datetime, "Missing": _Same()}
    return eval(
        annotation, {"__builtins__": {"str": str, "int": int, "bool": bool, "list": list}}, known
    )  # of an installed library


class _Same:
    """`Missing[X]`, which says that X may be left out, as X itself."""

    def __getitem__(self, inner: Any) -> Any:
        return inner


def _schema(of: Any) -> Json:
    """JSON Schema without references."""
    schema = TypeAdapter(of).json_schema()
    return cast("Json", _expanded(schema, schema.get("$defs", {})))


def _expanded(schema: Any, named: Json) -> Any:
    if isinstance(schema, list):
        return [_expanded(each, named) for each in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    known = cast("Json", schema)
    if "$ref" in known:
        return _expanded(named[str(known["$ref"]).rpartition("/")[2]], named)
    return {name: _expanded(each, named) for name, each in known.items() if name not in {"$defs", "default"}}
