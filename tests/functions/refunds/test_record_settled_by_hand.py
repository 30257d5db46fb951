"""refunds.record_settled_by_hand (spec E6): a failed refund whose money went back elsewhere, against the simulator."""

from typing import Any

import pytest
from mall.flows.ops import audit
from mall.flows.trade import refund
from mall.kit.ledger import ledger_entries
from mall.kit.outbox import outbox_events
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.trade import cases, payments, refunds

from tests.functions.refunds.parts import balances
from tests.functions.refunds.test_retry_refund import ended, keep, only, refunded, retry, sent
from tests.functions.staff.two_people import two_people
from tests.journeys.quiet import books_hold, books_of
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

BANK, PLATFORM = "BANK_TRANSFER", "WECHAT_PLATFORM"
BY_HAND = f"paid_by_hand/{DEFAULT_SELLER}"


def record(shop: Shop, refund_no: str, how: str = BANK, number: str = "B202611280001", note: str = "转账退还") -> Any:
    return shop.staff("refunds.*").call("refunds.record_settled_by_hand", refund_no=refund_no, how=how, number=number,
                                        note=note)


def in_the_platform(paying: Paying, number: str) -> None:
    """Staff refund the shop's only payment in WeChat's merchant platform, which gives it this number."""
    payment, = paying.shop.rows(payments)
    paying.faults({"at": "notice.refund", "do": "lose", "times": None})
    paying.adapter.refund(refund_no=number, payment_no=payment.payment_no, refund_fen=payment.amount_fen,
                          total_fen=payment.amount_fen, reason="商户平台退款",
                          notify_url=f"{paying.simulator['url']}/nobody")
    paying.until(lambda: (number, "SUCCESS") in sent(paying.shop, paying))


def finished(shop: Shop) -> list[dict[str, Any]]:
    return [row.payload for row in shop.rows(outbox_events, kind="refunds.refund_finished")]


@pytest.mark.parametrize("outcome", ["closed", "abnormal"])
def test_a_bank_transfer_ends_the_refund_and_wechat_still_has_the_money(shop: Shop, paying: Paying, outcome: str):
    refund_no = ended(shop, paying, outcome)
    assert record(shop, refund_no) == {"refund_no": refund_no, "state": "DONE"}
    row = only(shop)
    assert (row.state, row.settled_how, row.settled_number, row.settled_note, row.finished_at is not None) == (
        "DONE", BANK, "B202611280001", "转账退还", True)
    assert balances(shop) == {"wechat": row.amount_fen, BY_HAND: -row.amount_fen}
    assert [(case.kind, case.state, case.note) for case in shop.rows(cases)] == [
        ("REFUND_FAILED", "RESOLVED", "转账退还")]
    assert finished(shop) == [{"refund_no": refund_no, "order_no": row.order_no, "member_id": row.member_id,
                               "amount_fen": row.amount_fen}]
    books_hold(paying)
    [item] = shop.staff("refunds.*").call("refunds.list_refunds", state="DONE")["items"]
    assert (item["settled_how"], item["settled_number"], item["next_step"]) == (BANK, "B202611280001", None)


def test_a_refund_in_the_platform_leaves_wechat_as_any_other(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    number = f"P-{refund_no}"
    in_the_platform(paying, number)
    record(shop, refund_no, PLATFORM, number)
    assert balances(shop) == {}
    assert set(sent(shop, paying)) == {(refund_no, "CLOSED"), (number, "SUCCESS")}
    books_hold(paying)


@pytest.mark.parametrize(("how", "sentences"), [
    (PLATFORM, ["refund PLATFORM-A is DONE here and unknown to WeChat", "ledger has 0 fen at WeChat, WeChat has 9900"]),
    (BANK, [])])
def test_what_staff_claim_of_the_platform_is_laid_beside_wechats_books(shop: Shop, paying: Paying, how: str,
                                                                       sentences: list[str]):
    record(shop, ended(shop, paying, "closed"), how, "PLATFORM-A")
    assert shop.database.read(audit.audit) == []
    assert shop.database.read(lambda tx: audit.against_books(tx, books_of(paying))) == sentences


@pytest.mark.parametrize("how", [BANK, PLATFORM])
def test_twice_at_the_same_moment_it_is_one_movement_and_once_more_changes_nothing(shop: Shop, paying: Paying,
                                                                                   how: str):
    refund_no, staff = ended(shop, paying, "closed"), shop.staff("refunds.*")
    wanted = {"refund_no": refund_no, "how": how, "number": "N1", "note": "已退"}
    answers = shop.in_parallel(*[lambda: staff.call("refunds.record_settled_by_hand", **wanted)] * 3)
    assert answers == [{"refund_no": refund_no, "state": "DONE"}] * 3
    assert len(shop.rows(ledger_entries, reference=f"{refund_no}:done")) == 2
    assert len(finished(shop)) == 1
    before = shop.snapshot("audit_entries")
    assert staff.call("refunds.record_settled_by_hand", **wanted) == answers[0]
    assert shop.snapshot("audit_entries") == before


def test_it_meets_a_retry_and_one_of_them_wins(shop: Shop, paying: Paying):
    refund_no, staff = ended(shop, paying, "closed"), shop.staff("refunds.*")

    def settle() -> str:
        try:
            return record(shop, refund_no)["state"]
        except Exception as refusal:
            return refusal.code

    settled, retried = shop.in_parallel(
        settle, lambda: staff.call("refunds.retry_refund", refund_no=refund_no)["state"])
    assert (settled, retried, only(shop).state) in (("DONE", "DONE", "DONE"), ("REFUND_NOT_FAILED", "DUE", "DUE"))
    assert shop.database.read(audit.audit) == []


def test_a_retry_finds_it_done_and_nothing_is_sent(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    record(shop, refund_no)
    assert retry(shop, refund_no) == {"refund_no": refund_no, "state": "DONE"}
    assert set(shop.tick("refunds.send_due_refunds").values()) == {0}
    assert sent(shop, paying) == [(refund_no, "CLOSED")]


@pytest.mark.parametrize("late", ["", "-2"])
@pytest.mark.parametrize("how", [BANK, PLATFORM])
def test_our_number_that_arrives_after_all_is_a_case(shop: Shop, paying: Paying, how: str, late: str):
    refund_no = ended(shop, paying, "closed")
    if late:
        payment, = shop.rows(payments)
        paying.faults({"at": "refund_outcome", "do": "closed", "order": payment.payment_no})
        retry(shop, refund_no)
        shop.tick("refunds.send_due_refunds")
        paying.until(lambda: only(shop).state == "FAILED")
    record(shop, refund_no, how, "N1")
    before = shop.snapshot()
    for told in ("PROCESSING", "CLOSED", "ABNORMAL"):
        assert keep(shop, refund_no + late, told) == "DONE"
    assert shop.snapshot() == before
    for _ in range(2):
        assert keep(shop, refund_no + late, "SUCCESS") == "DONE"
    assert [(case.kind, case.reference, case.state) for case in shop.rows(cases)] == [
        ("REFUND_FAILED", refund_no, "RESOLVED"), ("REFUND_TWICE", refund_no + late, "OPEN")]
    case, = shop.rows(cases, kind="REFUND_TWICE")
    assert (case.sentence, case.data["settled_number"]) == (
        f"退款 {refund_no} 已由员工线下退还，微信又按单号 {refund_no}{late} 退款到账，可能重复退款", "N1")
    assert len(finished(shop)) == 1
    assert shop.database.read(audit.audit) == []


@pytest.mark.parametrize(("wrong", "code", "status", "field"), [
    ({"refund_no": "rfd_NONE"}, "REFUND_NOT_FOUND", 404, "refund_no"),
    ({"refund_no": "theirs"}, "REFUND_NOT_FOUND", 404, "refund_no"),
    ({"refund_no": "due"}, "REFUND_NOT_FAILED", 409, None),
    ({"refund_no": "done"}, "REFUND_NOT_FAILED", 409, None),
    ({"number": "ours"}, "OUR_OWN_NUMBER", 400, "number"),
    ({"number": "ours-2"}, "OUR_OWN_NUMBER", 400, "number"),
    ({"number": "USED"}, "OUTSIDE_NUMBER_USED", 409, "number"),
    ({"number": "退款"}, "BAD_INPUT", 400, "number"),
    ({"how": "CASH"}, "BAD_INPUT", 400, "how"),
    ({"note": ""}, "BAD_INPUT", 400, "note"),
])
def test_a_refusal_changes_nothing(shop: Shop, wrong: dict, code: str, status: int, field: str | None):
    named = {name: refunded(shop, **({"seller_id": "sel_OTHER"} if name == "theirs" else {}))
             for name in ("failed", "theirs", "due", "done")}
    for name in ("failed", "theirs", "done"):
        shop.database.run(refund.keep_failure, named[name], "微信拒绝退款（NOT_ENOUGH）", shop.now)
    record(shop, named["done"], BANK, "USED")
    named |= {"ours": named["due"], "ours-2": f"{named['failed']}-2"}
    wanted = {"refund_no": "failed", "how": BANK, "number": "N1", "note": "已退", **wrong}
    staff, before = shop.staff("refunds.*"), shop.snapshot("audit_entries", "staff", "staff_sessions")
    with refused(code, status=status, field=field):
        staff.call("refunds.record_settled_by_hand", **{key: named.get(value, value) for key, value in wanted.items()})
    assert shop.snapshot("audit_entries", "staff", "staff_sessions") == before


def test_one_who_may_not_is_refused_and_the_number_of_a_transfer_is_free_in_the_platform(shop: Shop):
    first, second = refunded(shop), refunded(shop)
    for refund_no in (first, second):
        shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    clerk = shop.staff("orders.*")
    with refused("NOT_ALLOWED", status=403):
        clerk.call("refunds.record_settled_by_hand", refund_no=first, how=BANK, number="N1", note="已退")
    record(shop, first, BANK, "N1")
    record(shop, second, PLATFORM, "N1")
    assert {(row.refund_no, row.settled_how) for row in shop.rows(refunds)} == {(first, BANK), (second, PLATFORM)}
    assert shop.database.read(audit.audit) == []


def test_where_two_people_decide_what_one_says_was_given_back_counts_as_the_refund_did(shop: Shop, paying: Paying):
    refund_no = ended(shop, paying, "closed")
    amount_fen = only(shop).amount_fen
    first, second = two_people(shop, refund_approval_limit_fen=amount_fen - 1)
    wanted = {"refund_no": refund_no, "how": BANK, "number": "B202611280001", "note": "转账退还"}
    before = shop.snapshot("sensitive_changes", "audit_entries")
    asked = first.call("refunds.record_settled_by_hand", **wanted)
    assert (asked["state"], asked["value_fen"]) == ("WAITS", amount_fen)
    assert shop.snapshot("sensitive_changes", "audit_entries") == before
    second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert only(shop).state == "DONE"
    assert first.call("refunds.record_settled_by_hand", **wanted) == {"refund_no": refund_no, "state": "DONE"}
