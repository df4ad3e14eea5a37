"""Where the program is found, for each way in which pip may have put it somewhere."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import poptrain
from tests.engine import PACKAGE, PATIENCE

PACKER = PACKAGE.parent / "scripts" / "pack_wheel.py"
PROGRAM = '#!/bin/sh\necho "program: $*"\n'
FIND = "import poptrain; print(poptrain.find_program())"


def call(*command: object, **environment: str) -> str:
    """Runs a command with this environment alone, and returns what it printed."""
    result = subprocess.run(
        [str(part) for part in command],
        env={"PATH": "/usr/bin:/bin", "PIP_BREAK_SYSTEM_PACKAGES": "1", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip()


def pip_install(python: object, wheel: Path, *how: object, **environment: str) -> None:
    """Has the pip of this Python install for another, which need not have one."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    call(*pip, "install", "--quiet", "--no-index", "--no-compile", *how, wheel, **environment)


def new_environment(folder: Path) -> Path:
    """Makes a virtual environment, and returns its Python."""
    call(sys.executable, "-m", "venv", "--without-pip", folder)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel as the packer makes it, of a program that prints its arguments."""
    folder = tmp_path_factory.mktemp("wheel")
    (folder / "poptrain").write_text(PROGRAM)
    (folder / "licenses").mkdir()
    (folder / "licenses" / "poptrain.txt").write_text("Do as you like.")
    client = folder / f"poptrain-{poptrain.__version__}-py3-none-any.whl"
    metadata = f"poptrain-{poptrain.__version__}.dist-info"
    with zipfile.ZipFile(client, "w") as pure:
        for file in sorted((PACKAGE / "poptrain").glob("*.py")):
            pure.write(file, f"poptrain/{file.name}")
        pure.writestr(
            f"{metadata}/METADATA",
            f"Metadata-Version: 2.1\nName: poptrain\nVersion: {poptrain.__version__}\n",
        )
        pure.writestr(f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        pure.writestr(f"{metadata}/RECORD", "")
    arguments = (client, folder / "poptrain", folder / "licenses", folder)
    first = Path(call(sys.executable, PACKER, *arguments))
    content = first.read_bytes()
    assert call(sys.executable, PACKER, *arguments) == str(first)
    assert first.read_bytes() == content  # the same files, the same wheel
    return first


def test_the_wheel_says_what_it_is_and_what_it_holds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        metadata = f"poptrain-{poptrain.__version__}.dist-info"
        record = packed.read(f"{metadata}/RECORD").decode().splitlines()
        tags = [
            line[5:] for line in packed.read(f"{metadata}/WHEEL").decode().splitlines() if line[:5] == "Tag: "
        ]
    assert [line.split(",")[0] for line in record] == names
    assert len(names) == len(set(names))
    assert f"{metadata}/licenses/poptrain.txt" in names
    # The file's name is the tags, joined by dots.
    assert wheel.name.endswith(
        "-py3-none-" + ".".join(tag.removeprefix("py3-none-") for tag in tags) + ".whl"
    )
    assert len(tags) == 3


def test_in_an_environment(wheel: Path, tmp_path: Path) -> None:
    python = new_environment(tmp_path / "env")
    pip_install(python, wheel)
    program = tmp_path / "env" / "bin" / "poptrain"
    assert call(python, "-c", FIND) == str(program)
    assert call(program, "run", "a b") == "program: run a b"
    assert call(python, "-m", "poptrain", "best", "runs/x") == "program: best runs/x"
    assert call(python, "-m", "poptrain", "--version").splitlines() == [
        f"poptrain {poptrain.__version__}, Python client",
        "program: --version",
    ]


def test_in_a_target_folder(wheel: Path, tmp_path: Path) -> None:
    pip_install(sys.executable, wheel, "--target", tmp_path / "packages")
    found = call(sys.executable, "-c", FIND, PYTHONPATH=str(tmp_path / "packages"))
    assert found == str(tmp_path / "packages" / "bin" / "poptrain")


def test_under_a_prefix(wheel: Path, tmp_path: Path) -> None:
    pip_install(sys.executable, wheel, "--prefix", tmp_path / "prefix", "--ignore-installed")
    (packages,) = (tmp_path / "prefix").glob("lib*/python3*/*-packages")
    found = call(sys.executable, "-c", FIND, PYTHONPATH=str(packages))
    assert found == str(tmp_path / "prefix" / "bin" / "poptrain")


def test_of_a_user(wheel: Path, tmp_path: Path) -> None:
    # An environment has no user site, so it takes the Python that the environment was made of.
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    pip_install(python, wheel, "--user", "--ignore-installed", PYTHONUSERBASE=str(tmp_path))
    assert call(python, "-c", FIND, PYTHONUSERBASE=str(tmp_path)) == str(tmp_path / "bin" / "poptrain")


def test_of_the_sources_on_the_path(tmp_path: Path) -> None:
    python = new_environment(tmp_path / "env")
    program = tmp_path / "poptrain"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    found = call(python, "-c", FIND, PYTHONPATH=str(PACKAGE), PATH=f"{tmp_path}:/usr/bin:/bin")
    assert found == str(program)


def test_where_there_is_none_it_says_how_to_get_one(tmp_path: Path) -> None:
    python = new_environment(tmp_path / "env")
    result = subprocess.run(
        [str(python), "-m", "poptrain", "run"],
        env={"PYTHONPATH": str(PACKAGE), "PATH": "/nowhere"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: the program poptrain is neither on PATH nor beside this client (")
    assert str(tmp_path / "env" / "bin" / "poptrain") in result.stderr
    assert "`pip install poptrain` brings it" in result.stderr
