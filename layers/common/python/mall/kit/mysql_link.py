"""One connection to a server of the MySQL family (MariaDB, MySQL, TDSQL-C, TiDB), one per instance.

Opened at the first use, given up when it is lost, closed when nobody has used it for a minute. Several
statements are one round trip. What the URL may ask for is told in `mall.kit.db`.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from mall.kit import deadline, outside
from mall.kit.db_trouble import ConnectionLost, Interrupted
from mall.kit.deadline import ANSWER_S, DATABASE
from mall.kit.statements import Call

UNKNOWN_VARIABLE = 1193
MOST_COLUMNS = 4096  # remembered; one function reads some hundreds
IDLE_BEFORE_PING_S = 20
IDLE_BEFORE_CLOSE_S = 60  # shorter than the idle timeout of any proxy or address translation on the way


class CutShort(Exception):
    """The server ended a batch without an error and without an answer to each of its statements."""

    def __init__(self, before_commit: bool):
        super().__init__("fewer answers than statements")
        self.before_commit = before_commit


class MysqlLink:
    """One connection to a server of the MySQL family; a batch of statements is one round trip."""

    DEADLOCKS = {1213, 1205, 1020, 8002, 8022, 8028, 9007}
    GONE = {0, 1927, 2002, 2003, 2006, 2013, 2014, 2055}
    NOT_SERVING = {1047, 1053, 1290, 1836}  # node without its cluster, shutdown, read-only since a failover
    FAILED_COMMIT = 1180  # the cluster went away under COMMIT: it may have taken the rows along, or not
    GUARD_FAILED = 1242
    BEGIN = ("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION")

    def __init__(self, url):
        self.round_trips = self.statements = 0
        self._url, self._connection, self._used_at, self._within = url, None, 0.0, False
        self._batch, self._session = url.query.get("batch") != "off", url.query.get("session") != "off"
        self._begin = self.BEGIN if self._session else self.BEGIN[1:]
        self._hosts = [(url.host, url.port or 3306), *_further_hosts(url)]
        self._in_use = threading.Lock()  # against `close_idle`, which comes from another thread

    @property
    def is_within(self) -> bool:
        """Whether a transaction is open."""
        return self._within

    def run(self, calls, *, prelude, opening, closing):
        with self._in_use:
            return self._run(calls, prelude, opening, closing)

    def _run(self, calls, prelude, opening, closing):
        cursor = self._cursor()
        self._wait_at_most(deadline.left_s(DATABASE.read_s, ANSWER_S))
        pieces = [(cursor.mogrify(call.sql, call.values), call, "prelude") for call in prelude]
        if prelude and self._session and self._batch:  # what it selects from it must not lock
            pieces.insert(0, (self.BEGIN[0], None, "begin"))
        if opening and (calls or not closing):
            pieces += [(sql, None, "begin") for sql in self._begin]
        for call in calls:
            pieces.append((cursor.mogrify(call.sql, call.values), call, "call"))
            if closing and call.rows is not None and self._batch:
                pieces.append((_guard(call.rows), call, "guard"))
        if closing and (calls or not opening):
            pieces.append(("COMMIT", None, "commit"))
        self.statements += len(prelude) + len(calls)
        self._within = self._within or opening
        answers = self._together(cursor, pieces, closing) if self._batch else self._singly(cursor, pieces, closing)
        self._within = self._within and not closing
        return answers

    def _together(self, cursor, pieces, closing):
        self.round_trips += 1
        outside.step("before commit" if closing else "before sql")
        answers, at = [], 0
        try:
            cursor.execute(";\n".join(sql for sql, _, _ in pieces))
            for at in range(len(pieces)):
                if at and not cursor.nextset():
                    raise CutShort(at < len(pieces) - 1)
                if pieces[at][2] == "call":
                    answers.append((cursor.rowcount, cursor.fetchall() if cursor.description else []))
        except Exception as problem:
            # nextset() of piece `at` failed; when execute() itself failed, `at` is still 0
            raise self._translated(problem, pieces[at][1], closing) from problem
        outside.step("after commit" if closing else "after sql")
        return answers

    def _singly(self, cursor, pieces, closing):
        answers = []
        for sql, call, role in pieces:
            self.round_trips += 1
            outside.step(f"before {role}")
            try:
                cursor.execute(sql)
            except Exception as problem:
                raise self._translated(problem, call, role == "commit") from problem
            if role == "call":
                answers.append((cursor.rowcount, cursor.fetchall() if cursor.description else []))
                if closing:
                    call.check(cursor.rowcount)
            outside.step(f"after {role}")
        return answers

    def _translated(self, problem: Exception, call: Call | None, closing: bool) -> Exception:
        if isinstance(problem, CutShort):
            self.close()
            return ConnectionLost(outcome_known=problem.before_commit or not closing)
        code = problem.args[0] if problem.args and isinstance(problem.args[0], int) else None
        if code == 1062 and call is not None:
            return call.refused_duplicate(problem)
        if code == self.GUARD_FAILED and call is not None:
            return call.refusal()
        if code in self.DEADLOCKS:
            return Interrupted(str(code))
        if code in self.NOT_SERVING:
            self.close()
            return ConnectionLost(outcome_known=True)
        if code in self.GONE or code == self.FAILED_COMMIT or isinstance(problem, OSError):
            self.close()
            return ConnectionLost(outcome_known=not closing)
        return problem

    def _cursor(self):
        now = time.monotonic()
        if self._connection is not None and not self._within:  # inside a transaction there is no other connection
            if now - self._used_at > IDLE_BEFORE_CLOSE_S:
                self.close()  # after a long freeze nobody may be there to answer a ping, nor to refuse it
            elif now - self._used_at > IDLE_BEFORE_PING_S:
                self._ping()
        if self._connection is None:
            self._connect()
        self._used_at = now
        return self._connection.cursor()

    def _wait_at_most(self, seconds: float) -> None:
        """For an answer of the server; the driver looks at this at each read."""
        self._connection._read_timeout = self._connection._write_timeout = seconds

    def _ping(self) -> None:
        try:
            self._wait_at_most(DATABASE.connect_s)
            self._connection.ping(reconnect=False)
        except Exception:
            self.close()

    def _connect(self) -> None:
        """To the first host that serves."""
        import pymysql

        for at, (host, port) in enumerate(self._hosts):
            try:
                self._connection = self._open(host, port)
                break
            except pymysql.err.OperationalError as away:
                if at == len(self._hosts) - 1:
                    raise ConnectionLost(outcome_known=True) from away
        _close_when_idle(self)

    def _open(self, host: str, port: int):
        from pymysql.constants import CLIENT, FIELD_TYPE
        from pymysql.converters import conversions

        readers = {**conversions, FIELD_TYPE.DATETIME: datetime.fromisoformat}  # the driver's own uses a pattern
        options = {key: value for key, value in self._url.query.items() if key in ("charset", "unix_socket")}
        seconds = deadline.left_s(DATABASE.connect_s, ANSWER_S)
        connection = _connection_kind(quiet=not self._session)(
            host=host, port=port, user=self._url.username, password=self._url.password or "",
            database=self._url.database, autocommit=True if self._session else None, conv=readers,
            client_flag=CLIENT.MULTI_STATEMENTS | CLIENT.FOUND_ROWS, connect_timeout=seconds,
            read_timeout=seconds, write_timeout=seconds, **_tls(self._url), **options)
        try:
            if _is_cluster_node(connection):
                self._batch = False
            if not self._session:
                _look_at_settings(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def rollback(self) -> None:
        self._within = False
        try:
            if self._connection is not None:
                self._wait_at_most(DATABASE.connect_s)
                self._connection.query("ROLLBACK")
        except Exception:
            self.close()

    def close_idle(self) -> bool:
        """Close the connection if nobody has used it for long. False while there is one to come back for."""
        if not self._in_use.acquire(blocking=False):
            return False
        try:
            if not self._within and time.monotonic() - self._used_at > IDLE_BEFORE_CLOSE_S:
                self.close()
            return self._connection is None
        finally:
            self._in_use.release()

    def close(self) -> None:
        connection, self._connection, self._within = self._connection, None, False
        if connection is not None:
            try:
                connection.close()
            except Exception:
                pass  # it is gone already, which is what was wanted


_open_links: dict[int, MysqlLink] = {}
_watcher: threading.Thread | None = None
_watching = threading.Lock()


def _close_when_idle(link: MysqlLink) -> None:
    """One thread per process looks after the connections that it has open, and ends with the last of them."""
    global _watcher
    with _watching:
        _open_links[id(link)] = link
        if _watcher is None or not _watcher.is_alive():  # nor does a thread live on in a forked process
            _watcher = threading.Thread(target=_watch_idle, name="idle connections", daemon=True)
            _watcher.start()


def _watch_idle() -> None:
    global _watcher
    while True:
        time.sleep(IDLE_BEFORE_PING_S)
        with _watching:
            for key, link in list(_open_links.items()):
                if link.close_idle():
                    _open_links.pop(key, None)
            if not _open_links:
                _watcher = None
                return


def _further_hosts(url) -> list[tuple[str, int]]:
    """The nodes of `?also=10.0.0.2:3306,10.0.0.3:3306`."""
    split = [each.rpartition(":") for each in url.query.get("also", "").split(",") if each]
    return [(host, int(port)) for host, _, port in split]


def _is_cluster_node(connection) -> bool:
    """Whether this is a node of a Galera cluster. There a transaction that loses to another node's is rolled back
    between two statements of a batch, and the server goes on with the rest of the batch outside of it: measured,
    rows were kept of transactions that were answered as rolled back (docs/cluster.md). One by one each statement
    waits for the answer to the one before. Raises OperationalError 1047 for a node that has lost its cluster."""
    from pymysql.err import MySQLError, OperationalError

    cursor = connection.cursor()
    try:
        cursor.execute("SELECT @@wsrep_on")
    except MySQLError as unknown:
        if unknown.args[0] == UNKNOWN_VARIABLE:
            return False
        raise
    if not cursor.fetchone()[0]:
        return False
    cursor.execute("SHOW STATUS LIKE 'wsrep_ready'")
    if cursor.fetchone()[1] != "ON":
        raise OperationalError(1047, "this node has no cluster")
    return True


@cache
def _connection_kind(*, quiet: bool) -> type:
    """The driver's connection, with a memory for what it is told of columns: every answer begins with a packet for
    each of its columns, the same at every call, and to read them anew was half of what an answer cost. `quiet`: it
    sends nothing of its own, the character set goes with the handshake."""
    from pymysql import Connection
    from pymysql.protocol import FieldDescriptorPacket, MysqlPacket

    column = lru_cache(maxsize=MOST_COLUMNS)(FieldDescriptorPacket)  # its parts hang on nothing but its bytes

    class Remembering(Connection):
        def _read_packet(self, packet_type=MysqlPacket):
            return super()._read_packet(column if packet_type is FieldDescriptorPacket else packet_type)

    return type("Quiet", (Remembering,), {"set_character_set": lambda *_: None}) if quiet else Remembering


def _look_at_settings(connection) -> None:
    """Nothing is set in a session, so the server itself must be set as the house needs it."""
    cursor = connection.cursor()
    cursor.execute("SHOW VARIABLES WHERE Variable_name IN ('autocommit', 'character_set_client',"
                   " 'character_set_connection', 'character_set_results', 'transaction_isolation', 'tx_isolation')")
    wrong = [f"{name}={value}" for name, value in cursor.fetchall()
             if value not in ("utf8mb4", "READ-COMMITTED", "ON")]
    if wrong:
        raise RuntimeError(f"the database server is not set for session=off: {', '.join(wrong)}")


def _tls(url) -> dict[str, Any]:
    """`?tls=on` demands TLS and checks the server's name. Without it none is tried: the driver would build a
    context of all the machine's authorities for every connection (50 ms) and then check nothing."""
    if url.query.get("tls", "off") == "on":
        return {"ssl_verify_cert": True, "ssl_verify_identity": True}
    return {"ssl_disabled": True}


def _guard(rows: int) -> str:
    """Fails (error 1242) unless the statement before it touched `rows` rows, so COMMIT is not reached.
    SELECT and not DO: MariaDB's DO swallows the error."""
    return f"SELECT IF(ROW_COUNT() = {rows}, 0, (SELECT 1 UNION ALL SELECT 2))"
