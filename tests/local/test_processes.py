"""Child processes: ready when they answer, reported when they die, gone when they are stopped."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from infra.local.processes import Child, ChildFailed, stop, wait_until_ready, watch

pytestmark = pytest.mark.spec("L1")

SERVER = ("import sys, http.server as h\n"
          "print('listening', flush=True)\n"
          "h.HTTPServer(('127.0.0.1', int(sys.argv[1])), h.SimpleHTTPRequestHandler).serve_forever()")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def child(folder: Path, *arguments: str, port: int | None = None) -> Child:
    url = f"http://127.0.0.1:{port or free_port()}/"
    return Child("the child", list(arguments), url, folder / "logs" / "child.log")


def test_a_child_that_dies_at_the_start_is_reported_with_its_last_lines(tmp_path: Path):
    dying = child(tmp_path, "-c", "print('one'); print('the reason'); raise SystemExit(3)")
    dying.start(dict(os.environ))
    with pytest.raises(ChildFailed, match=r"the child ended by itself \(exit status 3\)(.|\n)*one\n    the reason"):
        wait_until_ready([dying])
    stop([dying])


def test_a_child_that_is_killed_later_is_reported_too(tmp_path: Path):
    port = free_port()
    server = child(tmp_path, "-c", SERVER, str(port), port=port)
    server.start(dict(os.environ))
    wait_until_ready([server])
    server.process.kill()
    with pytest.raises(ChildFailed, match=r"the child ended by itself \(signal SIGKILL\)(.|\n)*listening"):
        watch([server])
    stop([server])


def test_stopping_ends_the_child_and_frees_its_port(tmp_path: Path):
    port = free_port()
    server, never = child(tmp_path, "-c", SERVER, str(port), port=port), child(tmp_path, "-c", "")
    server.start(dict(os.environ))
    wait_until_ready([server])
    stop([server, never])  # one that was never started does not matter
    assert server.process.poll() is not None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_children_run_this_python(tmp_path: Path):
    printing = child(tmp_path, "-c", "import sys; print(sys.executable)")
    printing.start(dict(os.environ))
    printing.process.wait(10)
    assert printing.tail() == f"    {sys.executable}"
