"""`poptrain follow` finds Python, its client and the tracker's package, or says what to install."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from poptrain.follow.reading import Reader, Unreadable
from tests.engine import PACKAGE, PATIENCE
from tests.following import Run
from tests.program import needs_program


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@needs_program
def test_what_cannot_be_read_is_said_as_the_program_says_it(run: Run, tmp_path: Path) -> None:
    with pytest.raises(
        Unreadable, match=r"holds no run; `poptrain run experiment\.yaml` starts one"
    ) as caught:
        Reader(run.program, str(tmp_path)).status()
    assert caught.value.status == 65


@needs_program
@pytest.mark.parametrize(
    ("tracker", "package"),
    [
        (["--tensorboard", "out"], "tensorboard"),
        (["--mlflow", "sqlite:///x"], "mlflow"),
        (["--wandb"], "wandb"),
        (["--trackio"], "trackio"),
    ],
)
def test_a_missing_package_is_named(run: Run, tmp_path: Path, tracker: list[str], package: str) -> None:
    run.train()
    # A file that cannot be imported stands for a package that is not there.
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / f"{package}.py").write_text(
        f"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')"
    )
    run.environment |= {
        "PYTHONPATH": f"{tmp_path / 'without'}:{PACKAGE}",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    process = run.start("follow", run.path, *tracker)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith(
        f"error: No module named '{package}': install it with `{Path(sys.prefix).resolve()}/"
    )
    assert errors.endswith(f" -m pip install {package}`\n")


@needs_program
def test_a_python_without_the_client_is_named(run: Run, tmp_path: Path) -> None:
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    (tmp_path / "python3").write_text(f'#!/bin/sh\nexec {python} -I "$@"\n')
    (tmp_path / "python3").chmod(0o755)
    run.environment |= {"PATH": str(tmp_path)}
    process = run.start("follow", "runs/shrink", "--wandb")
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith("error: No module named 'poptrain': install the client with ")
    assert f"`{tmp_path}/python3 -m pip install poptrain==" in errors
    run.environment |= {"PATH": "/nowhere"}
    process = run.start("follow", "runs/shrink", "--wandb")
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 69
    assert errors.startswith("error: there is no python3, neither in ")


@needs_program
def test_the_python_beside_the_program_comes_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    run.program = Path(shutil.copy(run.program, tmp_path / "bin" / "poptrain"))
    (tmp_path / "bin" / "python3").write_text('#!/bin/sh\nshift 3\necho "$@"\n')
    (tmp_path / "bin" / "python3").chmod(0o755)
    process = run.start("follow", "-x; y", "--mlflow", "http://a b")
    printed, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, printed) == (64, ""), errors
    process = run.start("follow", "x; y", "--mlflow", "http://a b")
    printed, _ = process.communicate(timeout=PATIENCE)
    assert printed == f"--program {run.program} --mlflow http://a b -- x; y\n"


@needs_program
def test_one_tracker_is_named(run: Run) -> None:
    for trackers in [(), ("--wandb", "--trackio")]:
        process = run.start("follow", "runs/shrink", *trackers)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 64
        assert "name one tracker: --tensorboard, --mlflow, --wandb or --trackio" in errors
