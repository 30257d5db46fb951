"""A database proxy that shares few server connections among all: every transaction gets another one.

It is as strict as the strictest of them: what would change a session, or lean on an earlier statement's
session, is refused. `served` tells which server connection each packet of statements went to.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
from typing import Any

import pymysql
from pymysql.constants import CLIENT, COMMAND
from sqlalchemy.engine import make_url

SERVERS = 3
IN_TRANSACTION, MORE_RESULTS = 0x0001, 0x0008
TEXT = re.compile(r"'(?:[^'\\]|\\.|'')*'")
STATEFUL = re.compile(
    r"(?:^|;)\s*(?:SET\s+(?!TRANSACTION\b)|USE\b|PREPARE\b|LOCK\s+TABLES|CREATE\s+TEMPORARY)|:=|(?<!@)@\w"
    r"|\b(?:LAST_INSERT_ID|FOUND_ROWS|GET_LOCK)\s*\(", re.IGNORECASE)
NEXT_ISOLATION_ALONE = re.compile(r"SET\s+TRANSACTION\b(?!.*;\s*START\s+TRANSACTION)", re.IGNORECASE | re.DOTALL)


class PoolingProxy:
    def __init__(self, url: str, *, init: str = ""):
        """`init`: run on each server connection, as a server's own settings would be."""
        at = self._at = make_url(url)
        self._servers = [pymysql.connect(
            host=at.host, port=at.port, user=at.username, database=at.database, charset="utf8mb4", autocommit=True,
            init_command=init or None, client_flag=CLIENT.MULTI_STATEMENTS | CLIENT.FOUND_ROWS)
            for _ in range(SERVERS)]
        self._turn, self._lock = 0, threading.Lock()
        self.served: list[tuple[int, str]] = []
        self.refused: list[str] = []
        self.clients = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._welcome, daemon=True).start()

    @property
    def url(self) -> str:
        return self._at.set(port=self._door.getsockname()[1]).render_as_string(hide_password=False)

    def close(self) -> None:
        self._door.close()
        for server in self._servers:
            server.close()

    def _welcome(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            self.clients += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        heard = client.makefile("rb")
        self._log_in(client, heard)
        server, held = 0, False
        while (packet := _read(heard)) and packet[4] != COMMAND.COM_QUIT:
            refusal = self._refusal(packet)
            if refusal:
                self.refused.append(refusal)
                client.sendall(_error(f"session state: {refusal}"))
                continue
            with self._lock:  # one transaction at a time is enough to tell whether it needs its session
                if not held:
                    server = self._turn = (self._turn + 1) % SERVERS
                self.served.append((server, packet[5:].decode("utf-8", "replace")))
                held = self._relay(packet, self._servers[server], client, held)
        client.close()

    def _log_in(self, client: socket.socket, heard: Any) -> None:
        """The client's own greeting and password, with a server connection of no further use."""
        with socket.create_connection((self._at.host, self._at.port)) as server:
            said = server.makefile("rb")
            client.sendall(_read(said))
            server.sendall(_read(heard))
            client.sendall(_read(said))

    def _refusal(self, packet: bytes) -> str | None:
        if packet[4] == COMMAND.COM_PING:
            return None
        if packet[4] != COMMAND.COM_QUERY:
            return f"command {packet[4]}"
        bare = TEXT.sub("''", packet[5:].decode("utf-8", "replace"))
        return bare if STATEFUL.search(bare) or NEXT_ISOLATION_ALONE.search(bare) else None

    def _relay(self, packet: bytes, server: Any, client: socket.socket, held: bool) -> bool:
        """Hand the packet over and everything that comes back; whether a transaction is open afterwards."""
        server._sock.sendall(packet)
        while True:
            first = _read(server._rfile)
            client.sendall(first)
            if first[4] == 0xFF:
                return held
            status = _status_of_ok(first) if first[4] == 0 else self._relay_rows(first[4], server, client)
            held = bool(status & IN_TRANSACTION)
            if not status & MORE_RESULTS:
                return held

    def _relay_rows(self, columns: int, server: Any, client: socket.socket) -> int:
        for _ in range(columns + 1):
            client.sendall(_read(server._rfile))
        while True:
            row = _read(server._rfile)
            client.sendall(row)
            if row[4] == 0xFE and len(row) < 13:
                return struct.unpack_from("<H", row, 7)[0]


def _read(stream: Any) -> bytes:
    head = stream.read(4)
    return head + stream.read(int.from_bytes(head[:3], "little")) if head else b""


def _status_of_ok(packet: bytes) -> int:
    at = 5
    for _ in range(2):  # rows touched and the last id, as numbers of one, three, four or nine bytes
        at += {0xFC: 3, 0xFD: 4, 0xFE: 9}.get(packet[at], 1)
    return struct.unpack_from("<H", packet, at)[0]


def _error(text: str) -> bytes:
    body = b"\xff" + struct.pack("<H", 1235) + b"#42000" + text.encode()[:400]
    return len(body).to_bytes(3, "little") + b"\x01" + body
