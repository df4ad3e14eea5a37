"""Packs the program `poptrain` into the wheel of its Python client.

Usage: scripts/pack_wheel.py CLIENT.whl PROGRAM LICENSES OUT

CLIENT.whl is what `pip wheel ./python` makes, PROGRAM a static executable for Linux x86_64, LICENSES
a folder with the licenses of what is linked into it, OUT the folder for the new wheel, whose path is printed.
"""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

# The program is static, so it runs under any C library.
PLATFORM = "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"
WHEEL = f"""Wheel-Version: 1.0
Generator: poptrain
Root-Is-Purelib: false
{"".join(f"Tag: py3-none-{platform}{chr(10)}" for platform in PLATFORM.split("."))}"""


def pack(client: Path, program: Path, licenses: Path, out: Path) -> Path:
    """Write the wheel, the same bytes for the same files, and return its path."""
    release = client.name.removesuffix("-py3-none-any.whl")
    metadata = f"{release}.dist-info"
    files = {
        f"{metadata}/WHEEL": WHEEL.encode(),
        f"{release}.data/scripts/poptrain": program.read_bytes(),
    }
    for file in sorted(licenses.iterdir()):
        files[f"{metadata}/licenses/{file.name}"] = file.read_bytes()
    with zipfile.ZipFile(client) as pure:
        for name in pure.namelist():
            if not name.endswith(("/WHEEL", "/RECORD")):
                files[name] = pure.read(name)

    record = f"{metadata}/RECORD"
    lines = [f"{name},{digest(data)},{len(data)}\n" for name, data in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    path = out / f"{release}-py3-none-{PLATFORM}.whl"
    out.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as wheel:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (
                0o100755 if ".data/scripts/" in name else 0o100644
            ) << 16
            wheel.writestr(entry, data)
    return path


def digest(data: bytes) -> str:
    """Return the hash of a file as RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(
        hashlib.sha256(data).digest()
    ).decode().rstrip("=")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    print(pack(*map(Path, sys.argv[1:])))
