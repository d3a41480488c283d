"""Sends spans over OTLP/HTTP from a thread of its own. Loaded only when an endpoint is set: see `tracing`."""

from collections.abc import Sequence
from datetime import datetime
from threading import Event

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context

from bot.observability.span import Span
from bot.observability.tracing import TIMEOUT_S

DELAY_S = 2.0
"""How long a span may wait for others to travel with."""

log = structlog.get_logger(__name__)


class SpanSender:
    """Takes spans at any time without waiting; keeps at most the library's own 2,048, and drops what is over that."""

    def __init__(self, endpoint: str, *, delay_s: float = DELAY_S, timeout_s: float = TIMEOUT_S) -> None:
        self._ids = _GivenIds()
        self._exporter = _SteadyExporter(OTLPSpanExporter(endpoint=endpoint, timeout=timeout_s))
        self._provider = TracerProvider(
            id_generator=self._ids,
            sampler=ALWAYS_ON,
            # what the usual variables of OpenTelemetry say is added
            resource=Resource.create({"service.name": "orchestrator"}),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter, schedule_delay_millis=delay_s * 1000))
        self._tracer = self._provider.get_tracer("orchestrator")

    def send(self, span: Span) -> None:
        """Put the span among those that go next."""
        self._ids.trace, self._ids.span = int(span.trace, 16), int(span.id, 16)
        started = self._tracer.start_span(
            span.name,
            context=_below(span) if span.parent else Context(),
            start_time=_ns(span.began),
            attributes=span.attributes,
        )
        if span.failed:
            started.set_status(Status(StatusCode.ERROR))
        started.end(end_time=_ns(span.ended))

    def hurry(self) -> None:
        """From now on a collector that fails is not tried again: the end is near. Waits for nothing."""
        self._exporter.hurry()

    def close(self) -> None:
        """Deliver what is waiting, within seconds, and end the thread. Blocks: call it in another one."""
        self.hurry()
        self._provider.shutdown()


class _GivenIds(IdGenerator):
    """Ids are derived from the work, so the next span's are set before it is made."""

    def __init__(self) -> None:
        self.trace = 1
        self.span = 1

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class _SteadyExporter(SpanExporter):
    """Tells once when delivering fails, and once when it works again; when closing, it tries only what may work."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._failing = False
        self._closing = Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._failing and self._closing.is_set():
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        failing = result is not SpanExportResult.SUCCESS
        if failing and not self._failing:
            log.warning("traces_not_delivered", hint="Is tracing.endpoint right? Spans are dropped meanwhile.")
        if self._failing and not failing:
            log.warning("traces_delivered_again")
        self._failing = failing
        return result

    def hurry(self) -> None:
        """From now on nothing is tried again."""
        self._closing.set()
        if self._failing:
            self._exporter.shutdown()

    def shutdown(self) -> None:
        if not self._failing:
            self._exporter.shutdown()


def _below(span: Span) -> Context:
    """The context that makes `span` a child of its parent, wherever and whenever that one is sent."""
    parent = SpanContext(
        trace_id=int(span.trace, 16),
        span_id=int(span.parent, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _ns(at: datetime) -> int:
    """Nanoseconds since 1970; in whole microseconds first, because a float would round."""
    return round(at.timestamp() * 1_000_000) * 1000
