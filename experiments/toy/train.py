"""The toy problem of figure 2 of the paper: a model of two numbers."""

import json

import poptrain

RATE = 0.01


def score(theta: list[float]) -> float:
    """What is wanted. A trainer sees only the gradient of a part of it, as its h say."""
    return 1.2 - theta[0] ** 2 - theta[1] ** 2


def main() -> None:
    """Climb under one's own h."""
    for interval in poptrain.intervals(standalone={"h0": 1.0, "h1": 0.5}, steps=200):
        file = interval.file("theta.json")
        theta = json.loads(file.read_text()) if file else [0.9, 0.9]
        for _ in interval.steps:
            theta = [x - RATE * 2 * interval[h] * x for x, h in zip(theta, ("h0", "h1"), strict=True)]
        (interval.save_to / "theta.json").write_text(json.dumps(theta))
        metrics = {"score": score(theta)}
        if interval.is_test:
            metrics["test_score"] = metrics["score"]  # exact: there is nothing to test on
        interval.report(metrics)


if __name__ == "__main__":
    main()
