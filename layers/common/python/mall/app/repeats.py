"""What becomes of a call that arrives twice (重复请求): a lost answer is asked for again, a button is pressed twice.

Each command and remote says one of three at its decorator, so that none can be without:

    repeat=KEY                       refused without the client's key; the same key answers as the first time
    repeat=seen("seen_pay_fen")      the input says what was seen, or carries a number of its own that takes effect
                                     once: a repetition does not match any more and is refused
    repeat=harmless("closes once")   a repetition finds its work done, or gives nobody anything; and why
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Repeat:
    by: str  # key, seen, harmless
    fields: tuple[str, ...] = ()  # of the input, that a repetition matches no more
    why: str = ""


KEY = Repeat("key")


def seen(*fields: str) -> Repeat:
    return Repeat("seen", fields)


def harmless(why: str) -> Repeat:
    return Repeat("harmless", why=why)
