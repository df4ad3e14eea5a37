"""Makes noisy_quadratic.txt, the numbers that the noisy quadratic model is tested against:
`python3 noisy_quadratic.py > noisy_quadratic.txt`.

A line is a problem with its answers, in fields separated by `;`, the numbers of a field separated by spaces: curvatures;
noise; spread; steps; the ends of the range of rates; a schedule; the loss to be expected after it; the greedy schedule; the
smallest loss that scipy's L-BFGS-B finds from 30 starts, which agree to 1e-9; the best constant rate; the loss after it.
By numpy 2.4.6 and scipy 1.17.1.
"""

import numpy as np
from scipy import optimize

random = np.random.default_rng(1812)


def expected_loss(curvatures, noise, spread, schedule):
    variances = spread.copy()
    for rate in schedule:
        variances = (1 - rate * curvatures) ** 2 * variances + rate**2 * noise
    return 0.5 * float((curvatures * variances).sum())


def loss_and_gradient(logarithms, curvatures, noise, spread):
    """By the logarithms of the rates, with the gradient by going back through the steps."""
    schedule = np.exp(logarithms)
    variances = [spread]
    for rate in schedule:
        variances.append((1 - rate * curvatures) ** 2 * variances[-1] + rate**2 * noise)
    gradient = np.empty_like(schedule)
    weights = 0.5 * curvatures
    for step in range(len(schedule) - 1, -1, -1):
        rate, kept = schedule[step], 1 - schedule[step] * curvatures
        slope = -2 * kept * curvatures * variances[step] + 2 * rate * noise
        gradient[step] = rate * (weights * slope).sum()
        weights = weights * kept**2
    return 0.5 * float((curvatures * variances[-1]).sum()), gradient


def optimum(curvatures, noise, spread, steps, low, high):
    bounds = [(np.log(low), np.log(high))] * steps
    losses = []
    for _ in range(30):
        start = random.uniform(np.log(low), np.log(high), steps)
        for _ in range(5):
            result = optimize.minimize(
                loss_and_gradient,
                start,
                (curvatures, noise, spread),
                method="L-BFGS-B",
                jac=True,
                bounds=bounds,
                options={"ftol": 0, "gtol": 1e-15, "maxiter": 20000, "maxfun": 40000, "maxcor": 40},
            )
            start = result.x
        losses.append(result.fun)
    assert max(losses) < min(losses) * (1 + 1e-9), losses
    return min(losses)


def greedy(curvatures, noise, spread, steps, low, high):
    schedule, variances = [], spread.copy()
    for _ in range(steps):
        rate = (curvatures**2 * variances).sum() / (curvatures * (curvatures**2 * variances + noise)).sum()
        schedule.append(min(max(rate, low), high))
        variances = (1 - schedule[-1] * curvatures) ** 2 * variances + schedule[-1] ** 2 * noise
    return np.array(schedule)


def best_constant(curvatures, noise, spread, steps, low, high):
    def loss(logarithm):
        return expected_loss(curvatures, noise, spread, np.full(steps, np.exp(logarithm)))

    grid = np.linspace(np.log(low), np.log(high), 2001)
    best = int(np.argmin([loss(point) for point in grid]))
    ends = grid[max(best - 1, 0)], grid[min(best + 1, 2000)]
    result = optimize.minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-12})
    return np.exp(result.x), result.fun


def problems():
    for directions, steps, condition, noise, low, high in [
        (1, 40, 1.0, 1.0, 1e-3, 1.0),
        (4, 25, 1.0, 0.1, 1e-3, 1.0),
        (5, 60, 1e-2, 0.1, 1e-3, 1.0),
        (6, 60, 1e-2, 0.01, 2e-3, 1.9),
        (5, 30, 0.1, 1.0, 0.05, 0.3),
    ]:
        curvatures = np.geomspace(1, condition, directions)
        yield curvatures, noise * curvatures, random.uniform(0.5, 2, directions), steps, low, high


def text(numbers):
    return " ".join(repr(float(number)) for number in np.atleast_1d(numbers))


for curvatures, noise, spread, steps, low, high in problems():
    schedule = np.exp(random.uniform(np.log(low), np.log(high), steps))
    rate, constant = best_constant(curvatures, noise, spread, steps, low, high)
    fields = [
        *(curvatures, noise, spread, steps, [low, high], schedule),
        expected_loss(curvatures, noise, spread, schedule),
        greedy(curvatures, noise, spread, steps, low, high),
        optimum(curvatures, noise, spread, steps, low, high),
        *(rate, constant),
    ]
    print(";".join(text(field) for field in fields))
