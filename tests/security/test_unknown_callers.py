"""Nothing is written before the caller is known; and one person is one person, by whatever door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mall.kit.idempotency import idempotency_keys
from mall.tables.people import addresses, attempts, sessions
from mall.tables.trade import orders

from tests.support import seed
from tests.support.shop import CloudContext, Shop, http_event, refused

pytestmark = pytest.mark.spec("J2")

SAVE = "members.save_address"
ADDRESS = {"name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区",
           "detail": "文三路1号"}
SOURCES = ["", "wx_http", "wx_unknown", "web"]


def knock(shop: Shop, action: str, given: dict[str, Any], key: str, **headers: str) -> Any:
    return shop.answer_of(shop.send(action, http_event(action, json.dumps(given), {"idempotency-key": key, **headers})))


@pytest.mark.parametrize("action", [SAVE, "orders.place_order", "payments.start_payment", "staff.save_role",
                                    "refunds.start_refund"])
def test_three_hundred_calls_without_a_token_leave_no_row(shop: Shop, action: str):
    given = {"orders.place_order": {"lines": [{"sku_id": "sku_1", "quantity": 1}], "expected_pay_fen": 1},
             "payments.start_payment": {"order_no": "ord_1"}, SAVE: ADDRESS,
             "staff.save_role": {"name": "客服", "permissions": ["orders.*"]}}.get(action, {"order_no": "ord_1"})
    before = shop.snapshot()
    for number in range(60):
        for source in SOURCES:
            with pytest.raises(Exception, match="NOT_SIGNED_IN|BAD_INPUT"):
                shop.answer_of(shop.send(action, {**given, "idempotency_key": f"k{number}"},
                                         CloudContext("", source=source)))
        with pytest.raises(Exception, match="NOT_SIGNED_IN|BAD_INPUT"):
            knock(shop, action, given, f"k{number}")
    assert (shop.snapshot(), shop.rows(idempotency_keys), shop.rows(attempts)) == (before, [], [])


def test_a_dead_session_leaves_no_row(shop: Shop):
    gone, expired = shop.member("退出"), shop.member("过期")
    gone.call("members.sign_out")
    shop.database.run(lambda tx: tx.change(sessions.update().where(
        sessions.c.subject_id == expired.subject_id).values(expires_at=shop.now)))
    kept = shop.rows(idempotency_keys)
    for caller in (gone, expired):
        for key in ("k-1", None):
            with refused("SESSION_EXPIRED", status=401):
                caller.call(SAVE, key=key, **ADDRESS)
    assert shop.rows(idempotency_keys) == kept


def test_an_openid_that_is_no_member_leaves_no_row(shop: Shop):
    for number in range(20):
        with refused("NOT_SIGNED_IN"):
            shop.answer_of(shop.send(SAVE, {**ADDRESS, "idempotency_key": f"k{number}"}, CloudContext("o-stranger")))
    assert shop.rows(idempotency_keys) == []


@pytest.mark.parametrize("over_http_first", [True, False])
def test_one_key_is_one_order_by_whatever_door_it_comes(shop: Shop, over_http_first: bool):
    goods, member = seed.product(shop), shop.member()
    address = seed.address(shop, member)
    given = {"lines": [{"sku_id": goods.sku_id, "quantity": 1}], "address_id": address}
    given["expected_pay_fen"] = member.call("pricing.quote_checkout", **given)["pay_fen"]

    def by_cloud() -> Any:
        return shop.answer_of(shop.send("orders.place_order", {**given, "idempotency_key": "one"},
                                        CloudContext(member.openid)))

    def by_http() -> Any:
        return member.call("orders.place_order", key="one", **given)

    first, second = (by_http, by_cloud) if over_http_first else (by_cloud, by_http)
    assert first()["order_no"] == second()["order_no"]
    assert len(shop.rows(orders)) == 1
    assert len(shop.rows(idempotency_keys)) == 1


def test_of_twelve_at_the_same_moment_by_both_doors_one_is_done(shop: Shop):
    member = shop.member()
    http = [lambda: member.call(SAVE, key="one", **ADDRESS)] * 6
    cloud = [lambda: shop.answer_of(shop.send(SAVE, {**ADDRESS, "idempotency_key": "one"},
                                              CloudContext(member.openid)))] * 6
    answers = shop.in_parallel(*[work for pair in zip(http, cloud, strict=True) for work in pair])
    assert {json.dumps(answer) if isinstance(answer, dict) else repr(answer) for answer in answers} == {
        json.dumps({"address_id": shop.rows(addresses)[0].address_id, "version": 1, "is_default": True})}
    assert len(shop.rows(addresses)) == 1


def test_two_strangers_keys_have_nothing_to_do_with_each_other(shop: Shop):
    me, other = shop.member("小红"), shop.member("小明")
    for caller in (me, other):
        caller.call(SAVE, key="k-1", **ADDRESS)
    assert {row.member_id for row in shop.rows(addresses)} == {me.subject_id, other.subject_id}


def test_a_call_registers_its_key_in_the_round_trip_of_its_first_reads(shop: Shop):
    """The statement that registers finds by itself whose key it is: no trip is spent on asking first."""
    if shop.database.kind == "sqlite":
        pytest.skip("a SQLite file has no round trips")
    member, link, counted = shop.member(), shop.database.link(), []

    def by_cloud(version: int, **key: str) -> Any:
        event = {"version": version, "nickname": "红", **key}
        return shop.answer_of(shop.send("members.update_profile", event, CloudContext(member.openid)))

    for call in (lambda: by_cloud(1, idempotency_key="first"), lambda: by_cloud(2),
                 lambda: by_cloud(3, idempotency_key="c"),
                 lambda: member.call("members.update_profile", key="h", version=4, nickname="红")):
        before = link.round_trips
        call()
        counted.append(link.round_trips - before)
    assert counted[1:] == [3, 3, 3]  # without a key, with one, and signed: reads, the profile, the commit


@pytest.mark.parametrize("key", ["k-1", None])
def test_a_repetition_that_was_signed_anew_is_itself_good_once(shop: Shop, key: str | None):
    """The stored answer is given to each of a client's own repetitions, and to no copy of one."""
    member = shop.member()
    first, again = member.event(SAVE, ADDRESS, "k-1"), member.event(SAVE, ADDRESS, "k-1")
    answers = [shop.answer_of(shop.send(SAVE, event)) for event in (first, again)]
    assert answers[0] == answers[1]
    for event in (first, again):
        with refused("REQUEST_REPLAYED", status=401):
            shop.answer_of(shop.send(SAVE, event))
    assert len(shop.rows(addresses)) == 1


def test_a_key_that_is_repeated_beyond_reason_is_worn_out(shop: Shop):
    member = shop.member()
    member.call(SAVE, key="k-1", **ADDRESS)
    shop.database.run(lambda tx: tx.change(idempotency_keys.update().values(nonces="n" * 13_001)))
    before = shop.snapshot()
    with refused("IDEMPOTENCY_KEY_WORN_OUT", status=429):
        member.call(SAVE, key="k-1", **ADDRESS)
    assert shop.snapshot() == before
