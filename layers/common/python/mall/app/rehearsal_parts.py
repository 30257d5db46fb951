"""What a rehearsal found (预演结果), as the actions that rehearse at once and over a whole period show it."""

from __future__ import annotations

from typing import Any

from mall.app.fields import Output
from mall.domains.rehearsals.rules import MOST_NAMED, Outcome


class FiguresView(Output):
    looked_at: int
    left_aside: int  # of other kinds, or whose price does not come out again as the rules stand today
    changed: int
    given_fen: int
    taken_fen: int
    gifts_fen: int  # what more in gifts, by list price: they cost no buyer anything, but the shop
    list_fen: int
    before_fen: int  # what the goods of those compared cost, without freight
    after_fen: int
    to_zero: int
    below_least: int
    freight_off_fen: int  # what of given and taken was freight: before less after is the rest
    coupons_used: int  # of the draft's


class Changed(Output):
    order_no: str
    off_fen: int  # below zero: it would have been dearer
    gifts_fen: int  # what more in gifts would have come with it


class PushedAside(Output):
    title: str
    orders: int


class OutcomeView(FiguresView):
    pushed_aside: list[PushedAside]  # what gave something, and would have given nothing
    largest: list[Changed]


def outcome_fields(found: Outcome) -> dict[str, Any]:
    """The fields of an OutcomeView."""
    return {**vars(found.whole),
            "pushed_aside": [PushedAside(title=title, orders=number)
                             for title, number in found.pushed_aside.most_common(MOST_NAMED)],
            "largest": [Changed(**each._asdict()) for each in found.largest]}
