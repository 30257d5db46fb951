"""What `kit/mysql_link.py` takes from inside PyMySQL, beyond what the driver promises, is still as it was read."""

from __future__ import annotations

import hashlib
import inspect
import struct

import pymysql
import pytest
from mall.kit import mysql_link
from pymysql.connections import Connection, MySQLResult
from pymysql.protocol import FieldDescriptorPacket, MysqlPacket

READ_AT = "2.2.8"
AS_READ = {  # sha256 of the source, by what hangs on it
    "the one place that reads a packet, of the kind it is given, under the timeout that stands in the connection": (
        Connection._read_packet, "befc04efe3c01b84"),
    "a column's packet is asked for by its class, and only read afterwards": (
        MySQLResult._get_descriptions, "36bd508e0b36ee1b"),
    "a column is what its bytes say: it is shared by every answer that has it": (
        FieldDescriptorPacket, "f6e5e23946fd11f7"),
    "a packet hangs on nothing but its bytes and the connection's encoding": (MysqlPacket.__init__, "6ced9933bbc47ac0"),
}


@pytest.mark.parametrize("what", AS_READ)
def test_the_drivers_insides_are_as_they_were_read(what: str):
    part, known = AS_READ[what]
    found = hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
    assert found == known, (
        f"PyMySQL {pymysql.__version__} changed {part.__qualname__} ({READ_AT} was read), on which the override in"
        f" mall/kit/mysql_link.py hangs: {what}. Read it again, run tests/kit against a server, and write {found} here")


def test_the_override_takes_what_the_driver_gives():
    ours = mysql_link._connection_kind(quiet=False)
    assert issubclass(ours, Connection) and ours._read_packet is not Connection._read_packet
    assert inspect.signature(ours._read_packet) == inspect.signature(Connection._read_packet)
    asleep = Connection(defer_connect=True, read_timeout=7, write_timeout=8)
    assert (asleep._read_timeout, asleep._write_timeout) == (7, 8)  # what `_wait_at_most` sets


def test_a_column_that_was_told_before_is_not_read_anew_and_nothing_else_is_kept():
    class Told(mysql_link._connection_kind(quiet=False)):
        def __init__(self, packets: list[bytes]):
            super().__init__(defer_connect=True)
            self.encoding, self._packets, self._current_timeout = "utf8", packets, self._read_timeout
            self._next_seq_id = 0

        def _read_bytes(self, number: int) -> bytes:
            packet, self._packets = self._packets[0], self._packets[1:]
            return packet

    def names(*columns: bytes) -> bytes:
        return b"".join(bytes([len(each)]) + each for each in columns)

    column = names(b"def", b"mall", b"o", b"orders", b"pay_fen", b"pay_fen") + b"\x0c" + struct.pack(
        "<HIBHBxx", 63, 20, 8, 0, 0)
    told: list[bytes] = []
    for sequence, body in enumerate((column, column, b"\x01")):
        told += [struct.pack("<HBB", len(body), 0, sequence), body]
    connection = Told(told)
    first, again = connection._read_packet(FieldDescriptorPacket), connection._read_packet(FieldDescriptorPacket)
    assert (first.name, first.table_name, first.type_code, first.length) == ("pay_fen", "o", 8, 20)
    assert first is again
    assert first.description() == again.description() == ("pay_fen", 8, None, 20, 20, 0, True)
    assert type(connection._read_packet()) is MysqlPacket
