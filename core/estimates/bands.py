"""Bands from samples and a stated expectation: few samples lean on what was stated, many on what was seen (pure).

Dollars, tokens and seconds of work are positive and have long tails, so everything is done on the logarithm of the
samples, x_i. What is stated counts as a normal-inverse-gamma prior: its middle is worth `_KAPPA` samples, its spread
`2 * _ALPHA` degrees of freedom. With n samples of mean m the posterior is, for a prior middle m0,

    kappa = _KAPPA + n                    middle = (_KAPPA * m0 + n * m) / kappa
    alpha = _ALPHA + n / 2                beta = beta0 + (sum (x_i - m)^2 + _KAPPA * n / kappa * (m - m0)^2) / 2

and the next sample is distributed as middle + scale * t with 2 * alpha degrees of freedom, where scale^2 =
beta * (kappa + 1) / (alpha * kappa) (Murphy, "Conjugate Bayesian analysis of the Gaussian distribution", 2007, section
3). beta0 is chosen so that without samples the band is exactly what was stated.

Work is not always log-normal (a task that goes back once is another hump), so the samples' own quantiles count as
well, the more samples the more: with a weight of n / (n + `_HALF`), between the samples around position p * (n + 1)
(type 6 of Hyndman and Fan, "Sample quantiles in statistical packages", 1996), again on the logarithm. Below `_ENOUGH`
samples that position is beyond the largest, and they are left out.

Consequences that the tests hold: a band never has p90 below p50; the order of samples does not matter; samples and
expectation in other units give the same band in those units; a larger sample never lowers p50, and one that is over
p50 already never lowers p90 by growing.
"""

from collections.abc import Sequence
from math import exp, log, sqrt

from core.domain.estimate import Band

Z90 = 1.2815515655446004
"""Nine in ten of a normal distribution stay below as many standard deviations."""
_KAPPA = 2.0
_ALPHA = 2.0
_HALF = 30.0
"""With as many samples the formula and the samples' own quantiles count the same."""
_ENOUGH = 9
_WIDEST = 5.0
"""Standard deviations of a logarithm, where nine in ten stay below 600 times the middle: it says nothing any more."""


def predicted(samples: Sequence[float], expected: Band) -> Band:
    """The band of the next one, from positive `samples` and what was `expected` before there were any.

    ValueError when anything is not above zero.
    """
    if min((expected.p50, expected.p90, *samples)) <= 0:
        raise ValueError("only what is above zero has a logarithm")
    logs = sorted(map(log, samples))
    middle, upper = _posterior(logs, middle=log(expected.p50), rise=max(0.0, log(expected.p90 / expected.p50)))
    if len(logs) >= _ENOUGH:
        share = len(logs) / (len(logs) + _HALF)
        middle += share * (_quantile(logs, 0.5) - middle)
        upper += share * (_quantile(logs, 0.9) - upper)
    return Band(p50=exp(middle), p90=exp(max(middle, upper)))


def summed(bands: Sequence[Band], *, alike: float = 0.3) -> Band:
    """The band of a sum of parts that go up and down together a little: `alike` is how far (their correlation, 0-1).

    Parts are taken for log-normal, and the sum for the log-normal with the same mean and variance (Fenton, "The sum of
    log-normal probability distributions in scatter transmission systems", 1960). Nothing adds up to nothing.
    """
    parts = [(log(band.p50), min(_WIDEST, log(band.p90 / band.p50) / Z90)) for band in bands if band.p50 > 0]
    if not parts:
        return Band(p50=0.0, p90=0.0)
    means = [exp(middle + sigma**2 / 2) for middle, sigma in parts]
    errors = [mean * sqrt(exp(sigma**2) - 1) for mean, (_, sigma) in zip(means, parts, strict=True)]
    own = sum(error**2 for error in errors)
    variance = own + alike * (sum(errors) ** 2 - own)
    sigma = sqrt(log(1 + variance / sum(means) ** 2))
    # no sum has its middle below one of a part, but that log-normal does where one part spreads far more than the rest
    middle = max(log(sum(means)) - sigma**2 / 2, *(part for part, _ in parts))
    return Band(p50=exp(middle), p90=exp(middle + Z90 * sigma))


def scaled(band: Band, factor: float, *, plus: float = 0.0) -> Band:
    """`band` times `factor`, and `plus` on top, which is certain."""
    return Band(p50=plus + band.p50 * factor, p90=plus + band.p90 * factor)


def _posterior(logs: Sequence[float], *, middle: float, rise: float) -> tuple[float, float]:
    """p50 and p90 of the next one, as logarithms; `rise` is how far p90 was expected over p50."""
    count = len(logs)
    scale0 = rise / _t90(2 * _ALPHA)
    beta = scale0**2 * _ALPHA * _KAPPA / (_KAPPA + 1)
    kappa, alpha = _KAPPA + count, _ALPHA + count / 2
    if count:
        mean = sum(logs) / count
        beta += (sum((each - mean) ** 2 for each in logs) + _KAPPA * count / kappa * (mean - middle) ** 2) / 2
        middle = (_KAPPA * middle + count * mean) / kappa
    return middle, middle + _t90(2 * alpha) * sqrt(beta * (kappa + 1) / (alpha * kappa))


def _quantile(ordered: Sequence[float], share: float) -> float:
    at = min(max(share * (len(ordered) + 1) - 1, 0.0), len(ordered) - 1.0)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def _t90(freedom: float) -> float:
    """The 90 % quantile of Student's t; good to 0.002 from four degrees of freedom on.

    Cornish-Fisher expansion: Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5.
    """
    z = Z90
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
