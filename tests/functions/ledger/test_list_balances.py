"""ledger.list_balances: every account to the fen, which add up to zero (E9)."""

from __future__ import annotations

from mall.kit.schema import DEFAULT_SELLER

from tests.functions.ops.seeds import paid, pay, place, prepay, stranger
from tests.support.shop import Shop, refused


def balances(shop: Shop) -> dict[str, tuple[int, int]]:
    items = shop.staff("ledger.*").call("ledger.list_balances")["items"]
    assert sum(each["amount_fen"] for each in items) == 0
    return {each["account"]: (each["amount_fen"], each["entries"]) for each in items}


def test_money_that_came_and_went_stands_on_its_accounts(shop: Shop):
    assert balances(shop) == {}
    order_no, _ = paid(shop)
    assert pay(shop, prepay(shop, order_no)) == "sent_back"
    place(shop)  # unpaid: no money
    assert balances(shop) == {
        f"order_funds/{DEFAULT_SELLER}": (-2_000, 1), "refunds_payable": (-2_000, 1), "unspent": (0, 2),
        "wechat": (4_000, 2)}


def test_another_sellers_staff_see_their_own_accounts_only(shop: Shop):
    paid(shop)
    assert stranger(shop).call("ledger.list_balances") == {"items": []}


def test_members_and_staff_without_the_permission_see_nothing(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("ledger.list_balances")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("ledger.list_balances")
