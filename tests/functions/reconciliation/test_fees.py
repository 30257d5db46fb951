"""reconciliation.match_bills posts WeChat's fees into the ledger, as the matched bills have them (E9, E10)."""

from __future__ import annotations

from mall.flows.ops import audit
from mall.kit.ledger import ledger_entries
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import bill_rows, bills

from tests.functions.reconciliation.days import Day, clerk, found
from tests.support.shop import Shop

FEE = f"wechat_fee/{DEFAULT_SELLER}"


def fees(shop: Shop) -> dict[str, tuple[int, int]]:
    """{reference: (fee, what left WeChat)} of the fee movements."""
    legs: dict[str, dict[str, int]] = {}
    for row in shop.rows(ledger_entries, reason="FEE_CHARGED"):
        legs.setdefault(row.reference, {})[row.account] = row.amount
    return {reference: (each[FEE], each["wechat"]) for reference, each in legs.items()}


def audited(shop: Shop) -> list[str]:
    return shop.database.read(audit.audit)


def posted_fen(shop: Shop) -> int:
    return sum(fee for fee, _ in fees(shop).values())


def billed_fen(shop: Shop) -> int:
    matched = {row.bill_id for row in shop.rows(bills, state="MATCHED", kind="TRADE")}
    return sum(row.fee_fen for row in shop.rows(bill_rows) if row.bill_id in matched)


def test_the_fees_of_payments_and_refunds_are_posted_once(shop: Shop, day: Day):
    _, kept = day.paid()
    _, back, refund_no = day.refunded()
    day.end()
    day.pull()
    assert (fees(shop), audited(shop)) == ({}, [])
    day.match()
    assert fees(shop) == {f"{kept}:fee": (60, -60), f"{back}:fee": (60, -60), f"{refund_no}:fee": (-60, 60)}
    assert posted_fen(shop) == billed_fen(shop) == 60
    assert audited(shop) == []
    before = shop.snapshot()
    day.match()
    assert shop.snapshot() == before
    wechat = sum(row.amount for row in shop.rows(ledger_entries, account="wechat"))
    assert wechat == 10_000 - 60


def test_a_fee_that_is_not_the_contracts_is_posted_as_wechat_took_it_and_stays_a_case(shop: Shop, day: Day):
    _, payment_no = day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": "changed_fee", "order": payment_no, "by_fen": 7, "times": None})
    day.pull()
    day.match()
    assert fees(shop) == {f"{payment_no}:fee": (67, -67)}
    assert found(shop) == [("FEE", "PAYMENT", payment_no)]
    assert audited(shop) == []


def test_a_bill_that_wechat_writes_anew_is_corrected_by_one_more_movement(shop: Shop, day: Day):
    _, first = day.paid()
    _, second = day.paid()
    day.end()
    day.paying.faults({"at": "bill.trade_row", "do": "changed_fee", "order": first, "by_fen": 7, "times": None},
                      {"at": "bill.trade_row", "do": "missing_row", "order": second, "times": None})
    day.pull()
    day.match()
    assert fees(shop) == {f"{first}:fee": (67, -67)}
    day.paying.faults()
    clerk(shop).call("reconciliation.pull_day", day=day.date.isoformat())
    assert fees(shop) == {f"{first}:fee": (67, -67), f"{first}:fee:2": (-7, 7), f"{second}:fee": (60, -60)}
    assert posted_fen(shop) == billed_fen(shop) == 120
    assert audited(shop) == []


def test_a_row_that_a_new_bill_no_longer_has_gives_its_fee_back(shop: Shop, day: Day):
    _, payment_no = day.paid()
    day.paid()
    day.end()
    day.pull()
    day.match()
    day.paying.faults({"at": "bill.trade_row", "do": "missing_row", "order": payment_no, "times": None})
    clerk(shop).call("reconciliation.pull_day", day=day.date.isoformat())
    assert fees(shop)[f"{payment_no}:fee:2"] == (-60, 60)
    assert posted_fen(shop) == billed_fen(shop) == 60
    assert audited(shop) == []


def test_the_fee_of_money_that_we_have_not_booked_waits_until_we_have(shop: Shop, day: Day):
    order_no, lost = day.started()
    day.paying.faults({"at": "notice", "do": "lose", "order": lost, "times": None})
    day.paying.pay(lost)
    day.end()
    day.pull()
    day.match()
    assert (fees(shop), found(shop)) == ({}, [("MISSING_HERE", "PAYMENT", lost)])
    shop.tick("payments.query_stuck_payments")
    assert audited(shop) == []
    assert day.match()["mended"] == 1
    assert fees(shop) == {f"{lost}:fee": (60, -60)}
    assert audited(shop) == []


def test_two_matchings_at_the_same_moment_post_each_fee_once(shop: Shop, day: Day):
    for _ in range(3):
        day.paid()
    day.end()
    day.pull()
    answers = shop.in_parallel(day.match, day.match, day.match)
    assert not any(isinstance(answer, Exception) for answer in answers)
    assert [fee for fee, _ in fees(shop).values()] == [60, 60, 60]
    assert audited(shop) == []


def test_the_audit_finds_a_fee_that_is_missing_or_another(shop: Shop, day: Day):
    from sqlalchemy import update

    _, payment_no = day.paid()
    day.end()
    day.pull()
    day.match()
    shop.database.run(lambda tx: tx.change(
        update(bill_rows).where(bill_rows.c.number == payment_no, bill_rows.c.entry == "PAYMENT").values(fee_fen=61)))
    assert audited(shop) == [f"ledger has 60 fen of WeChat's fee for {payment_no}, the matched bills have 61"]
