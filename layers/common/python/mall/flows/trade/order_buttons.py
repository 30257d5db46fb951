"""What may be done with an order now, as pages and lists offer it (订单操作): what its state allows, and its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mall.domains.instalments.rules import PartState
from mall.domains.orders.rules import BUYER_BUTTONS, PRICE_BUTTON, buyer_buttons, staff_buttons
from mall.flows import kinds
from mall.flows.kinds.kind import Kind
from mall.kit.errors import MallError

_REFUND = ("start_refund", "ask_refund", "request_flash_refund")


def for_buyer(order: Any, settings: Any, *, can_pay: bool = True) -> list[str]:
    """The actions open to its buyer; `can_pay`: of one that is paid in parts, whether the next one's time has come."""
    buttons = buyer_buttons(order.state, flash_refund=settings.flash_refund_most_fen > 0,
                            ask_refund=settings.refund_request_days > 0)
    return _open(order, [each for each in buttons if can_pay or each != BUYER_BUTTONS["pay"]])


def for_staff(order: Any, parts: Sequence[Any] = ()) -> list[str]:
    """`parts`: of one that is paid in parts, where what is kept of them may be given back."""
    kept = ["give_back_kept"] if any(part.state == PartState.KEPT.value for part in parts) else []
    return _open(order, [*staff_buttons(order.state, order.delivery), *kept])


def _open(order: Any, buttons: list[str]) -> list[str]:
    kind = kinds.shown(order.kind)
    return [each for each in buttons if not _refuses(kind, each, order)]


def _refuses(kind: Kind, button: str, order: Any) -> bool:
    try:
        if button == PRICE_BUTTON:
            kind.check_price_change(order)
        elif button in _REFUND:
            kind.check_refund(order)
        elif button in ("ship_orders", "check_off_pickup"):
            kind.check_ship(order)
    except MallError:
        return True
    return False
