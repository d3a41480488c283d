"""The courses that spending may have taken, and how well each of them explains the past; pure.

A course is steady growth by a share a day (none and less than none among them), with or without one step to another
level. A course is worth its quasi-likelihood for counts that scatter more than by chance (variance in proportion to the
mean; R. Wedderburn 1974; P. McCullagh and J. Nelder, Generalized Linear Models, chapter 9) times how likely it was
beforehand; all of them together speak (J. Hoeting et al., Bayesian Model Averaging, Statistical Science 14, 1999).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

from core.forecasts.past import Past
from core.forecasts.scatter import Scatter, scatter_of

GROWTHS = tuple(number * 0.005 for number in range(-5, 6))
"""The shares by which a day may cost more than the one before."""
_USUAL_GROWTH = 0.02
"""Before anything is known, growth is this much in the mean (a Laplace distribution about none)."""
_DAYS_A_STEP = 28.0
"""Before anything is known, there is a step once in so many days …"""
_USUAL_STEP = 0.75
"""… to a level that is this share off in the mean."""
_EDGE_DAYS = 2
"""No step is seen in fewer days than that."""
_CUTS_APART = 1.12
"""The older, the fewer days are tried for a step: each by so much further apart than the last."""
_LEAST_SHARE = 3e-4
"""What is less likely than that has no voice."""


class Course(NamedTuple):
    """One course. A plain tuple: hundreds are made for each projection."""

    growth: float
    since: int
    """The day of the past at which its step was; 0 for none."""
    fit: float
    """Its logarithmic quasi-likelihood, in dollars: to be divided by how days scatter."""
    prior: float
    """How likely it was beforehand (a logarithm, up to a constant)."""
    spent: float
    """Weighted dollars since its step …"""
    usual: float
    """… and weighted usual days, as large as yesterday's."""
    spent_before: float
    usual_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the past is read as."""

    courses: tuple[tuple[Course, float], ...]
    """The courses that matter with their shares, which make up 1."""
    scatter: Scatter
    past: Past


def reading_of(past: Past) -> Reading:
    """The past as read by all courses together."""
    courses = [course for growth in GROWTHS for course in _growing(past, growth)]
    straight = [course for course in courses if not course.since]
    # how days scatter depends on the course they scatter about: two rounds settle it
    best = max(straight, key=lambda course: course.fit)
    shares, scatter = list[float](), _about(past, best)
    for _ in range(2):
        # days in a row that are alike say less than so many strangers; half of that may be a course that fits badly
        far = scatter.usd * sqrt(scatter.rows)
        told = [_told(course, far) for course in courses]
        top = max(told)
        scatter = _about(past, courses[told.index(top)])
        shares = [exp(each - top) for each in told]
    whole = sum(shares)
    heard = [(course, share) for course, share in zip(courses, shares, strict=True) if share >= _LEAST_SHARE * whole]
    rest = sum(share for _, share in heard)
    return Reading(courses=tuple((course, share / rest) for course, share in heard), scatter=scatter, past=past)


def level_of(course: Course, past: Past, scatter_usd: float) -> tuple[float, float]:
    """What a usual day costs now and the weighted dollars that rests on; drawn to what it was before a step."""
    if not course.since:
        return course.spent / course.usual, course.spent
    drawn = scatter_usd / _USUAL_STEP**2
    before = (course.spent_before + drawn) / (course.usual_before + drawn / past.level)
    return (course.spent + drawn) / (course.usual + drawn / before), course.spent + drawn


def _growing(past: Past, growth: float) -> Iterator[Course]:
    """The courses of this growth: the one without a step, and those with one."""
    last, days = past.days - 1, zip(past.weights, past.usual, past.usd, strict=True)
    grown = [exp(growth * (at - last)) for at in range(past.days)]
    usual, spent, tilt = [0.0], [0.0], 0.0
    for at, (weight, share, usd) in enumerate(days):
        usual.append(usual[-1] + weight * share * grown[at])
        spent.append(spent[-1] + weight * usd)
        tilt += weight * usd * growth * (at - last)
    prior = -abs(growth) / _USUAL_GROWTH
    all_usual, all_spent = usual[-1], spent[-1]
    yield Course(growth, 0, _fit(all_spent, all_usual) + tilt, prior, all_spent, all_usual, 0.0, 0.0)
    for cut, apart in _cuts(past.days):
        before, after = (spent[cut], usual[cut]), (all_spent - spent[cut], all_usual - usual[cut])
        fit = _fit(*before) + _fit(*after) + tilt
        yield Course(growth, cut, fit, prior + log(apart / _DAYS_A_STEP), *after, *before)


def _fit(spent: float, usual: float) -> float:
    """The logarithmic quasi-likelihood of days at the level that suits them best, without what all courses share."""
    return spent * log(spent / usual) if spent > 0 else 0.0


def _told(course: Course, scatter_usd: float) -> float:
    """How well a course explains the past, as a logarithm; a level of its own after a step has its price."""
    found = course.fit / scatter_usd + course.prior
    if course.since:
        found -= 0.5 * log(1 + course.spent * _USUAL_STEP**2 / scatter_usd)
    return found


def _about(past: Past, course: Course) -> Scatter:
    """How the days scatter about a course."""
    after = course.spent / course.usual
    before = course.spent_before / course.usual_before if course.since else after
    last = past.days - 1
    expected = [
        (before if at < course.since else after) * share * exp(course.growth * (at - last))
        for at, share in enumerate(past.usual)
    ]
    free = 1 + (course.growth != 0) + 2 * (course.since > 0)
    return scatter_of(past, expected, free=free)


def _cuts(days: int) -> Iterator[tuple[int, int]]:
    """The days at which a step is tried, the newest first, with how many days each stands for."""
    at, apart, newer = float(days - _EDGE_DAYS), 1.0, days
    while at >= _EDGE_DAYS:
        yield int(at), newer - int(at)
        newer = int(at)
        at -= int(apart)
        apart *= _CUTS_APART
