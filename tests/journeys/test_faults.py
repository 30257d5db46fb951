"""Each fault that the payment simulator can commit, played on a purchase: the end is right all the same.

The buyer tries again, the timers run until nothing more happens; then there is a paid order and its stock
is sold, or a closed one with everything given back, and no audit finds a breach.
"""

from __future__ import annotations

from typing import Any

import pytest
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import cases, order_events, payments, refunds

from infra.local.simulators.wechat_pay.catalogue import CATALOGUE
from tests.journeys.quiet import books_hold, kept_fen, order_of, place, settle_down, stock_of
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Refused

pytestmark = pytest.mark.spec("E4", "E5", "E6")

PRICE_FEN, STOCK = 4_200, 5
CALL = [("202", {}), ("202", {"act": True}), ("429", {}), ("429", {"act": True}), ("500", {}), ("500", {"act": True}),
        ("502", {}), ("502", {"act": True}), ("refuse", {}), ("timeout_before", {"seconds": 0}),
        ("timeout_after_accept", {"seconds": 0}), ("bad_signature", {}), ("signtest", {}), ("unknown_serial", {})]
ALWAYS = {"times": None}  # the true notice never comes: only asking helps
NOTICE = [("lose", ALWAYS), ("delay", {"seconds": 0.2}), ("duplicate", {"n": 5}), ("reorder", {"seconds": 1}),
          ("wrong_amount", ALWAYS), ("wrong_amount", {"by_fen": -100}), ("wrong_mchid", ALWAYS),
          ("unknown_serial", ALWAYS), ("tampered_body", ALWAYS), ("signtest", {})]
PLAYED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "create": [*CALL, ("before_answer", {})],
    "query": [*CALL, ("stale", {"times": 3})],
    "close": CALL,
    "refund": [*CALL, ("before_answer", {}), ("refuse", {"status": 403, "code": "NOT_ENOUGH", "message": "余额不足"})],
    "query_refund": [*CALL, ("stale", {"times": 3})],
    "certificates": [("500", ALWAYS)],
    "pay": [("pay_after_close", {})],
    "refund_outcome": [("abnormal", {}), ("closed", {}), ("stuck", {})],
    "notice.payment": [*NOTICE, ("wrong_appid", ALWAYS)],
    "notice.refund": [*NOTICE, ("v2_xml", ALWAYS)],
}

# public-key mode fetches no certificates (the last test), bills are for the next day's comparison, and profit sharing
# has its own journey (test_sharing_faults)
SHARING = ("add_receiver", "delete_receiver", "share", "query_share", "unfreeze", "unsplit", "return_share",
           "query_return", "share_outcome", "return_outcome", "notice.sharing")
NOT_OF_A_PURCHASE = ("certificates", "bill", *SHARING)


def played(*points: str, but: str = ""):
    """Every fault of these points (but one) on SQLite, and each third of them on MariaDB too."""
    faults = [(at, do, more) for at in points for do, more in PLAYED[at] if do != but]
    chosen = [("sqlite", *fault) for fault in faults] + [("mariadb", *fault) for fault in faults[::3]]
    names = [f"{kind}-{at}-{do}{'-' + '-'.join(map(str, more.values())) if more else ''}"
             for kind, at, do, more in chosen]
    return pytest.mark.parametrize(("database", "at", "do", "more"), chosen, indirect=["database"], ids=names)


class Story:
    """One buyer, one order of one unit at 42.00."""

    def __init__(self, paying: Paying):
        self.paying, self.shop = paying, paying.shop
        self.goods, self.member = seed.product(self.shop, price_fen=PRICE_FEN, stock=STOCK), self.shop.member()
        self.order_no = place(self.shop, self.member, self.goods)["order_no"]
        self.payment_no = ""

    def start(self) -> None:
        self.payment_no = self.member.call("payments.start_payment", order_no=self.order_no)["payment_no"]

    def pay(self) -> None:
        self.start()
        self.paying.pay(self.payment_no)

    def paid(self) -> None:
        self.pay()
        self.paying.until(lambda: self.order.state == "TO_SHIP")

    def fault(self, at: str, do: str, more: dict[str, Any], *others: dict[str, Any]) -> None:
        """Of this payment, once it has a number: a notice of another test may still be on its way."""
        mine = {"order": self.payment_no} if self.payment_no else {}
        self.paying.faults({"at": at, "do": do, **mine, **more}, *others)

    def was_committed(self) -> bool:
        return self.paying.client.get("/_sim/faults").json()["rules"][0]["given"] > 0

    @property
    def order(self) -> Any:
        return order_of(self.shop, self.order_no)

    def ends_paid(self) -> None:
        """One paid order, its unit sold, its money here, nothing refunded."""
        settle_down(self.paying)
        assert self.order.state == "TO_SHIP"
        assert [row.move for row in self.shop.rows(order_events)] == ["place", "pay"]
        assert stock_of(self.shop, self.goods) == (STOCK - 1, 0)
        assert [row.state for row in self.shop.rows(payments)].count("PAID") == 1
        assert self.shop.rows(refunds) == []
        assert kept_fen(self.paying) == PRICE_FEN
        books_hold(self.paying)

    def ends_closed(self, *, refunds_done: int) -> None:
        """Everything given back: the unit, and the money if any was taken."""
        settle_down(self.paying)
        assert self.order.state == "CLOSED"
        assert stock_of(self.shop, self.goods) == (STOCK, 0)
        assert [(row.state, row.amount_fen) for row in self.shop.rows(refunds)] == [("DONE", PRICE_FEN)] * refunds_done
        assert kept_fen(self.paying) == 0
        books_hold(self.paying)


@pytest.fixture
def story(paying: Paying) -> Story:
    return Story(paying)


def test_every_fault_of_the_catalogue_is_played(pay_simulator: dict[str, Any], paying: Paying):
    offered = paying.client.get("/_sim/faults/catalogue").json()
    assert {at: set(faults) for at, faults in offered.items()} == {at: set(faults) for at, faults in CATALOGUE.items()}
    asked = {at: set(faults) for at, faults in offered.items() if not at.startswith(NOT_OF_A_PURCHASE)}
    assert {at: {do for do, _ in faults} for at, faults in PLAYED.items() if at in asked} == asked


ANSWERS = {"refuse": "PAY_MISCONFIGURED"}


@played("create")
def test_a_prepay_that_goes_wrong_is_asked_again_under_the_same_number(story: Story, at, do, more):
    story.fault(at, do, more)
    if do == "before_answer":  # the buyer has paid before we were answered: nothing is left to pay
        with pytest.raises(Refused) as told:
            story.start()
        assert told.value.code == "NOTHING_TO_PAY"
    else:
        with pytest.raises(Refused) as told:
            story.start()
        assert told.value.code == ANSWERS.get(do, "PAY_OUTCOME_UNKNOWN")
        assert told.value.retryable is (do != "refuse")
        first = story.shop.rows(payments)[0].payment_no
        story.start()
        assert [story.payment_no] == [first] == [row.payment_no for row in story.shop.rows(payments)]
        story.paying.pay(story.payment_no)
    story.ends_paid()


@played("create", but="before_answer")
def test_a_buyer_who_gives_up_after_a_prepay_went_wrong_leaves_no_trace(story: Story, at, do, more):
    story.fault(at, do, more)
    with pytest.raises(Refused):
        story.start()
    story.ends_closed(refunds_done=0)


@played("query")
def test_a_lost_payment_is_found_although_a_query_goes_wrong(story: Story, at, do, more):
    story.fault(at, do, more, {"at": "notice.payment", "do": "lose", "times": None})
    story.pay()
    story.paying.move(seconds=61)
    if do == "stale":
        assert story.shop.tick("payments.query_stuck_payments")["open"] == 1
    else:
        assert story.shop.tick("payments.query_stuck_payments")["failed"] == 1
    assert story.order.state == "UNPAID"
    story.ends_paid()


@played("close")
def test_an_unpaid_order_closes_although_the_close_goes_wrong(story: Story, at, do, more):
    story.start()
    story.fault(at, do, more)
    with pytest.raises(Refused) as told:
        story.member.call("orders.cancel_order", order_no=story.order_no)
    assert told.value.code == ANSWERS.get(do, "PAY_OUTCOME_UNKNOWN")
    assert (story.order.state, stock_of(story.shop, story.goods)) == ("UNPAID", (STOCK - 1, 1))
    story.ends_closed(refunds_done=0)


@played("close")
def test_a_paid_order_is_not_closed_when_the_close_goes_wrong(story: Story, at, do, more):
    story.fault(at, do, more, {"at": "notice.payment", "do": "lose", "times": None})
    story.pay()
    try:
        story.member.call("orders.cancel_order", order_no=story.order_no)
    except Refused as refusal:
        assert refusal.code == ANSWERS.get(do, "PAY_OUTCOME_UNKNOWN")
    assert story.order.state in ("UNPAID", "TO_SHIP")
    story.ends_paid()


@played("refund", "query_refund")
def test_a_refund_arrives_once_although_a_call_goes_wrong(story: Story, at, do, more):
    story.paid()
    lost = {"at": "notice.refund", "do": "lose", "times": None}
    story.fault(at, do, more, *([lost] if at == "query_refund" else []))
    story.shop.staff().call("refunds.start_refund", order_no=story.order_no, reason="买家不要了")
    settle_down(story.paying)
    if at == "refund" and more.get("code") == "NOT_ENOUGH":
        failed, = story.shop.rows(refunds)
        assert (failed.state, failed.problem) == ("FAILED", "微信拒绝退款（NOT_ENOUGH）")
        assert [(row.kind, row.seller_id) for row in story.shop.rows(cases)] == [("REFUND_FAILED", DEFAULT_SELLER)]
        story.shop.staff().call("refunds.retry_refund", refund_no=failed.refund_no)
    story.ends_closed(refunds_done=1)


@played("pay")
def test_money_for_a_closed_order_goes_back_once(story: Story, at, do, more):
    story.start()
    story.member.call("orders.cancel_order", order_no=story.order_no)
    story.fault(at, do, more)
    story.paying.pay(story.payment_no)
    story.paying.until(lambda: story.shop.rows(refunds))
    story.ends_closed(refunds_done=1)


@played("refund_outcome")
def test_a_refund_that_wechat_does_not_finish_waits_for_people_with_a_case(story: Story, at, do, more):
    story.paid()
    story.fault(at, do, more)
    story.shop.staff().call("refunds.start_refund", order_no=story.order_no, reason="买家不要了")
    settle_down(story.paying, rounds=6)
    refund = story.shop.rows(refunds)[0]
    if do == "stuck":
        assert (refund.state, story.shop.rows(cases)) == ("SENT", [])
    else:
        assert (refund.state, refund.problem) == ("FAILED", f"微信退款状态 {do.upper()}")
        assert [(row.kind, row.reference) for row in story.shop.rows(cases)] == [("REFUND_FAILED", refund.refund_no)]
    assert (story.order.state, stock_of(story.shop, story.goods)) == ("CLOSED", (STOCK, 0))
    books_hold(story.paying)
    if do == "closed":  # WeChat's last word on this number: the retry goes under the next one
        story.shop.staff().call("refunds.retry_refund", refund_no=refund.refund_no)
    else:
        story.paying.client.post(f"/_sim/refunds/{refund.refund_no}", json={"status": "SUCCESS"}).raise_for_status()
        story.paying.until(lambda: story.shop.rows(refunds)[0].state == "DONE")
    story.ends_closed(refunds_done=1)
    tries = [refund.refund_no, *([f"{refund.refund_no}-2"] if do == "closed" else [])]
    assert [row.wechat_refund_no for row in story.shop.rows(refunds)] == tries[-1:]
    assert [each["out_refund_no"] for each in story.paying.order(story.payment_no)["refunds"]] == tries


@played("notice.payment")
def test_a_payment_settles_once_although_its_notice_goes_wrong(story: Story, at, do, more):
    story.start()
    story.fault(at, do, more)
    story.pay()
    if do in ("wrong_amount", "wrong_mchid", "wrong_appid"):
        story.paying.until(lambda: story.shop.rows(cases))
        assert [(row.kind, row.reference) for row in story.shop.rows(cases)] == [("NOTICE_MISMATCH", story.payment_no)]
    story.ends_paid()


@played("notice.refund")
def test_a_refund_ends_once_although_its_notice_goes_wrong(story: Story, at, do, more):
    story.paid()
    story.fault(at, do, more)
    story.shop.staff().call("refunds.start_refund", order_no=story.order_no, reason="买家不要了")
    story.ends_closed(refunds_done=1)


def test_certificates_are_never_asked_for(story: Story):
    story.fault("certificates", "500", ALWAYS)
    story.paid()
    assert not story.was_committed()
    story.ends_paid()
