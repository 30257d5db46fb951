"""Whose rows one of the staff may see and touch (数据权限): the rule, and its one home (spec E13).

A call of the staff is made for one seller, `ctx.seller_id`: the one that the account belongs to, or, for the platform's
staff, the shop that they have entered (`sellers.enter_shop`). A row that belongs to a seller carries `seller_id`; a
list asks for it in its WHERE, and what is found by an id goes through `own`: another seller's row is not found, just
as one that does not exist. What belongs to nobody's shop (members, events, books, sellers) is the platform's alone.
"""

from __future__ import annotations

from typing import Any, TypeVar

from mall.kit.errors import MallError, NotAllowed

# The one seller of a shop that has no others: its staff are the platform's, its goods the platform's own (自营).
PLATFORM = "sel_00000000000000000000000001"
Row = TypeVar("Row")


class PlatformOnly(NotAllowed):
    code, message = "PLATFORM_ONLY", "只有平台管理员可以进行此操作"


def is_platform(seller_id: str) -> bool:
    return seller_id == PLATFORM


def check_platform(seller_id: str) -> None:
    """Raises PlatformOnly."""
    if not is_platform(seller_id):
        raise PlatformOnly()


def own(row: Row | None, seller_id: str, missing: MallError) -> Any:
    """The row, when it is this seller's. Raises `missing` when it is another's, or there is none."""
    if row is None or row.seller_id != seller_id:
        raise missing
    return row
