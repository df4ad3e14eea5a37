"""`poptrain follow` finds Python, its client and the tracker's package, or says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from poptrain import Error, RunError
from poptrain.follow.claim import claim
from poptrain.follow.command import store
from poptrain.follow.reading import Reader
from tests.engine import PACKAGE, PATIENCE
from tests.following import Run
from tests.program import needs_program


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@needs_program
def test_what_cannot_be_read_is_said_as_the_program_says_it(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is not a run; `poptrain run experiment\.yaml` starts one") as caught:
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
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
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


HOLDER = """
import sys
from poptrain.follow.claim import claim
from poptrain.follow.command import store

claim("run", "place")
print("claimed", flush=True)
sys.stdin.read()
"""


def test_a_second_follower_of_a_run_to_a_place_is_refused_until_the_first_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "claimed\n"
        with pytest.raises(
            Error,
            match=rf"^process {first.pid} on \S+, since 20\S+Z, already writes this run to place\. Stop",
        ):
            claim("run", "place")
        claim("other run", "place")
        claim("run", "other place")
        first.kill()
    claim("run", "place")


def test_where_no_lock_can_be_made_it_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(Error, match=r"no lock can be made in \S+: Not a directory\. Set XDG_CACHE_HOME"):
        claim("run", "place")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("mlruns", "{cwd}/mlruns"),
        ("{cwd}/mlruns", "{cwd}/mlruns"),
        ("file:{cwd}/mlruns", "{cwd}/mlruns"),
        ("file://{cwd}/ml%20runs", "{cwd}/ml runs"),
        ("sqlite:///mlflow.db", "sqlite:///{cwd}/mlflow.db"),
        ("sqlite:///{cwd}/mlflow.db", "sqlite:///{cwd}/mlflow.db"),
        ("http://localhost:5000/", "http://localhost:5000"),
        ("postgresql:///mlflow", "postgresql:///mlflow"),
        ("databricks", "databricks"),
    ],
)
def test_a_store_of_mlflow_has_one_name_wherever_the_command_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert store(address.format(cwd=Path.cwd())) == place.format(cwd=Path.cwd())


@needs_program
def test_one_tracker_is_named(run: Run) -> None:
    for trackers in [(), ("--wandb", "--trackio")]:
        process = run.start("follow", "runs/shrink", *trackers)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 64
        assert "name one tracker: --tensorboard, --mlflow, --wandb or --trackio" in errors
