"""A rule that exists in tests alone: a fen off each line that it covers (见 steps/__init__.py)."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from mall.domains.pricing import steps
from mall.domains.pricing.rules import Reason, Scope
from mall.domains.pricing.steps.work import skip
from mall.kit.documents import Unknown

STAGE = "basket"
FIELDS = {"scope": steps.EVERYTHING}


@dataclass(frozen=True)
class FenOff:
    promotion_id: str
    title: str
    scope: Scope = Scope()
    priority: int = 0
    kind: Unknown = Unknown("fen_off")
    stage: str = STAGE

    def bears(self, lines):
        return self.scope.indexes(lines)

    def why_not(self, _):
        return None

    def off(self, work, indexes):
        return sum(self._parts(work, indexes))

    def take(self, work, indexes, off_fen):
        work.take(self, indexes, off_fen, parts=self._parts(work, indexes))

    def near(self, work, indexes, off_fen):
        return [] if off_fen else [skip(self, Reason.SAVES_NOTHING, "没有可减的金额")]

    def _parts(self, work, indexes):
        return [min(1, work.goods[index]) for index in indexes]


def deserved_fen(adjustment, left, share_fen):
    return share_fen


steps.register("fen_off", sys.modules[__name__])
