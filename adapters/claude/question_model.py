"""One small call of the Messages API that can only fill in a form: for questions that the rules do not understand."""

from collections.abc import Mapping
from typing import Any, cast

import aiohttp
import structlog

from adapters.claude.settings import DEFAULT_API_URL
from adapters.claude.usage import token_usage
from core.costs.model_reading import FilledForm

log = structlog.get_logger(__name__)

ANSWER_WITHIN_S = 20.0
"""Somebody waits in a chat; who gets no answer by then is told what can be asked."""
_MOST_TOKENS = 1024
_TOOL = "describe_question"
_MOST_BYTES = 2**20


class ClaudeQuestionModel:
    """A QuestionModel. Its only tool is the form, and it must use it; what it writes besides is not read."""

    def __init__(self, *, api_url: str, api_key: str, model: str, within_s: float = ANSWER_WITHIN_S) -> None:
        self._url = (api_url or DEFAULT_API_URL).rstrip("/") + "/v1/messages"
        self._key = api_key
        self._model = model
        self._within_s = within_s

    async def fill(self, *, system: str, text: str, schema: Mapping[str, Any]) -> FilledForm | None:
        """The form as the model filled it in; None when there is no answer in time, or none of that shape."""
        body = {
            "model": self._model,
            "max_tokens": _MOST_TOKENS,
            "system": system,
            "messages": [{"role": "user", "content": text}],
            "tools": [{"name": _TOOL, "description": "What the question asks.", "input_schema": dict(schema)}],
            "tool_choice": {"type": "tool", "name": _TOOL},
        }
        headers = {"x-api-key": self._key, "anthropic-version": "2023-06-01"}
        timeout = aiohttp.ClientTimeout(total=self._within_s)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.post(self._url, json=body, headers=headers) as answer,
            ):
                if answer.status != 200:
                    log.warning("question_model_refused", status=answer.status)
                    return None
                if (answer.content_length or 0) > _MOST_BYTES:
                    return None
                return _filled(await answer.json())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # the text of the error may hold the address, with a password in it
            log.warning("question_model_silent", error=type(error).__name__)
            return None


def _filled(answer: object) -> FilledForm | None:
    """The form in the answer; None when the model did not fill it in."""
    message = _mapping(answer)
    content = message.get("content")
    blocks = [_mapping(block) for block in cast("list[object]", content)] if isinstance(content, list) else []
    form = next((block for block in blocks if block.get("type") == "tool_use" and block.get("name") == _TOOL), None)
    if form is None:
        return None
    return FilledForm(
        data=_mapping(form.get("input")),
        message_id=str(message.get("id", "")),
        model=str(message.get("model", "")),
        usage=token_usage(_mapping(message.get("usage"))),
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
