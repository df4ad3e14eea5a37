"""MLflow: a run for each member, in the experiment of the same name as the population's."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Sequence

from mlflow import MlflowClient
from mlflow.entities import Metric, Run, RunTag

from .points import Point
from .reading import Status

POINTS_AT_ONCE = 50  # MLflow takes up to 100 tags at once
METRICS_AT_ONCE = 1000


class MLflow:
    """A tag of each run counts its points.

    It is set after them, and MLflow stores once what it is told twice.
    """

    def __init__(self, run: Status, uri: str) -> None:
        self._run = run
        self._client = MlflowClient(tracking_uri=uri)
        experiment = self._client.get_experiment_by_name(run.name)
        self._experiment = (
            experiment.experiment_id if experiment is not None else self._client.create_experiment(run.name)
        )
        self._runs: dict[int, str] = {}
        self._unfinished: set[str] = set()

    def held(self, member: int) -> int:
        """Finds the run of a member, or begins it, and reads its count."""
        run = self._find(member) or self._client.create_run(
            self._experiment,
            run_name=f"member-{member}",
            tags={"poptrain.run": self._run.id, "poptrain.member": str(member), "poptrain.points": "0"},
        )
        self._runs[member] = run.info.run_id
        if run.info.status == "RUNNING":
            self._unfinished.add(run.info.run_id)
        return int(run.data.tags["poptrain.points"])

    def send(self, points: Sequence[Point]) -> None:
        """Logs the points of each member, then their count."""
        for member in {point.member for point in points}:
            run = self._runs[member]
            if run not in self._unfinished:
                self._client.update_run(run, "RUNNING")
                self._unfinished.add(run)
            own = [point for point in points if point.member == member]
            for start in range(0, len(own), POINTS_AT_ONCE):
                self._log(run, own[start : start + POINTS_AT_ONCE])

    def close(self, finished: bool) -> None:
        """Says that the runs are over, if they are."""
        with contextlib.redirect_stdout(io.StringIO()):  # it prints two lines for each
            for run in self._unfinished if finished else ():
                self._client.set_terminated(run)

    def _log(self, run: str, points: Sequence[Point]) -> None:
        metrics: list[Metric] = []
        tags: dict[str, str] = {}
        for point in points:
            for name, value in point.values.items():
                if isinstance(value, str):
                    tags[_name(name)] = value
                else:
                    milliseconds = int(1000 * point.seconds)
                    metrics.append(Metric(_name(name), float(value), milliseconds, point.steps))
            if point.copy is not None:
                tags[f"copies/{point.number}"] = f"at {point.steps} steps: {point.copy}"
        *others, last = [metrics[i : i + METRICS_AT_ONCE] for i in range(0, len(metrics), METRICS_AT_ONCE)]
        for some in others:
            self._client.log_batch(run, some)
        tags["poptrain.points"] = str(points[-1].number + 1)
        self._client.log_batch(run, last, tags=[RunTag(name, value) for name, value in tags.items()])

    def _find(self, member: int) -> Run | None:
        runs = self._client.search_runs(
            [self._experiment],
            f"tags.`poptrain.run` = '{self._run.id}' and tags.`poptrain.member` = '{member}'",
            max_results=1,
        )
        return runs[0] if runs else None


def _name(name: str) -> str:
    """A name with what MLflow allows."""
    return re.sub(r"[^\w./ :-]", "_", name)
