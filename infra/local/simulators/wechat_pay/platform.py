"""The platform that the calls act on: its keys, its books, its clock, and how fast things go."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from datetime import datetime

from infra.local.simulators.wechat_pay.books import Books
from infra.local.simulators.wechat_pay.keys import Keys
from infra.local.simulators.wechat_pay.validation import CHINA

FEE_PER_THOUSAND = 6


@dataclass
class Platform:
    """``time_scale`` shortens waits (refund settlement, retries, gaps); expiries follow the business clock."""

    keys: Keys
    books: Books
    public_url: str
    time_scale: float = 1.0
    refund_delay_s: float = 3.0
    min_refund_gap_s: float = 60.0
    clock_with: str | None = None  # another simulator that keeps the same time
    notices_by_public_key: int | None = None  # of a hundred; None: each as its call was answered
    sharing_event: str = ""  # what a notice of profit sharing is called; none is sent without a name
    ahead_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.ahead_s = self.books.setting("ahead_s", 0.0)

    def now(self) -> float:
        """Business time: the real one plus what ``/_sim/clock`` was told."""
        return time.time() + self.ahead_s

    def move_clock(self, ahead_s: float) -> None:
        self.ahead_s = ahead_s
        self.books.keep_setting("ahead_s", ahead_s)

    def digits(self, prefix: str, length: int) -> str:
        """A number as the platform gives them: prefix, business day, random digits; ``length`` in all."""
        start = prefix + datetime.fromtimestamp(self.now(), CHINA).strftime("%Y%m%d")
        missing = length - len(start)
        return start + f"{random.randrange(10**missing):0{missing}d}"


def fee_fen(amount_fen: int) -> int:
    """The platform's 0.6 % fee, rounded half up to a fen."""
    return (amount_fen * FEE_PER_THOUSAND + 500) // 1000
