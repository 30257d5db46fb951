"""refunds.retry_refund (spec E6), against the payment simulator."""

from types import SimpleNamespace

import pytest
from mall.domains.refunds import rules
from mall.flows.ops import audit
from mall.flows.trade import refund
from mall.tables.trade import cases, payments, refunds
from sqlalchemy import update

from tests.journeys.quiet import books_hold, settle_down
from tests.support import seed, trade
from tests.support.pay import Paying
from tests.support.shop import Shop, refused


def refunded(shop: Shop, **product) -> str:
    """A refund that is due, of a payment that WeChat does not know."""
    goods = seed.product(shop, **product)
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    shop.database.run(refund.refund_order, order_no, seller_id=None, cause=refund.RefundCause.STAFF, reason="不要了",
                      actor="test", now=shop.now)
    return max(row.refund_no for row in shop.rows(refunds))


def ended(shop: Shop, paying: Paying, outcome: str) -> str:
    """A refund of 99.00 that WeChat took and ended so; its number."""
    member = shop.member()
    order_no = trade.place(shop, member, seed.product(shop).sku_id, delivery="PICKUP")["order_no"]
    payment_no = member.call("payments.start_payment", order_no=order_no)["payment_no"]
    paying.pay(payment_no)
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    paying.faults({"at": "refund_outcome", "do": outcome, "order": payment_no})
    refund_no = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: only(shop).state == "FAILED")
    paying.move(minutes=3)
    return refund_no


def only(shop: Shop):
    row, = shop.rows(refunds)
    return row


def sent(shop: Shop, paying: Paying) -> list[tuple[str, str]]:
    payment, = shop.rows(payments)
    return [(each["out_refund_no"], each["state"]) for each in paying.order(payment.payment_no)["refunds"]]


def retry(shop: Shop, refund_no: str):
    return shop.staff("refunds.*").call("refunds.retry_refund", refund_no=refund_no)


def told(state: str, amount_fen: int) -> SimpleNamespace:
    return SimpleNamespace(state=state, refund_id="5030000", refunded_at=None, amount_fen=amount_fen)


def keep(shop: Shop, number: str, state: str) -> str:
    seen = told(state, shop.rows(refunds)[0].amount_fen)
    return shop.database.run(refund.keep_answer, number, seen, shop.now, shop.now)


def test_one_that_wechat_refused_is_due_again_under_its_number(shop: Shop, paying: Paying):
    refund_no = refunded(shop)
    shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    assert retry(shop, refund_no) == {"refund_no": refund_no, "state": "DUE"}
    row = only(shop)
    assert (row.refund_no, row.wechat_refund_no, row.state, row.problem) == (refund_no, refund_no, "DUE", None)
    assert row.send_at <= shop.now


def test_one_that_fails_again_after_its_case_was_resolved_has_an_open_case(shop: Shop, paying: Paying):
    refund_no, boss = refunded(shop), shop.staff()
    shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    [case] = shop.rows(cases)
    retry(shop, refund_no)
    boss.call("ops.resolve_case", case_id=case.case_id, note="已充值并重试")
    shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（USER_ACCOUNT_ABNORMAL）", shop.now)
    [again] = shop.rows(cases)
    assert (again.case_id, again.state, again.resolved_at) == (case.case_id, "OPEN", None)
    assert again.sentence == f"退款 {refund_no} 未成功：微信拒绝退款（USER_ACCOUNT_ABNORMAL）"


def test_one_that_wechat_closed_goes_under_the_next_number_and_arrives_once(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    assert retry(shop, refund_no) == {"refund_no": refund_no, "state": "DUE"}
    assert (only(shop).state, only(shop).wechat_refund_no) == ("DUE", f"{refund_no}-2")
    settle_down(paying)
    assert (only(shop).state, only(shop).wechat_refund_no) == ("DONE", f"{refund_no}-2")
    assert sent(shop, paying) == [(refund_no, "CLOSED"), (f"{refund_no}-2", "SUCCESS")]
    books_hold(paying)


def test_the_case_of_a_failed_refund_is_closed_when_it_has_arrived(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    [case] = shop.rows(cases)
    assert (case.kind, case.state) == ("REFUND_FAILED", "OPEN")
    retry(shop, refund_no)
    assert shop.rows(cases) == [case]  # until the money is there
    settle_down(paying)
    [case] = shop.rows(cases)
    assert (case.state, case.note) == ("RESOLVED", "退款已到账")


def test_closed_twice_it_goes_under_the_third_number(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    payment, = shop.rows(payments)
    paying.faults({"at": "refund_outcome", "do": "closed", "order": payment.payment_no})
    retry(shop, refund_no)
    settle_down(paying)
    assert (only(shop).state, only(shop).wechat_refund_no) == ("FAILED", f"{refund_no}-2")
    retry(shop, refund_no)
    settle_down(paying)
    assert only(shop).state == "DONE"
    assert sent(shop, paying) == [(refund_no, "CLOSED"), (f"{refund_no}-2", "CLOSED"), (f"{refund_no}-3", "SUCCESS")]
    books_hold(paying)


def test_an_abnormal_one_stays_under_its_number(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "abnormal")
    retry(shop, refund_no)
    shop.tick("refunds.send_due_refunds")
    assert (only(shop).state, only(shop).wechat_refund_no) == ("FAILED", refund_no)
    assert sent(shop, paying) == [(refund_no, "ABNORMAL")]


def test_one_that_has_arrived_after_all_is_found_and_not_paid_again(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "abnormal")
    paying.faults({"at": "notice.refund", "do": "lose", "times": None})
    paying.client.post(f"/_sim/refunds/{refund_no}", json={"status": "SUCCESS"}).raise_for_status()
    retry(shop, refund_no)
    shop.tick("refunds.send_due_refunds")
    assert (only(shop).state, only(shop).wechat_refund_no) == ("DONE", refund_no)
    assert sent(shop, paying) == [(refund_no, "SUCCESS")]
    books_hold(paying)


def test_nothing_changes_when_wechat_does_not_answer(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    payment, = shop.rows(payments)
    paying.faults({"at": "query_refund", "do": "500", "order": payment.payment_no})
    staff = shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("PAY_OUTCOME_UNKNOWN", status=503) as caught:
        staff.call("refunds.retry_refund", refund_no=refund_no)
    assert caught[0].retryable
    assert shop.snapshot("audit_entries") == before


def test_two_retries_at_once_make_one_new_number(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    staff = shop.staff()
    answers = shop.in_parallel(*[lambda: staff.call("refunds.retry_refund", refund_no=refund_no)] * 2)
    assert answers == [{"refund_no": refund_no, "state": "DUE"}] * 2
    assert only(shop).wechat_refund_no == f"{refund_no}-2"


@pytest.mark.parametrize("state", ["CLOSED", "ABNORMAL", "PROCESSING"])
def test_what_is_told_late_of_a_closed_number_changes_nothing(shop: Shop, paying: Paying, state: str):
    refund_no = ended(shop, paying, "closed")
    retry(shop, refund_no)
    before = shop.snapshot()
    assert keep(shop, refund_no, state) == "DUE"
    assert shop.database.run(refund.keep_failure, refund_no, "微信没有这笔退款", shop.now) == "DUE"
    assert shop.snapshot() == before


def test_a_closed_number_that_arrives_after_all_is_the_refund_and_the_next_one_is_not_sent(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    retry(shop, refund_no)
    assert keep(shop, refund_no, "SUCCESS") == "DONE"
    assert (only(shop).state, only(shop).wechat_refund_no) == ("DONE", refund_no)
    paying.move(minutes=3)
    assert set(shop.tick("refunds.send_due_refunds").values()) == {0}
    assert sent(shop, paying) == [(refund_no, "CLOSED")]
    assert shop.database.read(audit.audit) == []


def test_a_closed_number_that_arrives_while_the_next_one_is_at_wechat_is_a_case(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    retry(shop, refund_no)
    keep(shop, f"{refund_no}-2", "PROCESSING")
    assert keep(shop, refund_no, "SUCCESS") == "SENT"
    assert keep(shop, f"{refund_no}-2", "SUCCESS") == "DONE"
    assert keep(shop, refund_no, "SUCCESS") == "DONE"
    assert [(row.kind, row.reference) for row in shop.rows(cases)] == [
        ("REFUND_FAILED", refund_no), ("REFUND_TWICE", refund_no)]
    assert shop.database.read(audit.audit) == []


def test_every_number_counts_as_one_of_wechats_fifty(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    shop.database.run(lambda tx: tx.write(
        update(refunds).where(refunds.c.refund_no == refund_no).values(wechat_refund_no=f"{refund_no}-50"), rows=1))
    paying.adapter.query_refund = lambda number: told("CLOSED", 0)
    staff = shop.staff()
    before = shop.snapshot("audit_entries")
    with refused("TOO_MANY_REFUNDS", status=422) as caught:
        staff.call("refunds.retry_refund", refund_no=refund_no)
    assert caught[0].data == {"number": 50}
    assert shop.snapshot("audit_entries") == before


def test_one_that_has_not_failed_stays_as_it_is_and_one_that_is_not_ours_is_refused(shop: Shop, paying: Paying):
    due, theirs = refunded(shop), refunded(shop, seller_id="sel_OTHER")
    shop.database.run(refund.keep_failure, theirs, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    staff, clerk = shop.staff("refunds.*"), shop.staff("orders.*")
    before = shop.snapshot("audit_entries")
    assert staff.call("refunds.retry_refund", refund_no=due) == {"refund_no": due, "state": "DUE"}
    for wrong in (theirs, "rfd_NONE"):
        with refused("REFUND_NOT_FOUND", status=404):
            staff.call("refunds.retry_refund", refund_no=wrong)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("refunds.retry_refund", refund_no=due)
    assert shop.snapshot("audit_entries") == before


def test_the_numbers_of_tries():
    number, seen = "rfd_01", []
    for _ in range(4):
        seen.append((number, rules.refund_of(number), rules.tries_of(number), rules.earlier_numbers(number)))
        number = rules.next_number(number)
    assert seen == [
        ("rfd_01", "rfd_01", 1, []), ("rfd_01-2", "rfd_01", 2, ["rfd_01"]),
        ("rfd_01-3", "rfd_01", 3, ["rfd_01", "rfd_01-2"]),
        ("rfd_01-4", "rfd_01", 4, ["rfd_01", "rfd_01-2", "rfd_01-3"])]
    assert len(rules.next_number(f"{'x' * 30}-49")) <= 64
