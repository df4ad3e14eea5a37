"""A run in TensorBoard, read back: however often it was killed, nothing is missing or there twice."""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from followed import Curves, adapted, comparable, expected, follow, follow_killed, new_run
from population import PATIENCE, Population, environment, program

pytestmark = [
    pytest.mark.usefixtures("offline"),
    pytest.mark.filterwarnings("default"),  # those of the trackers are theirs
]


def float32(value: Any) -> Any:
    return value if isinstance(value, str) else struct.unpack("f", struct.pack("f", value))[0]


def read_tensorboard(folder: Path) -> tuple[Curves, list[str]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    curves: Curves = {}
    copies = []
    for member in sorted(folder.iterdir()):
        events = EventAccumulator(str(member), size_guidance={"scalars": 0, "tensors": 0}).Reload()
        number = int(member.name.removeprefix("member-"))
        for name in events.Tags()["scalars"]:
            curves[number, name] = [(event.step, event.value) for event in events.Scalars(name)]
        for name in events.Tags()["tensors"]:
            texts = [
                (event.step, event.tensor_proto.string_val[0].decode()) for event in events.Tensors(name)
            ]
            if name == "copies/what":
                copies += [text for _, text in texts]
            else:
                curves[number, name] = texts
    return curves, copies


@pytest.mark.parametrize("follow", [follow, follow_killed])
def test_tensorboard(run: Population, tmp_path: Path, follow: Callable[..., Any]) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    curves, copies = read_tensorboard(tmp_path / "boards")
    assert comparable(curves) == comparable(adapted(expected(run), float32))
    assert copies
    for copy in copies:
        assert re.match(
            r"copied the weights and hyperparameters of member \d at age \d+, score \S+ \(own score \S+\); "
            r"goes on with learning_rate=\S+, flavour=\w+, width=\d$",
            copy,
        )


def test_tensorboard_after_a_torn_write(run: Population, tmp_path: Path) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    before, copies = read_tensorboard(tmp_path / "boards")
    for member in (0, 1):
        (file,) = (tmp_path / "boards" / f"member-{member}").iterdir()
        os.truncate(file, file.stat().st_size * (1 + member) // 3)
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    assert comparable(read_tensorboard(tmp_path / "boards")[0]) == comparable(before)
    assert sorted(read_tensorboard(tmp_path / "boards")[1]) == sorted(copies)
    assert follow(run, "--tensorboard", str(tmp_path / "boards")).startswith("0 points written")


def test_the_board_of_another_run_is_left_alone(run: Population, tmp_path: Path) -> None:
    follow(run, "--tensorboard", str(tmp_path / "boards"))
    other = run.poptrain("run", "experiment.yaml", "--run", str(tmp_path / "other"))
    assert other.status == 0, other.text
    refused = run.poptrain("follow", str(tmp_path / "other"), "--tensorboard", str(tmp_path / "boards"))
    assert refused.status == 74
    assert "holds another run: write this one into another folder" in refused.text


def test_what_waits_for_a_stopped_run_lets_no_other_write_and_ends_with_ctrl_c(
    run: Population, tmp_path: Path
) -> None:
    stopped = new_run(tmp_path)
    os.mkfifo(tmp_path / "gate")  # at which a member waits
    command = [program(), "run", "experiment.yaml", "--json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        while json.loads(started.stdout.readline())["event"] != "interval":
            pass
        started.kill()
    (tmp_path / "gate").unlink()
    command = [program(), "follow", "runs/run", "--tensorboard", "boards"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    ) as waiting:
        assert waiting.stderr is not None
        assert waiting.stderr.readline() == "runs/run is stopped: waiting until it is resumed; Ctrl-C ends\n"
        second = stopped.poptrain("follow", "runs/run", "--tensorboard", f"{tmp_path}/boards")
        assert second.status == 74
        assert f"error: process {waiting.pid} on " in second.text
        assert f"already writes this run to {tmp_path}/boards. Stop that one first" in second.text
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(PATIENCE) == 130
    assert stopped.run().status == 0
    follow(stopped, "--tensorboard", "boards")
    assert comparable(read_tensorboard(tmp_path / "boards")[0]) == comparable(
        adapted(expected(stopped), float32)
    )


def test_a_full_disk_under_standard_output_is_told(run: Population, tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        follower = subprocess.run(
            [program(), "follow", "runs/run", "--tensorboard", tmp_path], cwd=run.folder, env=environment(),
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE,
        )  # fmt: skip
    assert follower.returncode == 74
    assert follower.stderr == "error: standard output cannot be written: No space left on device\n"
