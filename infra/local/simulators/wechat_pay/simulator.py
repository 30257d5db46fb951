"""The running whole: the platform, its fault plan, and what happens by itself after a call was answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any, Self

from infra.local.simulators.faults import FaultPlan
from infra.local.simulators.wechat_pay import orders, refunds, sharing
from infra.local.simulators.wechat_pay.agenda import Agenda
from infra.local.simulators.wechat_pay.bills import BillDesk
from infra.local.simulators.wechat_pay.books import Notice, Order, Refund
from infra.local.simulators.wechat_pay.catalogue import CATALOGUE
from infra.local.simulators.wechat_pay.notices import Notices
from infra.local.simulators.wechat_pay.platform import Platform
from infra.local.simulators.wechat_pay.sharing_books import Return, Sharing

OUTCOME_OF_FAULT = {"abnormal": refunds.ABNORMAL, "closed": refunds.CLOSED}


class Simulator:
    """Enter it to start: refunds and notices left over from the last run are taken up again."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.faults = FaultPlan(CATALOGUE)
        self.agenda = Agenda(platform.now)
        self.notices = Notices(platform, self.faults, self.agenda)
        self.bills = BillDesk(platform)
        self.calls: Counter[str] = Counter()  # "METHOD path": how often it was called, and properly signed
        self._runner: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._runner = asyncio.create_task(self.agenda.run())
        for refund in self.platform.books.refunds_due():
            self.schedule_settlement(refund)
        for made in self.platform.books.sharing.due():
            self.schedule_sharing(made)
        for given_back in self.platform.books.sharing.returns_due():
            self.agenda.put(given_back.due_at, partial(self._settle_return_when_due, given_back.out_return_no))
        for notice in self.platform.books.notices_due():
            self.notices.schedule(notice)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._runner
        await self.agenda.stop()
        self.notices.close()
        self.platform.books.close()

    # -- the buyer's thumb

    def pay(self, key: str, *, openid: str = "", payer_total_fen: int | None = None) -> tuple[Order, Notice]:
        """Pay by prepay_id, code_url token or out_trade_no, and write the notice.

        Raises KeyError when there is no such order, orders.CannotPay when it cannot be paid.
        """
        order, payable_until = orders.find_for_payment(self.platform, key)
        late = self.faults.take("pay", order.out_trade_no) is not None
        with self.platform.books.transaction():
            paid = orders.pay(
                self.platform,
                order,
                payable_until=payable_until,
                late=late,
                openid=openid,
                payer_total_fen=order.total_fen if payer_total_fen is None else payer_total_fen,
            )
            notice = self.notices.write(
                "TRANSACTION.SUCCESS",
                orders.transaction(paid),
                url=paid.notify_url,
                public_key_mode=paid.public_key_mode,
            )
        return paid, notice

    async def pay_and_notify(self, out_trade_no: str) -> None:
        """Pay, and come back when the notice was tried once: the notice overtakes the create call's answer."""
        _, notice = self.pay(out_trade_no)
        await self.notices.attempt(notice.id)

    # -- refunds settle by themselves

    def schedule_settlement(self, refund: Refund) -> None:
        self.agenda.put(refund.due_at, partial(self._settle_when_due, refund.out_refund_no))

    async def _settle_when_due(self, out_refund_no: str) -> None:
        refund = self.platform.books.refund(out_refund_no)
        if refund.due_at is None:
            return
        fault = self.faults.take("refund_outcome", refund.out_trade_no)
        if fault and fault.do == "stuck":
            self.platform.books.write_settlement(out_refund_no, None)
            return
        notice = self.settle(refund, OUTCOME_OF_FAULT[fault.do] if fault else refunds.SUCCESS)
        if notice:
            self.notices.schedule(notice)

    async def settle_and_notify(self, out_refund_no: str) -> None:
        """Settle now, and come back when the notice was tried once."""
        notice = self.settle(self.platform.books.refund(out_refund_no), refunds.SUCCESS)
        if notice:
            await self.notices.attempt(notice.id)

    def settle(self, refund: Refund, outcome: str) -> Notice | None:
        """Bring a refund to its outcome; its notice, or None when nobody is to be told or nothing moved."""
        with self.platform.books.transaction():
            settled = refunds.settle(self.platform, refund, outcome)
            if settled is None or not settled.notify_url:
                return None
            return self.notices.write(
                f"REFUND.{outcome}",
                refunds.resource(self.platform, settled),
                url=settled.notify_url,
                public_key_mode=settled.public_key_mode,
            )

    # -- profit sharing settles by itself; a return usually within its call

    def schedule_sharing(self, made: Sharing) -> None:
        self.agenda.put(made.due_at, partial(self._settle_sharing_when_due, made.out_order_no))

    async def _settle_sharing_when_due(self, out_order_no: str) -> None:
        made = self.platform.books.sharing.find(out_order_no)
        if made.due_at is None:
            return
        fault = self.faults.take("share_outcome", made.out_trade_no)
        if fault and fault.do == "stuck":
            with self.platform.books.transaction():
                sharing.stick(self.platform, made)
        else:
            self.settle_sharing(made, closed=(fault.args["account"],) if fault else ())

    def settle_sharing(self, made: Sharing, closed: tuple[str, ...] = ()) -> None:
        """Bring a sharing order to its end, and tell of each receiver that got its part."""
        with self.platform.books.transaction():
            sharing.settle(self.platform, made, closed=closed)
            paid = sharing.paid_receivers(self.platform, made)
            told = [self._tell_of_sharing(made, receiver, at) for receiver, at in paid]
        self._schedule(told)

    def settle_return(self, made: Return, fail_reason: str | None = None) -> None:
        """Bring a return to its end, and tell of it when the money came back."""
        with self.platform.books.transaction():
            sharing.settle_return(self.platform, made, fail_reason)
            receiver = {"type": "MERCHANT_ID", "account": made.return_mchid, "amount": made.amount_fen,
                        "description": made.description}
            found = self.platform.books.sharing.find(made.out_order_no)
            told = [] if fail_reason else [self._tell_of_sharing(found, receiver, self.platform.now())]
        self._schedule(told)

    def _tell_of_sharing(self, made: Sharing, receiver: dict[str, Any], at: float) -> Notice | None:
        """To the payment's address; None while such notices are off."""
        order = self.platform.books.order(made.out_trade_no)
        if not self.platform.sharing_event:
            return None
        return self.notices.write(
            self.platform.sharing_event, sharing.resource(self.platform, made, receiver, at), url=order.notify_url,
            public_key_mode=order.public_key_mode, out_trade_no=made.out_trade_no)

    def _schedule(self, told: list[Notice | None]) -> None:
        for notice in told:
            if notice:
                self.notices.schedule(notice)

    def process_return(self, made: Return) -> None:
        """To its end at once, as documented, unless the plan says otherwise."""
        out_trade_no = self.platform.books.sharing.find(made.out_order_no).out_trade_no
        fault = self.faults.take("return_outcome", out_trade_no)
        if fault and fault.do == "processing":
            self.agenda.put(made.due_at, partial(self._settle_return_when_due, made.out_return_no))
            return
        if fault and fault.do == "stuck":
            with self.platform.books.transaction():
                self.platform.books.sharing.write_result(made.out_return_no, sharing.PROCESSING, None, None)
        else:
            self.settle_return(made, fault.args["reason"] if fault else None)

    async def _settle_return_when_due(self, out_return_no: str) -> None:
        found = self.platform.books.sharing.find_return(out_return_no)
        if found.due_at is not None:
            self.settle_return(found)

    def audit(self, out_trade_nos: Sequence[str] = ()) -> dict[str, Any]:
        """The platform's own books, for comparing with a merchant's: of these orders, or of all."""
        books = self.platform.books
        found = filter(None, map(books.order, out_trade_nos)) if out_trade_nos else books.all_orders()
        shown = [{**_audited(order, books.refunds_of(order.out_trade_no)), **sharing.audited(self.platform, order)}
                 for order in found]
        return {
            "orders": shown,
            "received_fen": sum(order["total_fen"] for order in shown if order["state"] == orders.SUCCESS),
            "refunded_fen": sum(order["refunded_fen"] for order in shown),
            "refunding_fen": sum(order["refunding_fen"] for order in shown),
            "shared_fen": sum(line["amount_fen"] for order in shown for each in order["shares"]
                              for line in each["receivers"] if line["result"] == sharing.SUCCESS),
            "returned_fen": sum(each["amount_fen"] for order in shown for each in order["returns"]
                                if each["result"] == sharing.SUCCESS),
            "frozen_fen": self.platform.books.sharing.frozen_fen(),
            "balance_fen": self.platform.books.balance_fen(),
            "under_way": len(self.platform.books.refunds_due()) + len(self.platform.books.sharing.due())
                         + len(self.platform.books.sharing.returns_due()),
        }


def _audited(order: Order, its_refunds: list[Refund]) -> dict[str, Any]:
    def sum_fen(*states: str) -> int:
        return sum(refund.refund_fen for refund in its_refunds if refund.state in states)

    return {
        "out_trade_no": order.out_trade_no,
        "transaction_id": order.transaction_id,
        "state": order.state,
        "total_fen": order.total_fen,
        "refunded_fen": sum_fen(refunds.SUCCESS),
        "refunding_fen": sum_fen(refunds.PROCESSING, refunds.ABNORMAL),
        "refunds": [
            {"out_refund_no": refund.out_refund_no, "state": refund.state, "refund_fen": refund.refund_fen}
            for refund in its_refunds
        ],
    }
