"""Traces, sent by the real libraries to a small collector that speaks OTLP over HTTP."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as WireSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from structlog.testing import capture_logs

from bot.observability.observability import observing
from bot.observability.otlp import SpanSender
from bot.observability.period import Period
from bot.observability.sighting import TaskFacts
from bot.observability.span import span_of
from bot.observability.timeline import Timeline
from bot.observability.tracing import TIMEOUT_S, traces_url
from core.correlation import correlation_id
from core.domain.errors import ConfigurationError
from core.domain.event import TaskReopened
from core.store.store import Store
from tests.support.clock import FakeClock
from tests.support.journal_script import STORY, entries, furnish, task_moved, tell
from tests.support.values import BUILD, NOON, T1
from tests.support.waiting import eventually, fair_s

FACTS = TaskFacts(project="shop", workflow="bug_fix", created_at=NOON)
PATIENCE_S = 90.0
sending = partial(observing, last_words_s=PATIENCE_S, send_within_s=PATIENCE_S)
"""Observing that loses nothing at its end, however busy the machine is."""


@dataclass(slots=True)
class Collector:
    """What arrived so far."""

    url: str = ""
    status: int = 200
    asked: int = 0
    requests: list[ExportTraceServiceRequest] = field(default_factory=list[ExportTraceServiceRequest])

    @property
    def spans(self) -> list[WireSpan]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> WireSpan:
        (span,) = (each for each in self.spans if each.name == name)
        return span


def attributes(span: WireSpan) -> dict[str, object]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value") or "") for each in span.attributes}


@asynccontextmanager
async def collecting(*, port: int = 0) -> AsyncIterator[Collector]:
    collector = Collector()

    async def take(request: web.Request) -> web.Response:
        assert request.content_type == "application/x-protobuf"
        body = await request.read()
        collector.asked += 1
        if collector.status == 200:
            collector.requests.append(ExportTraceServiceRequest.FromString(body))
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(status=collector.status, body=answer, content_type="application/x-protobuf")

    application = web.Application()
    application.add_routes([web.post("/v1/traces", take)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        collector.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield collector
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


async def test_a_life_of_a_task_arrives_as_one_tree_of_spans(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    async with collecting() as collector, sending(sqlite_store, endpoint=collector.url):
        await tell(sqlite_store, clock, STORY)

    task, step, agent = (collector.named(name) for name in ("task bug_fix", "step build", "agent builder"))
    call, wait = collector.named("chat claude-sonnet"), collector.named("wait for a place")
    assert {span.trace_id.hex() for span in collector.spans} == {correlation_id(T1, life=1, created_at=NOON)}
    assert task.parent_span_id == b""
    assert step.parent_span_id == task.span_id
    assert agent.parent_span_id == wait.parent_span_id == step.span_id
    assert call.parent_span_id == agent.span_id
    noon_ns = int(NOON.timestamp()) * 1_000_000_000
    assert (task.start_time_unix_nano, task.end_time_unix_nano) == (noon_ns, noon_ns + 60_000_000_000)
    assert (agent.start_time_unix_nano, agent.end_time_unix_nano) == (noon_ns + 12 * 10**9, noon_ns + 30 * 10**9)
    resource = collector.requests[0].resource_spans[0].resource
    assert {"orchestrator"} == {each.value.string_value for each in resource.attributes if each.key == "service.name"}


async def test_spans_say_project_role_model_cost_and_tokens(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    async with collecting() as collector, sending(sqlite_store, endpoint=collector.url):
        await tell(sqlite_store, clock, STORY)

    spent = {
        "orchestrator.project": "shop",
        "orchestrator.workflow": "bug_fix",
        "orchestrator.model_calls": 1,
        "orchestrator.cost_usd": 0.0042,
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 80,
    }
    for name in ("task bug_fix", "step build", "agent builder", "chat claude-sonnet"):
        assert attributes(collector.named(name)).items() >= spent.items(), name
    call = attributes(collector.named("chat claude-sonnet"))
    assert (call["orchestrator.role"], call["gen_ai.request.model"]) == ("builder", "claude-sonnet")
    said = {str(value) for span in collector.spans for value in attributes(span).values()}
    assert not any("issue" in text or "alice" in text for text in said)


async def test_a_second_life_is_a_trace_of_its_own_and_failure_shows(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    again = (
        (100.0, TaskReopened(life=2, step=BUILD, how="retry")),
        (100.0, task_moved("queued", source="completed")),
        (130.0, task_moved("failed")),
    )
    async with collecting() as collector, sending(sqlite_store, endpoint=collector.url):
        await tell(sqlite_store, clock, (*STORY, *again))

    first, second = (span for span in collector.spans if span.name == "task bug_fix")
    assert second.trace_id.hex() == correlation_id(T1, life=2, created_at=NOON) != first.trace_id.hex()
    assert first.status.code == Status.STATUS_CODE_UNSET
    assert second.status.code == Status.STATUS_CODE_ERROR


@pytest.mark.slow
async def test_what_is_over_is_on_its_way_within_seconds(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    async with collecting() as collector, sending(sqlite_store, endpoint=collector.url):
        await tell(sqlite_store, clock, STORY)
        await eventually(lambda: len(collector.spans) == 5, what="five spans")


async def test_the_sending_thread_ends_with_the_observation(sqlite_store: Store) -> None:
    async with collecting() as collector:
        async with observing(sqlite_store, endpoint=collector.url):
            assert [thread for thread in threading.enumerate() if thread.name.startswith("Otel")]
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("Otel")]


async def test_a_collector_that_is_not_there_costs_spans_and_one_line(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
    began = time.monotonic()
    with capture_logs() as lines:
        async with observing(sqlite_store, endpoint=nowhere, last_words_s=PATIENCE_S):
            await tell(sqlite_store, clock, STORY)

    assert [line["event"] for line in lines] == ["traces_not_delivered"]
    assert time.monotonic() - began < fair_s(10)


@pytest.mark.slow
async def test_a_collector_that_never_answers_holds_nobody_up(sqlite_store: Store, clock: FakeClock) -> None:
    await furnish(sqlite_store)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        async with observing(sqlite_store, endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}"):
            await tell(sqlite_store, clock, STORY)
            # the connection is taken and left alone
            taken, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(silent), PATIENCE_S)
            await tell(sqlite_store, clock, STORY)
            began = time.monotonic()
        assert time.monotonic() - began < 2 * TIMEOUT_S + fair_s(2)
        taken.close()


def _periods() -> list[Period]:
    timeline = Timeline()
    return [period for entry in entries(STORY) for period in timeline.tell(entry)]


async def test_a_collector_that_comes_back_gets_spans_again() -> None:
    spans = [span_of(period, FACTS) for period in _periods()]
    async with collecting() as collector:
        collector.status = 400
        with capture_logs() as lines:
            sender = SpanSender(traces_url(collector.url), delay_s=0.02, timeout_s=PATIENCE_S)
            try:
                sender.send(spans[0])
                await eventually(lambda: len(lines) == 1, what="the line about the failure")
                sender.send(spans[1])
                await eventually(lambda: collector.asked >= 2, what="a second failure")
                collector.status = 200
                sender.send(spans[2])
                await eventually(lambda: len(lines) == 2, what="the line about the recovery")
            finally:
                await asyncio.to_thread(sender.close)

    assert [line["event"] for line in lines] == ["traces_not_delivered", "traces_delivered_again"]
    assert spans[2].id in {span.span_id.hex() for span in collector.spans}


async def test_closing_does_not_try_again_what_failed_before() -> None:
    spans = [span_of(period, FACTS) for period in _periods()]
    async with collecting() as collector:
        collector.status = 400
        with capture_logs() as lines:
            sender = SpanSender(traces_url(collector.url), delay_s=0.02, timeout_s=PATIENCE_S)
            sender.send(spans[0])
            await eventually(lambda: len(lines) == 1, what="the line about the failure")
            # what is sent before the end begins may go by itself
            sender.hurry()
            sender.send(spans[1])
            await asyncio.to_thread(sender.close)

    assert collector.asked == 1


async def test_closing_tries_a_collector_that_fails_only_once_however_much_waits() -> None:
    (first, *_) = (span_of(period, FACTS) for period in _periods())
    async with collecting() as collector:
        collector.status = 400
        sender = SpanSender(traces_url(collector.url), timeout_s=PATIENCE_S)
        for _ in range(1200):  # more than two deliveries hold
            sender.send(first)
        # the first is under way, and is not answered before this task waits
        sender.hurry()
        await asyncio.to_thread(sender.close)

    assert collector.asked == 1


def test_people_write_the_address_of_the_collector_or_the_whole_path() -> None:
    assert traces_url("http://localhost:4318") == "http://localhost:4318/v1/traces"
    assert traces_url("http://localhost:4318/") == "http://localhost:4318/v1/traces"
    assert traces_url("https://collector/otlp/") == "https://collector/otlp/v1/traces"
    assert traces_url("https://collector/v1/traces") == "https://collector/v1/traces"


@pytest.mark.parametrize("endpoint", ["localhost:4318", "grpc://localhost:4317", "http://", "http://[", "nonsense"])
def test_what_is_no_url_is_refused_without_repeating_it(endpoint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        traces_url(endpoint)

    assert caught.value.source == "tracing.endpoint"
    assert endpoint not in caught.value.message


async def test_missing_libraries_are_named_before_anything_begins(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "bot.observability.otlp", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(ConfigurationError, match="not installed") as caught:
        async with observing(sqlite_store, endpoint="http://127.0.0.1:4318"):
            pass

    assert ".[tracing]" in caught.value.hint
