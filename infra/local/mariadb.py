"""A private MariaDB server (私有数据库): Debian's program, but its own folder, port and socket.

Where there is no root to install the program, its packages are unpacked into `~/.cache/mall` (`infra.local.debian`).

`python -m infra.local.mariadb start|stop|status --folder .test/mariadb`

Nothing of the system's own MariaDB is touched: no service, no /etc/mysql, no /var/lib/mysql. The root
account has no password and answers only on 127.0.0.1: this is for a laptop's tests, not for a shop.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pymysql

from infra.local import debian

# The -core packages hold the programs and no service, so that installing them starts nothing.
PACKAGES = ("mariadb-server-core", "mariadb-client-core")
SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
START_SECONDS = 60
STOP_SECONDS = 30
START_ATTEMPTS = 3  # a free port may be taken by another program before our server binds it

SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
    "--default-time-zone=+00:00",
    "--innodb-flush-log-at-trx-commit=1",  # durable: a commit that was answered survives a power cut
    "--skip-log-bin",
    "--sync-binlog=0",
    "--innodb-buffer-pool-size=256M",
    "--max-connections=300",
    "--socket=server.sock",  # relative to the data folder, since a socket's whole path is bounded at 107 bytes
)


class MariaDBFailed(Exception):
    """The server could not be made, started or stopped; the text ends with what it wrote to its log."""


@dataclass(frozen=True)
class Server:
    """A running server. `url` names no database; `database_url` does."""

    folder: Path
    port: int
    pid: int

    @property
    def url(self) -> str:
        return self.database_url("")

    def database_url(self, name: str) -> str:
        """For SQLAlchemy: `mysql+pymysql://root@127.0.0.1:PORT/NAME?charset=utf8mb4`."""
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/{quote(name)}?charset=utf8mb4"

    def connect(self) -> pymysql.Connection:
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", charset="utf8mb4", autocommit=True, connect_timeout=5
        )

    def stop(self) -> None:
        """Ask it to shut down, and wait until it has; a server that does not within the time is killed."""
        with _locked(self.folder):
            _end(self.folder, self.pid)


def start(folder: str | os.PathLike[str], port: int | None = None, settings: Sequence[str] = (), *,
          user: str = "root") -> Server:
    """The server of this folder: the one that runs, or a new one over the data that is there.

    `port`: a free one when None, the same as last time where possible. The server outlives this process.
    `settings`: further ones, as "--innodb-buffer-pool-size=1G"; of two the later counts. `user`: whom the server
    becomes when root starts it.
    Raises MariaDBFailed, also when the programs are missing (see `ensure_installed`) or when the
    running server has another port than the one asked for.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        if running := status(folder):
            if port not in (None, running.port):
                raise MariaDBFailed(f"already running in {folder} on port {running.port}")
            return running
        _kill_stranded(folder)
        if not (folder / "data").exists():
            _make_data(folder)
        return _launch(folder, port, settings, user)


def status(folder: str | os.PathLike[str]) -> Server | None:
    """The server that runs in this folder and answers, or None."""
    folder = Path(folder).resolve()
    pid, port = _read_number(folder / "server.pid"), _read_number(folder / "port")
    if pid is None or port is None or not _is_ours(folder, pid):
        return None
    server = Server(folder, port, pid)
    return server if _answers(server) else None


def ensure_installed() -> bool:
    """True when the programs are there, installed now if need be, for everybody or else for oneself; False, loudly,
    where neither is possible."""
    try:
        debian.provide(PACKAGES, private_folder(), lambda: programs() is not None)
    except debian.NotProvided as problem:
        print(f"!!! MariaDB IS NOT AVAILABLE: {problem}. Everything that needs it is skipped.", file=sys.stderr,
              flush=True)
        return False
    return True


def main() -> int:
    options = _options()
    if options.action == "stop":
        if server := status(options.folder):
            server.stop()
        print("stopped")
        return 0
    if options.action == "start":
        if not ensure_installed():
            return 1
        start(options.folder, options.port)
    if server := status(options.folder):
        print(f"running: {server.url} (process {server.pid}, folder {server.folder})")
        return 0
    print("not running")
    return 1


def _launch(folder: Path, port: int | None, settings: Sequence[str], user: str) -> Server:
    wanted = port or _read_number(folder / "port")
    for _ in range(START_ATTEMPTS):
        chosen = wanted if wanted and (port or _is_free(wanted)) else _free_port()
        wanted = port
        (folder / "port").write_text(str(chosen))
        server = Server(folder, chosen, _spawn(folder, chosen, settings, user))
        if _wait_until_ready(server):
            return server
        _end(folder, server.pid)
    raise MariaDBFailed(f"mariadbd did not start in {folder}:\n{_log_tail(folder)}")


def _spawn(folder: Path, port: int, settings: Sequence[str], user: str) -> int:
    """Start mariadbd in a session of its own: it must outlive the test run that asked for it first."""
    found = programs()
    if found is None:
        raise MariaDBFailed(f"mariadbd is not installed: apt-get install {' '.join(PACKAGES)}")
    command = [found.server, "--no-defaults", *found.places, f"--datadir={folder / 'data'}", f"--port={port}"]
    command += [f"--pid-file={folder / 'server.pid'}", *SETTINGS, *settings, *as_user(user)]
    if user != "root" and os.geteuid() == 0:
        _hand_over(folder, user)
    log = (os.POSIX_SPAWN_OPEN, 1, str(folder / "server.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
    actions = [nothing, log, (os.POSIX_SPAWN_DUP2, 1, 2)]
    pid = os.posix_spawn(command[0], command, found.environment, file_actions=actions, setsid=True)
    (folder / "server.pid").write_text(str(pid))  # at once: mariadbd itself writes it only when it is ready
    return pid


def _wait_until_ready(server: Server) -> bool:
    deadline = time.monotonic() + START_SECONDS
    # Our own child is asked for by waitpid: for a moment after the spawn its /proc entry is still empty.
    while time.monotonic() < deadline and os.waitpid(server.pid, os.WNOHANG) == (0, 0):
        if _answers(server):
            return True
        time.sleep(0.05)
    return False


def _make_data(folder: Path) -> None:
    """System tables in a draft folder first: a half-made one must not be taken for a database later."""
    found = programs()
    if found is None:
        raise MariaDBFailed(f"mariadb-install-db is not installed: apt-get install {' '.join(PACKAGES)}")
    draft = folder / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    command = [found.maker, "--no-defaults", *found.places, f"--datadir={draft}", "--skip-test-db"]
    command += ["--skip-name-resolve", "--auth-root-authentication-method=normal", *as_user()]
    made = subprocess.run(command, check=False, capture_output=True, text=True, env=found.environment)
    if made.returncode:
        raise MariaDBFailed(f"mariadb-install-db ended with {made.returncode}:\n{made.stdout}{made.stderr}")
    draft.rename(folder / "data")


def _end(folder: Path, pid: int) -> None:
    """SIGTERM, wait, at last SIGKILL; only ever to a process that serves this folder."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + STOP_SECONDS
        if _is_ours(folder, pid):
            os.kill(pid, number)
        while _is_ours(folder, pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            (folder / "server.pid").unlink(missing_ok=True)
            return
    raise MariaDBFailed(f"process {pid} in {folder} does not end:\n{_log_tail(folder)}")


def _kill_stranded(folder: Path) -> None:
    """A server of ours that runs and does not answer holds the data files' locks: no other could start."""
    pid = _read_number(folder / "server.pid")
    if pid is not None:
        _end(folder, pid)


def _is_ours(folder: Path, pid: int) -> bool:
    """Is this process mariadbd over this folder? After a crash the same number may be anybody's."""
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return False
    if not arguments:  # a process on its way out has lost its arguments, but not yet its port and file locks
        state, threads = rest.split()[0], int(rest.split()[17])
        return name == "mariadbd" and (state not in "ZX" or threads > 1)
    return f"--datadir={folder / 'data'}".encode() in arguments.split(b"\0")


def _answers(server: Server) -> bool:
    """Also asks for the data folder: on a remembered port there may be somebody else's server."""
    try:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@datadir")
            return Path(cursor.fetchone()[0]) == server.folder / "data"
    except pymysql.MySQLError:
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One starter or stopper at a time, across processes; the system frees the lock of one that dies."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Programs(NamedTuple):
    """The server, and what makes its first data; `root` where they were unpacked, None where they are installed."""

    server: str
    maker: str
    root: Path | None = None

    @property
    def places(self) -> list[str]:
        """What tells a program that it does not stand below /usr."""
        return [] if self.root is None else [f"--basedir={self.root / 'usr'}"]

    @property
    def environment(self) -> dict[str, str]:
        return dict(os.environ) if self.root is None else debian.environment(self.root)


def programs() -> Programs | None:
    """Those of the machine, else those that were unpacked for this user."""
    own = private_folder()
    for root, path in ((None, f"{os.environ.get('PATH', '')}:{SYSTEM}"), (own, f"{own}/usr/sbin:{own}/usr/bin")):
        server, maker = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
        if server and maker:
            return Programs(server, maker, root)
    return None


def private_folder() -> Path:
    return debian.private_folder("mariadb")


def as_user(user: str = "root") -> list[str]:
    """mariadbd refuses to run as root unless told that this is meant."""
    return [f"--user={user}"] if os.geteuid() == 0 else []


def _hand_over(folder: Path, user: str) -> None:
    (folder / "server.pid").touch()
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, user)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _read_number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _log_tail(folder: Path) -> str:
    log = folder / "server.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(no log)"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.local.mariadb", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status"])
    parser.add_argument("--folder", default=".test/mariadb")
    parser.add_argument("--port", type=int, help="a free one when not given")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
