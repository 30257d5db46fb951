"""orders.list_orders (spec E3)."""

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def test_pages_hold_every_own_order_once_with_its_lines_the_newest_first(shop: Shop):
    goods, member, other = seed.product(shop, title="围巾"), shop.member(), shop.member("小明")
    placed = [trade.place(shop, member, goods.sku_id, number)["order_no"] for number in (1, 2, 3, 4, 5)]
    trade.place(shop, other, goods.sku_id)
    seen, cursor = [], None
    for _ in range(3):
        page = member.call("orders.list_orders", limit=2, cursor=cursor)
        seen += [(row["order"]["order_no"], row["order"]["lines"][0]["quantity"]) for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == list(zip(reversed(placed), (5, 4, 3, 2, 1), strict=True))
    assert cursor is None
    first = member.call("orders.list_orders", limit=1)["items"][0]
    assert (first["order"]["lines"][0]["title"], first["buttons"]) == ("围巾", ["start_payment", "cancel_order"])
    assert 1_700 < first["seconds_left_to_pay"] <= 1_800


def test_a_tab_holds_the_orders_of_its_state(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    unpaid = trade.place(shop, member, goods.sku_id)["order_no"]
    to_ship = trade.paid_order(shop, member, goods.sku_id)
    shipped = trade.paid_order(shop, member, goods.sku_id)
    trade.ship(shop, shipped)

    def tab(name: str) -> list[str]:
        return [row["order"]["order_no"] for row in member.call("orders.list_orders", tab=name)["items"]]

    assert (tab("unpaid"), tab("to_ship"), tab("shipped")) == ([unpaid], [to_ship], [shipped])
    assert (tab("all"), tab("finished"), tab("closed")) == ([shipped, to_ship, unpaid], [], [])


def test_a_page_of_any_size_takes_the_same_number_of_statements(shop: Shop):
    goods, member = seed.product(shop), shop.member()
    for _ in range(4):
        trade.place(shop, member, goods.sku_id)
    link = shop.database.link()

    def statements(limit: int) -> int:
        before = link.statements
        assert len(member.call("orders.list_orders", limit=limit)["items"]) == limit
        return link.statements - before

    assert statements(1) == statements(4) == 5  # who calls, the settings, the orders, their lines and refunds


def test_a_made_up_cursor_and_an_unknown_tab_are_refused(shop: Shop):
    member = shop.member()
    with refused("BAD_CURSOR", status=400, field="cursor"):
        member.call("orders.list_orders", cursor="WzFd")
    with refused("BAD_INPUT", status=400, field="tab"):
        member.call("orders.list_orders", tab="lost")
