"""Who pays with which openid in which app (spec E5, A1): a person has one in each, and the session says which."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from mall.tables.people import sessions
from mall.tables.trade import cases, payments
from sqlalchemy import update

from tests.support import seed, trade, wallet
from tests.support.pay import Paying
from tests.support.shop import APPID, WEB_APPID, Caller, Shop, refused


def unpaid(shop: Shop, member: Caller) -> str:
    return trade.place(shop, member, seed.product(shop, price_fen=9_900).sku_id, delivery="PICKUP")["order_no"]


def pairs(shop: Shop) -> list[tuple[str, str | None, str]]:
    return sorted((row.appid, row.openid, row.state) for row in shop.rows(payments))


def at_wechat(paying: Paying, payment_no: str) -> tuple[str, str]:
    known = paying.client.get(f"/_sim/orders/{payment_no}").json()
    return known["appid"], known["openid"]


def check_signed(paying: Paying, given: dict[str, str], appid: str) -> None:
    certificate = x509.load_pem_x509_certificate(Path(paying.simulator["certificate_file"]).read_bytes())
    text = "\n".join((appid, given["timeStamp"], given["nonceStr"], given["package"], ""))
    certificate.public_key().verify(base64.b64decode(given["paySign"]), text.encode(), padding.PKCS1v15(), SHA256())


def test_a_buyer_of_the_service_account_pays_with_its_appid_and_openid(shop: Shop, paying: Paying):
    web = shop.in_web(shop.member())
    order_no = unpaid(shop, web)
    started = web.call("payments.start_payment", order_no=order_no)
    given = started["request_payment"]
    assert given["appId"] == WEB_APPID
    check_signed(paying, given, WEB_APPID)
    assert pairs(shop) == [(WEB_APPID, web.openid, "PREPAID")]
    assert at_wechat(paying, started["payment_no"]) == (WEB_APPID, web.openid)
    paying.pay(started["payment_no"])
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")
    assert paying.answers[-1] in (200, 204)
    assert pairs(shop) == [(WEB_APPID, web.openid, "PAID")]
    assert shop.rows(cases) == []


def test_a_person_with_two_openids_pays_with_that_of_the_session(shop: Shop, paying: Paying):
    mini = shop.member()
    web = shop.in_web(mini)
    order_no = unpaid(shop, mini)
    first = web.call("payments.start_payment", order_no=order_no)
    second = mini.call("payments.start_payment", order_no=order_no)
    assert second["request_payment"]["appId"] == APPID
    check_signed(paying, second["request_payment"], APPID)
    assert second["payment_no"] != first["payment_no"]
    assert pairs(shop) == sorted([(APPID, mini.openid, "PREPAID"), (WEB_APPID, web.openid, "CLOSED")])
    assert paying.order(first["payment_no"])["state"] == "CLOSED"
    assert mini.call("payments.start_payment", order_no=order_no)["payment_no"] == second["payment_no"]


@pytest.mark.parametrize("channel", ["native", "h5"])
def test_a_code_or_a_page_is_of_the_app_where_it_was_begun_and_good_in_the_other(
        shop: Shop, paying: Paying, channel: str):
    mini = shop.member()
    web = shop.in_web(mini)
    order_no = unpaid(shop, mini)
    first = web.call("payments.start_payment", order_no=order_no, channel=channel)
    assert mini.call("payments.start_payment", order_no=order_no, channel=channel)["payment_no"] == first["payment_no"]
    assert pairs(shop) == [(WEB_APPID, None, "PREPAID")]
    paying.pay(first["payment_no"])
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")


def test_a_session_of_an_app_that_is_not_ours_pays_by_no_jsapi(shop: Shop, paying: Paying):
    member = shop.member()
    order_no = unpaid(shop, member)
    shop.database.run(lambda tx: tx.write(
        update(sessions).where(sessions.c.subject_id == member.subject_id).values(appid="wxOFTHEPAST")))
    before, known = shop.snapshot(), len(paying.books()["orders"])
    with refused("BAD_INPUT", status=400, field="channel"):
        member.call("payments.start_payment", order_no=order_no)
    assert (shop.snapshot(), len(paying.books()["orders"])) == (before, known)
    member.call("payments.start_payment", order_no=order_no, channel="native")
    assert pairs(shop) == [(APPID, None, "PREPAID")]


def test_a_wallet_is_topped_up_with_the_pair_of_the_session(shop: Shop, paying: Paying):
    wallet.open(shop)
    mini = shop.member()
    web = shop.in_web(mini)
    first = mini.call("wallets.top_up_wallet", amount_fen=5_000)
    second = web.call("wallets.top_up_wallet", amount_fen=5_000)
    assert second["request_payment"]["appId"] == WEB_APPID
    check_signed(paying, second["request_payment"], WEB_APPID)
    assert at_wechat(paying, second["payment_no"]) == (WEB_APPID, web.openid)
    assert paying.order(first["payment_no"])["state"] == "CLOSED"
    paying.pay(second["payment_no"])
    paying.until(lambda: mini.call("wallets.view_wallet")["balance_fen"] == 5_000)


def test_wechat_refuses_an_openid_of_another_app_and_staff_are_told(shop: Shop, paying: Paying):
    mini = shop.member()
    web = shop.in_web(mini)
    order_no = unpaid(shop, mini)
    shop.database.run(lambda tx: tx.write(
        update(sessions).where(sessions.c.openid == web.openid).values(appid=APPID)))
    with refused("PAY_REFUSED") as caught:
        web.call("payments.start_payment", order_no=order_no)
    assert caught[0].data["wechat_code"] == "PARAM_ERROR"
    assert [(row.kind, row.reference) for row in shop.rows(cases)] == [("PAYMENT_REFUSED", "PARAM_ERROR")]
    assert trade.order(shop, order_no).state == "UNPAID"


@pytest.mark.parametrize("of", ["mini", "web"])
def test_a_notice_is_taken_with_the_app_that_was_paid_in_and_with_no_other(shop: Shop, paying: Paying, of: str):
    mini = shop.member()
    buyer = mini if of == "mini" else shop.in_web(mini)
    order_no = unpaid(shop, mini)
    payment_no = buyer.call("payments.start_payment", order_no=order_no)["payment_no"]
    paying.faults({"at": "notice.payment", "do": "wrong_appid", "order": payment_no, "times": 1})
    paying.pay(payment_no)
    paying.until(lambda: 422 in paying.answers)
    assert [row.kind for row in shop.rows(cases, reference=payment_no)] == ["NOTICE_MISMATCH"]
    paying.until(lambda: trade.order(shop, order_no).state == "TO_SHIP")  # WeChat sends the true one again
    paying.until(lambda: paying.answers[:2] == [422, 200])


def test_an_answer_about_another_app_settles_nothing(shop: Shop, paying: Paying, monkeypatch):
    web = shop.in_web(shop.member())
    order_no = unpaid(shop, web)
    payment_no = web.call("payments.start_payment", order_no=order_no)["payment_no"]
    paying.faults({"at": "notice", "do": "lose", "order": "*", "times": None})
    paying.pay(payment_no)
    seen: dict[str, Any] = {"appid": APPID}
    query = paying.adapter._as_direct
    monkeypatch.setattr(paying.adapter, "_as_direct", lambda told: {**query(told), **seen})
    shop.move(minutes=1)
    assert shop.tick("payments.query_stuck_payments")["failed"] == 1
    assert trade.order(shop, order_no).state == "UNPAID"
    assert [row.kind for row in shop.rows(cases, reference=payment_no)] == ["NOTICE_MISMATCH"]
    seen.clear()
    shop.move(minutes=10)
    assert shop.tick("payments.query_stuck_payments")["paid"] == 1
    assert trade.order(shop, order_no).state == "TO_SHIP"
