"""A PostgreSQL server for tests, with data of its own that go when its input ends.

Prints its port, its folder and its password. The line `kill` stops it as a crash does, and `start` starts it again; each is
answered by a line. Users are named as they have to show who they are: `scram`, `md5`, `clear` and `tls`. The folder has
`ca.crt`, which signed the server's certificate for `localhost`, and the Unix socket.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PASSWORD = "a word: \\ ½ë"
HBA = """\
local     all postgres trust
local     all all scram-sha-256
hostnossl all tls 127.0.0.1/32 reject
host      all md5 127.0.0.1/32 md5
host      all clear 127.0.0.1/32 password
host      all all 127.0.0.1/32 scram-sha-256
"""
SQL = f"""\
CREATE ROLE scram LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE tls LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE clear LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}';
SET password_encryption = md5;
CREATE ROLE md5 LOGIN PASSWORD '{PASSWORD}';
CREATE DATABASE runs OWNER scram;
\\connect runs
ALTER DEFAULT PRIVILEGES FOR ROLE scram GRANT SELECT ON TABLES TO reader;
"""


class Server:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="poptrain-pg-"))
        # Debian has them outside PATH.
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "initdb")]
        self.programs = found[-1].resolve().parent
        # It refuses to be root.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.run("initdb", "--no-sync", "--encoding=UTF8", "--locale=C", "--username=postgres", "data")
        self.make_certificates()
        settings = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
            "fsync": "off", "max_connections": 500, "ssl": "on", "ssl_cert_file": self.folder / "server.crt",
            "ssl_key_file": self.folder / "server.key",
        }  # fmt: skip
        with (self.folder / "data/postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        (self.folder / "data/pg_hba.conf").write_text(HBA)
        self.start()
        self.run("psql", "-q", "-h", str(self.folder), "-p", str(self.port), "-U", "postgres", text=SQL)

    def run(self, program: str, *arguments: str, text: str = "") -> None:
        path = self.programs / program
        command = [str(path) if path.exists() else program, *arguments]
        done = subprocess.run(command, cwd=self.folder, input=text.encode(), capture_output=True, **self.user)
        if done.returncode != 0:
            sys.exit(f"{command}: {done.stderr.decode()}")

    def make_certificates(self) -> None:
        def openssl(*arguments: str) -> None:
            self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *arguments)

        openssl("-subj", "/CN=poptrain tests", "-keyout", "ca.key", "-out", "ca.crt")
        openssl(
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-addext", "basicConstraints=critical,CA:FALSE", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-keyout", "server.key", "-out", "server.crt",
        )  # fmt: skip

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", "data"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.user,
            )  # fmt: skip
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        limit = time.monotonic() + 120
        while subprocess.run(ready).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > limit:
                sys.exit((self.folder / "log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


def main() -> None:
    server = Server()
    try:
        print(server.port, server.folder, PASSWORD, sep="\t", flush=True)
        for line in sys.stdin:
            {"kill": server.kill, "start": server.start}[line.strip()]()
            print("done", flush=True)
    finally:
        server.kill()
        shutil.rmtree(server.folder, ignore_errors=True)


main()
