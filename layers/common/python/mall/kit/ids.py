"""Ids: a three-letter prefix, an underscore and 26 time-ordered characters, 30 in all.

Thirty fit WeChat Pay's 32, so our number is also the payment service's idempotency key; time order
keeps inserts at the right end of the index on every engine, a sharded one included.
"""

from __future__ import annotations

import os
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A fresh id such as `ord_01JD...`: 48 bits of milliseconds, then 80 random bits."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return f"{prefix}_{''.join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))}"
