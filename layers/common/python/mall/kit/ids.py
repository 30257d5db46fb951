"""Ids: a three-letter prefix, an underscore and 26 time-ordered characters, 30 in all.

Thirty fit WeChat Pay's 32, so our number is also the payment service's idempotency key; time order
keeps inserts at the right end of the index on every engine, a sharded one included. Within one process
each id is greater than the one before, so that a timeline sorted by id tells things as they happened.
"""

from __future__ import annotations

import os
import threading
import time
from datetime import datetime

from mall.kit import clock

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]  # ten bits at a time
_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """A fresh id such as `ord_01JD...`: 48 bits of milliseconds, then 80 random bits. In the same
    millisecond it is the last one and a random step further."""
    global _last
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    with _lock:
        if number >> 80 <= _last >> 80:
            number = _last + 1 + int.from_bytes(os.urandom(4), "big")
        _last = number
    return _written(prefix, number)


def id_at(prefix: str, moment: datetime) -> str:
    """Sorts before every id that is made from this moment of the shop's clock on. Ids go by the machine's, before
    which the shop's, moved forward on a laptop, never stood further than now."""
    return _written(prefix, int((moment - clock.ahead()).timestamp() * 1000) << 80)


def _written(prefix: str, number: int) -> str:
    return f"{prefix}_{''.join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])}"
