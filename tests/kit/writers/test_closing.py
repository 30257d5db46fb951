"""A database that is closed while others are at it: nobody's interpreter ends, and what was answered is there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from crowd import coins
from mall.kit.db import Database

pytestmark = pytest.mark.spec("L3")

BUSY = """
import sys, threading
from mall.kit.db import Database
from tests.kit.writers.crowd import ADD, ALL
bank, over, done = Database(sys.argv[1]), threading.Event(), []
def serve(name):
    while not over.is_set():
        try:
            bank.run(lambda tx: (tx.all(ALL), tx.change(ADD, of=name, number=1)))
            done.append(name)
            bank.read(lambda tx: tx.all(ALL))
        except Exception as problem:
            assert "closed" in str(problem), repr(problem)
threads = [threading.Thread(target=serve, args=(name,)) for name in "abab"]
for thread in threads:
    thread.start()
for _ in range(300):
    over.wait(0.002)
    bank.close()
over.set()
for thread in threads:
    thread.join()
print(done.count("a"), done.count("b"))
"""


def test_a_database_is_closed_while_other_threads_read_and_write(file: str, bank: Database):
    busy = subprocess.run([sys.executable, "-c", BUSY, file], capture_output=True, text=True, timeout=120)
    assert (busy.returncode, busy.stderr) == (0, "")
    answered = dict(zip("ab", map(int, busy.stdout.split()), strict=True))
    assert sum(answered.values()) > 0
    assert coins(bank) == answered
