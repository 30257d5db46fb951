"""orders.search_orders (spec E11)."""

from datetime import timedelta

from mall.domains.orders import desk
from mall.tables.trade import orders, payments, shipments
from sqlalchemy import update

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def found(data: dict) -> list[str]:
    return [row["order"]["order_no"] for row in data["items"]]


def test_orders_are_found_by_number_phone_state_sku_and_time(shop: Shop):
    shirt, scarf, member, staff = seed.product(shop), seed.product(shop), shop.member(), shop.staff("orders.*")
    first = trade.paid_order(shop, member, shirt.sku_id)
    shop.move(days=2)
    home = seed.address(shop, member, name="李四", phone="13911112222")
    second = trade.place(shop, member, scarf.sku_id, address_id=home)["order_no"]

    def search(**wanted):
        return found(staff.call("orders.search_orders", **wanted))

    assert search() == [second, first]
    assert search(order_no=first) == [first]
    assert search(phone="13911112222") == [second]
    assert search(phone="13911112223") == []
    assert search(state="TO_SHIP") == [first]
    assert search(sku_id=scarf.sku_id) == [second]
    middle = shop.now - timedelta(days=1)
    assert (search(placed_from=middle), search(placed_until=middle)) == ([second], [first])
    assert search(phone="13911112222", state="TO_SHIP") == []
    assert search(delivery="PICKUP") == []


def test_what_people_type_is_found_in_any_case_and_with_blanks(shop: Shop):
    member, staff, goods = shop.member(), shop.staff(), seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no, tracking_no="YT7890000000001")
    (payment,) = shop.rows(payments)
    for name, number in (("order_no", order_no), ("payment_no", payment.payment_no), ("member_id", member.subject_id),
                         ("sku_id", goods.sku_id), ("tracking_no", "YT7890000000001"),
                         ("transaction_id", payment.transaction_id)):
        cases = () if name == "transaction_id" else (number.lower(), number.upper())  # WeChat's has digits alone
        for typed in (number, *cases, f" {number[:8]} {number[8:]}\u3000"):
            assert found(staff.call("orders.search_orders", **{name: typed})) == [order_no], (name, typed)
    assert [row["member_id"] for row in staff.call(
        "members.search_members", member_id=member.subject_id.lower())["items"]] == [member.subject_id]
    assert staff.call("ops.trace_order", order_no=order_no.upper())["order_no"] == order_no
    assert staff.call("ledger.list_entries", order_no=order_no.lower())["items"]


def test_the_list_masks_phones_and_offers_what_staff_may_do(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    trade.paid_order(shop, member, goods.sku_id)
    row = staff.call("orders.search_orders")["items"][0]
    assert (row["address"]["phone"], row["buttons"]) == ("138****0000", ["ship_orders", "start_refund"])
    assert (row["address"]["name"], row["address"]["detail"]) == ("张**", "****")
    assert not any(told in str(row) for told in ("13800000000", "张三", "科技园"))
    assert len(row["order"]["lines"]) == 1


def test_pages_hold_each_order_once_and_none_of_another_seller(shop: Shop):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    placed = [trade.place(shop, member, goods.sku_id)["order_no"] for _ in range(4)]
    shop.database.run(lambda tx: tx.write(
        update(orders).where(orders.c.order_no == placed[0]).values(seller_id="sel_OTHER")))
    first = staff.call("orders.search_orders", limit=2)
    second = staff.call("orders.search_orders", limit=2, cursor=first["next_cursor"])
    assert found(first) + found(second) == [placed[3], placed[2], placed[1]]
    assert second["next_cursor"] is None
    assert found(staff.call("orders.search_orders", order_no=placed[0])) == []


def test_half_a_phone_and_a_time_without_zone_are_refused(shop: Shop):
    staff = shop.staff()
    with refused("BAD_INPUT", status=400, field="phone"):
        staff.call("orders.search_orders", phone="1380000")
    with refused("BAD_INPUT", status=400, field="placed_from"):
        staff.call("orders.search_orders", placed_from="2026-11-21T00:00:00")
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("orders.search_orders")


def test_orders_are_found_by_payment_parcel_person_and_title(shop: Shop):
    shirt, scarf = seed.product(shop, title="长袖T恤"), seed.product(shop, title="羊毛围巾")
    buyer, other, staff = shop.member(), shop.member("小明"), shop.staff("orders.*")
    first = trade.paid_order(shop, buyer, shirt.sku_id)
    trade.ship(shop, first, "ZTO", "78900000000007")
    home = seed.address(shop, other, name="阿依古丽·买买提", phone="13911112222")
    second = trade.place(shop, other, scarf.sku_id, address_id=home)["order_no"]
    picked = trade.paid_order(shop, other, scarf.sku_id, delivery="PICKUP")
    payment = shop.rows(payments, payment_no=trade.order(shop, first).payment_no)[0]

    def search(**wanted):
        return found(staff.call("orders.search_orders", **wanted))

    assert search(transaction_id=payment.transaction_id) == search(payment_no=payment.payment_no) == [first]
    assert search(transaction_id="42000") == search(payment_no="pay_unknown") == []
    assert search(tracking_no="7890 0000 0000 07") == [first]
    assert search(name="阿依古丽买买提") == search(name="阿依古丽 • 买买提") == [second]
    assert search(name="阿依古丽") == []
    assert search(name="王五") == search(phone="13700000000") == [picked]
    assert search(member_id=other.subject_id) == [picked, second]
    assert search(title="围巾") == [picked, second]
    assert search(title="T恤") == search(title="t恤") == [first]
    assert search(title="围_") == search(title="%") == []
    assert search(member_id=other.subject_id, title="围巾", state="UNPAID", delivery="EXPRESS") == [second]
    assert search(tracking_no="78900000000007", name="张三", member_id=buyer.subject_id, sku_id=shirt.sku_id) == [first]
    assert search(tracking_no="78900000000007", member_id=other.subject_id) == []
    assert search(order_no=second, title="T恤") == []


def test_a_search_that_looks_at_some_of_the_orders_says_where_to_go_on(shop: Shop, monkeypatch):
    shirt, scarf, member, staff = (seed.product(shop, title="T恤"), seed.product(shop, title="围巾"), shop.member(),
                                   shop.staff())
    old = trade.place(shop, member, scarf.sku_id)["order_no"]
    for _ in range(3):
        trade.place(shop, member, shirt.sku_id)
    new = trade.place(shop, member, scarf.sku_id)["order_no"]
    monkeypatch.setattr(desk, "TITLES_LOOKED_AT", 2)
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = staff.call("orders.search_orders", title="围巾", **({"cursor": cursor} if cursor else {}))
        pages.append(found(page))
        cursor = page["next_cursor"]
    assert pages == [[new], [], [old]]
    monkeypatch.setattr(desk, "LOOKED_AT", 2)
    first = staff.call("orders.search_orders", member_id=member.subject_id, limit=1)
    assert found(first) == [new] and first["next_cursor"]


def test_another_sellers_order_is_not_found_by_what_is_told_of_it(shop: Shop):
    goods, member, staff = seed.product(shop, title="围巾"), shop.member(), shop.staff()
    order_no = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, order_no, "ZTO", "78900000000007")
    payment = shop.rows(payments)[0]
    shop.database.run(lambda tx: tx.write(update(orders).values(seller_id="sel_OTHER")))
    for wanted in ({"transaction_id": payment.transaction_id}, {"payment_no": payment.payment_no}, {"name": "张三"},
                   {"tracking_no": "78900000000007"}, {"member_id": member.subject_id}, {"title": "围巾"}):
        assert found(staff.call("orders.search_orders", **wanted)) == []


def test_no_number_of_another_sellers_order_stands_in_a_cursor(shop: Shop, monkeypatch):
    goods, member, staff = seed.product(shop), shop.member(), shop.staff()
    mine, *others = [trade.paid_order(shop, member, goods.sku_id) for _ in range(3)]
    for number, order_no in enumerate((mine, *others)):
        trade.ship(shop, order_no, "ZTO", f"7890000000000{number}")
    shop.database.run(lambda tx: (
        tx.write(update(orders).where(orders.c.order_no.in_(others)).values(seller_id="sel_OTHER")),
        tx.write(update(shipments).values(tracking_no="78900000000000"))))
    monkeypatch.setattr(desk, "LOOKED_AT", 2)
    for wanted in ({"member_id": member.subject_id}, {"tracking_no": "78900000000000"}):
        page = staff.call("orders.search_orders", **wanted)
        assert (found(page), page["next_cursor"]) == ([mine], None)
