"""wallets.top_up_wallet (E8, E5): a payment of its own, credited once, against the payment simulator."""

from __future__ import annotations

import pytest
from mall.domains.payments import store as payment_store
from mall.flows.ops import audit
from mall.tables.trade import cases, payments, refunds

from tests.support import trade, wallet
from tests.support.pay import Paying
from tests.support.shop import Shop, refused


def paid_at_wechat(shop: Shop, paying: Paying, member, amount_fen: int = 10_000) -> str:
    payment_no = member.call("wallets.top_up_wallet", amount_fen=amount_fen)["payment_no"]
    paying.pay(payment_no)
    return payment_no


def agree(shop: Shop, paying: Paying) -> None:
    """Our books in themselves, and this test's payments beside WeChat's."""
    assert wallet.findings(shop) == []
    mine = {row.payment_no for row in shop.rows(payments)}
    kept = {"orders": [each for each in paying.books(*mine)["orders"] if each["out_trade_no"] in mine]}
    assert shop.database.read(lambda tx: audit.against_books(tx, kept)) == []


@pytest.mark.parametrize(("channel", "shown"), [("jsapi", "request_payment"), ("native", "code_url"), ("h5", "h5_url")])
def test_each_channel_gives_the_client_what_it_needs(shop: Shop, paying: Paying, channel: str, shown: str):
    wallet.open(shop)
    member = shop.member()
    started = member.call("wallets.top_up_wallet", amount_fen=20_000, channel=channel)
    [row] = shop.rows(payments)
    assert (row.purpose, row.state, row.channel, row.amount_fen, row.checkout_id) == (
        "TOP_UP", "PREPAID", channel, 20_000, member.subject_id)
    assert [name for name in ("request_payment", "code_url", "h5_url") if started[name]] == [shown]
    assert paying.order(row.payment_no)["total_fen"] == 20_000
    assert wallet.owed(shop, member) == (0, 0)


def test_what_arrives_is_in_the_wallet_once_however_often_we_are_told(shop: Shop, paying: Paying):
    wallet.open(shop)
    member = shop.member()
    payment_no = paid_at_wechat(shop, paying, member)
    paying.until(lambda: wallet.owed(shop, member) == (10_000, 0))
    assert sorted(shop.in_parallel(*[lambda: trade.settle(shop, payment_no)] * 20)) == ["duplicate"] * 20
    assert wallet.owed(shop, member) == (10_000, 0)
    agree(shop, paying)


def test_twenty_notices_at_the_same_moment_credit_once(shop: Shop):
    wallet.open(shop)
    member = shop.member()
    payment_no = wallet.prepaid(shop, member, 10_000)
    answers = shop.in_parallel(*[lambda: trade.settle(shop, payment_no)] * 20)
    assert sorted(answers) == ["duplicate"] * 19 + ["settled"]
    assert wallet.owed(shop, member) == (10_000, 0)
    assert wallet.findings(shop) == []


def test_a_lost_notice_is_found_by_query(shop: Shop, paying: Paying):
    wallet.open(shop)
    member = shop.member()
    paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})
    paid_at_wechat(shop, paying, member)
    paying.move(minutes=2)
    assert shop.tick("payments.query_stuck_payments")["paid"] == 1
    assert wallet.owed(shop, member) == (10_000, 0)
    agree(shop, paying)


def test_asking_again_gives_the_same_payment_and_another_amount_closes_it_first(shop: Shop, paying: Paying):
    wallet.open(shop)
    member = shop.member()
    first, again = (member.call("wallets.top_up_wallet", amount_fen=10_000)["payment_no"] for _ in range(2))
    other = member.call("wallets.top_up_wallet", amount_fen=30_000)["payment_no"]
    assert first == again != other
    assert {row.payment_no: row.state for row in shop.rows(payments)} == {first: "CLOSED", other: "PREPAID"}
    assert paying.order(first)["state"] == "CLOSED"


def test_several_clicks_at_the_same_moment_are_one_payment(shop: Shop, paying: Paying):
    wallet.open(shop)
    member = shop.member()
    answers = shop.in_parallel(*[lambda: member.call("wallets.top_up_wallet", amount_fen=10_000)] * 4)
    assert {answer["payment_no"] for answer in answers} == {row.payment_no for row in shop.rows(payments)}
    assert len(shop.rows(payments)) == 1


def test_a_top_up_that_nobody_pays_is_closed_when_its_time_is_over(shop: Shop, paying: Paying):
    wallet.open(shop)
    payment_no = shop.member().call("wallets.top_up_wallet", amount_fen=10_000)["payment_no"]
    paying.move(minutes=31)
    assert shop.tick("payments.query_stuck_payments")["closed"] == 1
    assert [row.state for row in shop.rows(payments)] == ["CLOSED"]
    assert paying.order(payment_no)["state"] == "CLOSED"


@pytest.mark.parametrize(("amount_fen", "closed", "kind"), [(10_000, True, "LATE_PAYMENT"), (9_000, False,
                                                                                             "WRONG_AMOUNT")])
def test_money_after_the_close_or_of_another_amount_goes_back(shop: Shop, amount_fen: int, closed: bool, kind: str):
    wallet.open(shop)
    member, staff = shop.member(), shop.staff()
    payment_no = wallet.prepaid(shop, member, 10_000)
    if closed:
        shop.database.run(payment_store.mark_closed, payment_no, shop.now)
    assert trade.settle(shop, payment_no, amount_fen=amount_fen) == "sent_back"
    assert trade.settle(shop, payment_no, amount_fen=amount_fen) == "duplicate"
    assert wallet.owed(shop, member) == (0, 0)
    [row] = shop.rows(refunds)
    assert (row.payment_no, row.order_no, row.amount_fen, row.balance_fen, row.state) == (
        payment_no, None, amount_fen, 0, "DUE")
    assert [case.kind for case in shop.rows(cases)] == [kind]
    assert [each["refund_no"] for each in staff.call("refunds.list_refunds")["items"]] == [row.refund_no]
    assert wallet.findings(shop) == []


def test_amounts_out_of_bounds_are_refused_and_wechat_hears_nothing(shop: Shop, paying: Paying):
    wallet.open(shop, top_up_least_fen=1_000, top_up_most_fen=10_000, wallet_most_fen=15_000)
    member = wallet.owner(shop, 8_000)
    known, before = len(paying.books()["orders"]), shop.snapshot()
    for amount_fen in (999, 10_001):
        with refused("TOP_UP_OUT_OF_BOUNDS", status=400, field="amount_fen"):
            member.call("wallets.top_up_wallet", amount_fen=amount_fen)
    with refused("WALLET_FULL", status=422) as caught:
        member.call("wallets.top_up_wallet", amount_fen=7_001)
    assert caught[0].data == {"most_fen": 7_000}
    with refused("BAD_INPUT", status=400):
        member.call("wallets.top_up_wallet", amount_fen=0)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("wallets.top_up_wallet", amount_fen=5_000)
    assert (shop.snapshot(), len(paying.books()["orders"])) == (before, known)
    member.call("wallets.top_up_wallet", amount_fen=7_000)
