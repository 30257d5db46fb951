"""Whether a port is free (端口). The server beneath shares one that is taken with whoever holds it, and every second
request would go astray without a word."""

from __future__ import annotations

import socket


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require_free(name: str, host: str, port: int) -> None:
    """Ends the program with one sentence where somebody else listens."""
    if not is_free(host, port):
        raise SystemExit(f"{name}: port {port} of {host} is taken; another one: --port {port % 60_000 + 1000}")
