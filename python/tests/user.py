"""What a user writes, checked by mypy against the types of the package and run by the tests."""

import numpy as np

import collapsar


def main() -> float:
    problem = collapsar.Problem(
        target={"separation": 3.0},
        family={"preset": "free"},
        schedule={"kind": "exponential", "initial_temperature": 5.0, "rate": 0.3},
        start={"means": [[0.9, 0.4], [0.3, -0.2]]},
    )
    run = collapsar.solve(problem, times=[0.0, 10.0])
    last: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = run.coverage[-1]
    if run.collapsed is None or run.limit is None:
        raise RuntimeError(run.outcome)
    schedule = collapsar.Schedule("geometric", initial_temperature=8.0, duration=30.0, learning_rate=0.01)
    beta: float = schedule.beta(100)
    fit = collapsar.train_flow(
        {"start": {"dimension": 2}, "flow": {"couplings": 2, "hidden": [8]}},
        log_prob=lambda x: -np.sum(x**2, axis=1),
        grad=lambda x: -2.0 * x,
        steps=20,
        samples=100,
    )
    calls: int = fit.calls
    if calls != 21:
        raise RuntimeError(str(fit))
    try:
        collapsar.solve(problem, threads=0)
    except collapsar.ConfigError as error:
        rule: str | None = error.rule
        assert rule is not None
    return float(last.sum()) * beta


if __name__ == "__main__":
    print(main())
