"""Two accounts of one person become one: what members have beside value, who they are, and what stays of the ended
one (spec A1; docs/membership.md)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from mall.adapters.object_storage import ObjectStorage
from mall.domains.messaging.rules import Message
from mall.domains.messaging.tells import Template
from mall.domains.refunds.rules import RefundFinished
from mall.flows.people import merge_members
from mall.flows.reach import compose_messages, send_messages
from mall.kit.errors import Conflict
from mall.kit.ids import new_id
from mall.kit.ledger import ledger_accounts
from mall.kit.outbox import emit
from mall.kit.schema import metadata
from mall.tables.goods import cart_items, uploads
from mall.tables.marketing import coupons
from mall.tables.reach import message_consents, messages
from mall.tables.people import addresses, member_identities, members, sessions
from mall.tables.points import point_lots
from mall.tables.trade import cases, orders
from sqlalchemy import delete, insert, update

from tests.support import growth, points, seed, trade, twins, wallet
from tests.support.shop import APPID, Caller, Shop, refused
from tests.support.twins import coupon_template
from tests.support.uploads import picture, sent, uploaded


def findings(shop: Shop) -> list[str]:
    return points.findings(shop)


def save_address(caller: Caller, number: int, **more: Any) -> str:
    return caller.call("members.save_address", name="张三", phone="13800001111", province="浙江省", city="杭州市",
                       district="西湖区", detail=f"文三路{number}号", **more)["address_id"]


def test_addresses_are_joined_with_one_default_and_no_twin(shop: Shop):
    mini, web = twins.pair(shop)
    first = save_address(mini, 1)
    save_address(mini, 2)
    save_address(web, 2)
    save_address(web, 3)
    one = twins.learn(shop, mini)
    found = one.call("members.list_addresses")["addresses"]
    assert sorted(each["detail"] for each in found) == ["文三路1号", "文三路2号", "文三路3号"]
    defaults = [each["address_id"] for each in found if each["is_default"]]
    assert len(defaults) == 1 and (one.subject_id != mini.subject_id or defaults == [first])


def test_never_more_addresses_than_a_member_may_have(shop: Shop):
    mini, web = twins.pair(shop)
    for number in range(15):
        save_address(mini, number)
        save_address(web, 100 + number)
    one = twins.learn(shop, mini)
    assert len(one.call("members.list_addresses")["addresses"]) == 20
    assert len(shop.rows(addresses)) == 30  # what found no room is not thrown away
    with refused("ADDRESS_LIMIT_REACHED"):
        save_address(one, 999)


def test_an_account_without_addresses_takes_the_others_default(shop: Shop):
    mini, web = twins.pair(shop)
    save_address(web, 1)
    second = save_address(web, 2, is_default=True)
    trade.place(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")  # more orders: it stays
    one = twins.learn(shop, mini)
    assert one.subject_id == mini.subject_id
    assert [(each["address_id"], each["is_default"]) for each in one.call("members.list_addresses")["addresses"]][0] \
        == (second, True)


def test_carts_are_joined_up_to_the_limit(shop: Shop):
    points.settings(shop, cart_item_limit=3)
    goods = [seed.product(shop) for _ in range(5)]
    mini, web = twins.pair(shop)
    for each, sku_id, quantity in ((mini, goods[0].sku_id, 2), (mini, goods[1].sku_id, 1), (web, goods[1].sku_id, 4),
                                   (web, goods[2].sku_id, 1), (web, goods[3].sku_id, 1)):
        each.call("carts.put_cart_item", sku_id=sku_id, quantity=quantity)
        shop.move(seconds=1)
    one = twins.learn(shop, mini)
    items = {item["sku_id"]: item["quantity"] for item in one.call("carts.view_cart")["items"]}
    assert len(items) == 3 and items[goods[1].sku_id] == 4
    assert len(shop.rows(cart_items)) == 4
    with refused("CART_FULL"):
        one.call("carts.put_cart_item", sku_id=goods[4].sku_id, quantity=1)


def test_consents_are_added(shop: Shop):
    points.settings(shop, templates={"order_paid": "T1", "order_shipped": "T2"})
    mini, web = twins.pair(shop)
    mini.call("messaging.record_subscription", accepted=["order_paid", "order_shipped"])
    web.call("messaging.record_subscription", accepted=["order_paid"])
    one = twins.learn(shop, mini)
    assert {(row.member_id, row.template, row.remaining) for row in shop.rows(message_consents)} == {
        (one.subject_id, "order_paid", 2), (one.subject_id, "order_shipped", 1)}


def test_what_is_told_of_an_event_of_the_ended_account_is_told_to_the_one(shop: Shop):
    points.settings(shop, templates={"refund_done": "T1"})
    goods = seed.product(shop)
    mini, web = twins.pair(shop)
    for each in (mini, mini, web):
        each.call("messaging.record_subscription", accepted=["refund_done"])
        trade.place(shop, each, goods.sku_id, delivery="PICKUP")
    refund = {"refund_no": "rfd_1", "order_no": "ord_1", "member_id": web.subject_id, "amount_fen": 100}
    shop.database.run(lambda tx: emit(tx, RefundFinished(**refund), shop.now))  # before the merge, heard after it
    one = twins.learn(shop, mini)
    assert one.subject_id == mini.subject_id
    heard = Message(Template.REFUND_DONE, "rfd_1", web.subject_id, "pages/order/order", {"amount": "1.00"})
    shop.database.run(compose_messages._put, [heard], compose_messages.Reach(["SUBSCRIBE"], ""), shop.now)
    assert [(row.member_id, row.state) for row in shop.rows(messages)] == [(one.subject_id, "PENDING")]
    shop.database.run(lambda tx: tx.write(update(messages).values(member_id=web.subject_id)))  # composed just before
    due, = shop.database.run(lambda tx: send_messages.due(tx, APPID, shop.now))
    assert (due.member_id, due.openid) == (one.subject_id, mini.openid)


def test_who_was_blocked_as_one_of_them_stays_blocked(shop: Shop):
    mini, web = twins.pair(shop)
    trade.place(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")
    twins.change(shop, web, blocked=True)
    one = twins.learn(shop, mini)
    assert one.subject_id == mini.subject_id and twins.row(shop, one).blocked
    with refused("MEMBER_BLOCKED", status=403):
        one.call("members.view_profile")


def test_name_picture_and_phone_come_from_the_one_that_has_them(shop: Shop):
    mini, web = twins.pair(shop)
    twins.change(shop, mini, nickname="微信用户")
    twins.change(shop, web, nickname="阿红", avatar_url="https://img.mall.example/a.png", phone="13900002222")
    trade.place(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")
    one = twins.learn(shop, mini)
    row = twins.row(shop, one)
    assert (row.member_id, row.nickname, row.avatar_url, row.phone, row.unionid) == (
        mini.subject_id, "阿红", "https://img.mall.example/a.png", "13900002222", twins.unionid_of(mini))


def test_every_session_and_openid_leads_to_the_one_account(shop: Shop):
    goods = seed.product(shop)
    mini, web = twins.pair(shop)
    for each in (mini, web):
        trade.paid_order(shop, each, goods.sku_id)
    one = twins.learn(shop, mini)
    assert {row.subject_id for row in shop.rows(sessions) if row.openid} == {one.subject_id}
    for each in (mini, web, one):
        assert each.call("members.view_profile")["member_id"] == one.subject_id
        assert len(each.call("orders.list_orders")["items"]) == 2


def test_who_became_another_one_may_become_a_third(shop: Shop):
    wallet.open(shop)
    goods = seed.product(shop)
    mini, web = twins.pair(shop)
    wallet.top_up(shop, mini, 1_000)
    wallet.top_up(shop, web, 2_000)
    trade.paid_order(shop, web, goods.sku_id)
    one = twins.learn(shop, mini)
    assert one.subject_id == web.subject_id
    third = shop.member("小红")  # the same person in a third app, met without a unionid
    wallet.top_up(shop, third, 4_000)
    for _ in range(2):
        trade.paid_order(shop, third, goods.sku_id)
    last = twins.learn(shop, third)
    assert last.subject_id == third.subject_id
    assert wallet.owed(shop, last) == (7_000, 0)
    assert {row.member_id: row.merged_into for row in shop.rows(members)} == {
        third.subject_id: None, mini.subject_id: third.subject_id, web.subject_id: third.subject_id}
    assert len(last.call("orders.list_orders")["items"]) == 3
    assert findings(shop) == []


def test_what_cannot_be_merged_stays_two_with_a_case(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    wallet.open(shop)
    mini, web = twins.pair(shop)
    wallet.top_up(shop, mini, 1_000)

    def refuse(*_: Any) -> None:
        raise Conflict("账目不符")

    monkeypatch.setattr(merge_members.ledger, "carry_over", refuse)
    before = shop.snapshot("sessions", "cases")
    one = twins.learn(shop, mini)
    assert one.subject_id == mini.subject_id
    assert shop.snapshot("sessions", "cases") == before
    case, = shop.rows(cases)
    assert (case.kind, case.reference, case.state, case.data["other_id"]) == (
        "MEMBERS_NOT_MERGED", mini.subject_id, "OPEN", web.subject_id)
    monkeypatch.undo()
    assert wallet.owed(shop, twins.learn(shop, mini)) == (1_000, 0)
    assert findings(shop) == []


def test_a_coupon_cannot_be_issued_to_who_is_another_one_by_now(shop: Shop):
    template_id = coupon_template(shop, channel="STAFF")
    mini, web = twins.pair(shop)
    one = twins.learn(shop, mini)
    ended = web if one.subject_id == mini.subject_id else mini
    before = shop.snapshot()
    [result] = shop.staff().call("coupons.issue_coupons", template_id=template_id,
                                 member_ids=[ended.subject_id])["results"]
    assert (result["outcome"], result["coupon_id"]) == ("MERGED", None)
    del before["roles"], before["staff"], before["sessions"], before["audit_entries"]
    assert shop.snapshot("roles", "staff", "sessions", "audit_entries") == before


# nothing of value stays with the ended account, whatever it had


def value_scan(shop: Shop, member_id: str) -> set[str]:
    """Every column of every table in which the id stands."""
    return {f"{table.name}.{name}" for table in metadata.tables.values() for row in shop.rows(table)
            for name, value in row._asdict().items() if member_id in str(value)}


def test_after_a_merge_the_ended_id_stands_only_where_it_may(shop: Shop):
    wallet.open(shop, templates={"order_paid": "T1"})
    goods, template_id = seed.product(shop, price_fen=10_000, stock=50), coupon_template(shop)
    mini, web = twins.pair(shop)
    trade.place(shop, mini, goods.sku_id, delivery="PICKUP")
    for _ in range(6):  # more orders: it stays
        trade.place(shop, mini, goods.sku_id, delivery="PICKUP")
    wallet.top_up(shop, web, 5_000)
    wallet.prepaid(shop, web, 1_000)
    points.lot(shop, web, 500)
    web.call("coupons.claim_coupon", template_id=template_id)
    web.call("carts.put_cart_item", sku_id=goods.sku_id, quantity=1)
    web.call("messaging.record_subscription", accepted=["order_paid"])
    save_address(web, 1)
    trade.place(shop, web, goods.sku_id, delivery="PICKUP", balance_fen=1_000, points=100)
    received = points.received(shop, web, goods.sku_id)
    web.call("invoices.request_invoice", order_no=received, title_kind="PERSONAL", title="张三")
    points.refund(shop, received)
    shop.relay()
    assert twins.learn(shop, mini).subject_id == mini.subject_id
    texts = {"order_events.actor", "stock_entries.actor_id", "audit_entries.target", "outbox_events.payload",
             "idempotency_keys.answer", "messages.once_key", "level_changes.actor"}  # what was said then
    may = {name for name, how in merge_members.HANDLED.items() if how.startswith(merge_members.STAYS)}
    may |= {"ledger_accounts.account", "members.member_id"} | texts
    found = value_scan(shop, web.subject_id)
    assert found - may == set()
    assert findings(shop) == []


# whatever the two have: nothing appears, nothing vanishes

AMOUNTS = st.tuples(st.integers(0, 3), st.lists(st.integers(1, 400), max_size=3), st.integers(0, 2), st.integers(0, 2))


@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=AMOUNTS, second=AMOUNTS, places=st.permutations(["小红", "阿红"]))
def test_what_two_have_one_has_to_the_fen_and_the_point(shop: Shop, first: tuple, second: tuple, places: list[str]):
    if not shop.rows(members):
        wallet.open(shop)
    goods = seed.product(shop, price_fen=7_300, stock=50)
    name = f"{places[0]}{len(shop.rows(members))}"
    mini, web = twins.pair(shop, name)
    for each, (top_ups, lots, received, open_orders) in ((mini, first), (web, second)):
        for _ in range(top_ups):
            wallet.top_up(shop, each, 3_100)
        for days, amount in enumerate(lots, 1):
            points.lot(shop, each, amount, days=days)
        for _ in range(received):
            points.received(shop, each, goods.sku_id)
        free_fen, free = wallet.owed(shop, each)[0], points.standing(shop, each)[0]
        for _ in range(open_orders):
            trade.place(shop, each, goods.sku_id, delivery="PICKUP", balance_fen=min(free_fen // 2, 1_000),
                        points=min(free // 2, 50))
    fen = [sum(pair) for pair in zip(wallet.owed(shop, mini), wallet.owed(shop, web), strict=True)]
    held = [sum(pair) for pair in zip(points.standing(shop, mini), points.standing(shop, web), strict=True)]
    grown = sum(growth.of(shop, mini).values()) + sum(growth.of(shop, web).values())
    lots = sorted(points.lots(shop, mini) + points.lots(shop, web))
    one = twins.learn(shop, mini)
    assert list(wallet.owed(shop, one)) == fen
    assert list(points.standing(shop, one)) == held
    assert (sum(growth.of(shop, one).values()), sorted(points.lots(shop, one))) == (grown, lots)
    assert findings(shop) == []


# the audit finds what stays behind


@pytest.mark.parametrize(("left", "expected"), [
    ("orders", "is merged or gone and still has 1 orders"),
    ("coupons", "is merged or gone and still has 1 coupons"),
    ("lots", "is merged or gone and still has 1 points lots"),
    ("wallet", "to a member who is merged or gone"),
    ("openid", "or whom no openid leads to"),
])
def test_value_left_with_an_ended_account_is_found(shop: Shop, left: str, expected: str):
    wallet.open(shop)
    mini, web = twins.pair(shop)
    trade.place(shop, mini, seed.product(shop).sku_id, delivery="PICKUP")
    wallet.top_up(shop, mini, 1_000)
    points.lot(shop, mini, 10)
    mini.call("coupons.claim_coupon", template_id=coupon_template(shop))
    assert findings(shop) == []
    assert twins.learn(shop, mini).subject_id == mini.subject_id
    moved = {"orders": (orders, orders.c.member_id), "coupons": (coupons, coupons.c.member_id),
             "lots": (point_lots, point_lots.c.member_id)}
    if left == "wallet":
        shop.database.run(lambda tx: tx.write(update(ledger_accounts).where(
            ledger_accounts.c.account == f"stored_value/{web.subject_id}").values(owed=5)))
        shop.database.run(lambda tx: tx.write(insert(ledger_accounts).values(
            account=f"stored_value/{new_id('mem')}", owed=7)))
    elif left == "openid":
        shop.database.run(lambda tx: tx.write(delete(member_identities)))
    else:
        table, column = moved[left]
        shop.database.run(lambda tx: tx.write(update(table).values({column.name: web.subject_id})))
    assert any(expected in sentence for sentence in findings(shop))


def test_staff_who_ask_by_the_ended_id_are_told_the_other_one(shop: Shop):
    wallet.open(shop)
    mini, web = twins.pair(shop)
    one = twins.learn(shop, mini)
    ended = web if one.subject_id == mini.subject_id else mini
    staff = shop.staff()
    for action in ("wallets.show_member_wallet", "points.show_member_points", "members.show_member_growth"):
        with refused("MEMBER_MERGED", status=404, field="member_id") as caught:
            staff.call(action, member_id=ended.subject_id)
        assert caught[0].data == {"member_id": one.subject_id}
        staff.call(action, member_id=one.subject_id)


def test_what_one_of_them_uploaded_is_the_persons(shop: Shop, storage: ObjectStorage):
    mini, web = twins.pair(shop)
    face = uploaded(web, picture(), purpose="AVATAR", content_type="image/png")
    waiting = sent(mini, picture(), purpose="REVIEW", content_type="image/png")
    one = twins.learn(shop, mini)
    assert {row.owner_id for row in shop.rows(uploads)} == {one.subject_id}
    assert one.call("members.finish_upload", upload_id=waiting)["width"] == 60
    version = one.call("members.view_profile")["version"]
    one.call("members.update_profile", version=version, avatar_url=face["public_url"])
