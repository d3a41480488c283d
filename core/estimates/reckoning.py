"""An estimate from what like tasks took: steps first, then the whole, as its like were over the sum of theirs (pure).

Each step's band comes from what steps of its role took in like tasks, and from what is stated for the role. The whole
begins with the sum of those (of time: the longest way through the steps). Real tasks took more or less than that sum:
the ratios of what they took to the same sum over their own steps are the samples that the whole is a band of. So a plan
with twice the builders is expected to take more, and what no step shows (going back, waiting for a place) is in it.
While a planner may still divide the work, the ratios are to the sum of the steps as they are known, which makes the
whole a band of what like tasks took.

Dollars of past tasks are told at the prices and models of today: what they paid, times what the same tokens cost with
the model that is planned now over what they cost then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.cost import PriceList
from core.domain.estimate import Band, Estimate, StepEstimate
from core.domain.identity import StepName
from core.estimates.bands import predicted, scaled, summed
from core.estimates.likeness import ENOUGH, most_alike
from core.estimates.past_work import PastWork, Shape, measured
from core.estimates.priors import Prior, Priors
from core.estimates.work import Taken, Work, WorkStep
from core.store.past_tasks import PastTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One of the figures; less than `least` is as good as nothing, which has no logarithm."""

    of: Callable[[Taken], float]
    least: float


_COST = Measure(of=lambda taken: taken.cost_usd, least=1e-9)
_TOKENS = Measure(of=lambda taken: taken.tokens, least=1.0)
_DURATION = Measure(of=lambda taken: taken.duration_s, least=1.0)


def estimate_of(work: Work, past: Sequence[PastTask], *, priors: Priors, prices: PriceList, now: datetime) -> Estimate:
    """What `work` will take, all of it, from `past` tasks of its type; without any it rests on `priors` alone."""
    chosen, alike = most_alike(work, past)
    models = {part.model for task in past for part in task.parts} | set(work.models.values())
    tariffs = {model: prices.tariff(model) for model in models}
    samples = {task.id: measured(work, task, tariffs, now=now) for task in past}
    like = [samples[task.id] for task in chosen]
    reckonings = {
        measure: _Reckoning(work, measure, like=like, others=list(samples.values()), stated=stated)
        for measure, stated in _stated(work, priors, prices, now).items()
    }
    cost, tokens, duration = (reckonings[measure] for measure in (_COST, _TOKENS, _DURATION))
    return Estimate(
        cost_usd=_rounded(cost.whole(), 6),
        tokens=_rounded(tokens.whole(), 0),
        duration_s=_rounded(duration.whole(longest=True), 1),
        tasks=len(chosen),
        alike=alike,
        steps=tuple(
            StepEstimate(
                step=step.name,
                role=step.role.name,
                model=step.model,
                cost_usd=_rounded(cost.step(step), 6),
                tokens=_rounded(tokens.step(step), 0),
                duration_s=_rounded(duration.step(step), 1),
            )
            for step in work.steps
        ),
    )


def _stated(work: Work, priors: Priors, prices: PriceList, now: datetime) -> Mapping[Measure, Callable[[str], Band]]:
    """What is stated of a role, by what is measured."""

    def prior(role: str) -> Prior:
        return priors.of(work.roles[role]) if role in work.roles else priors.fallback

    def cost(role: str) -> Band:
        return prior(role).cost_usd(work.complexity, prices.price(work.models.get(role, ""), now))

    return {
        _COST: cost,
        _TOKENS: lambda role: prior(role).tokens(work.complexity),
        _DURATION: lambda role: prior(role).duration_s(work.complexity),
    }


class _Reckoning:
    """One measure of one piece of work."""

    def __init__(
        self,
        work: Work,
        measure: Measure,
        *,
        like: Sequence[PastWork],
        others: Sequence[PastWork],
        stated: Callable[[str], Band],
    ) -> None:
        self._work = work
        self._measure = measure
        self._like = like
        self._others = others
        self._stated = stated
        self._usual: dict[str, Band] = {}
        self._sums: dict[tuple[str, ...], Band] = {}

    def step(self, step: WorkStep) -> Band:
        """What the step takes; when it is done, what it took."""
        if step.taken is not None:
            took = self._measure.of(step.taken)
            return Band(p50=took, p90=took)
        return self._of_role(step.role.name)

    def whole(self, *, longest: bool = False) -> Band:
        """What all of it takes; `longest` for what goes on at the same time and so does not add up."""
        work = self._work
        roles = {step.name: step.role.name for step in work.ahead}
        ahead = self._sum(_shape(work.steps), roles, longest=longest)
        done = sum(self._measure.of(step.taken) for step in work.steps if step.taken is not None)
        if not roles:
            return Band(p50=done, p90=done)
        ratios = [self._ratio(task, ahead, longest=longest) for task in self._like]
        expected = Band(p50=1.0, p90=max(1.0, ahead.p90 / ahead.p50))
        return scaled(predicted(ratios, expected), ahead.p50, plus=done)

    def _ratio(self, task: PastWork, ahead: Band, *, longest: bool) -> float:
        took = max(self._measure.least, self._measure.of(task.whole))
        if not self._work.is_planned:
            return took / ahead.p50
        roles = {step.name: step.role for step in task.steps}
        return took / self._sum(task.shape, roles, longest=longest).p50

    def _sum(self, shape: Shape, roles: Mapping[StepName, str], *, longest: bool) -> Band:
        """What steps of these roles take together; roles that come to the same are worked out once."""
        counted = _longest(shape, {name: self._of_role(role).p50 for name, role in roles.items()}) if longest else roles
        key = tuple(sorted(roles[name] for name in counted))
        if key not in self._sums:
            total = summed([self._of_role(role) for role in key])
            self._sums[key] = self._at_least(total)
        return self._sums[key]

    def _of_role(self, role: str) -> Band:
        if role not in self._usual:
            samples = self._samples(role, self._like)
            if len(samples) < ENOUGH:
                samples = self._samples(role, self._others)
            self._usual[role] = predicted(samples, self._at_least(self._stated(role)))
        return self._usual[role]

    def _samples(self, role: str, tasks: Sequence[PastWork]) -> list[float]:
        of_role = (self._measure.of(step.taken) for task in tasks for step in task.steps if step.role == role)
        return [max(self._measure.least, value) for value in of_role]

    def _at_least(self, band: Band) -> Band:
        return Band(p50=max(self._measure.least, band.p50), p90=max(self._measure.least, band.p90))


def _shape(steps: Sequence[WorkStep]) -> Shape:
    return tuple((step.name, step.needs) for step in steps)


def _longest(shape: Shape, seconds: Mapping[StepName, float]) -> tuple[StepName, ...]:
    """The steps of the longest way; those that `seconds` does not name take no time."""
    nothing: tuple[float, tuple[StepName, ...]] = (0.0, ())
    until: dict[StepName, tuple[float, tuple[StepName, ...]]] = {}
    for name, needs in shape:
        begun, way = max((until[need] for need in needs if need in until), key=lambda each: each[0], default=nothing)
        until[name] = (begun + seconds[name], (*way, name)) if name in seconds else (begun, way)
    return max(until.values(), key=lambda each: each[0], default=nothing)[1]


def _rounded(band: Band, digits: int) -> Band:
    return Band(p50=round(band.p50, digits), p90=round(band.p90, digits))
