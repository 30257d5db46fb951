"""ledger.list_balances: every account to the fen, which add up to zero (E9)."""

from __future__ import annotations

from mall.kit.schema import DEFAULT_SELLER

from typing import Any

from tests.functions.ops.seeds import paid, pay, place, prepay, stranger
from tests.support import points
from tests.support.shop import Caller, Shop, refused


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
    assert stranger(shop).call("ledger.list_balances") == {"items": [], "next_cursor": None}


def test_members_and_staff_without_the_permission_see_nothing(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("ledger.list_balances")
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("ledger.list_balances")


def test_however_many_members_own_something_the_sum_is_zero_and_each_is_found(shop: Shop):
    paid(shop)
    for number in range(7):
        points.owner(shop, 10 + number, f"m{number}")
    staff = shop.staff("ledger.*")
    found = {each["account"]: each for each in staff.call("ledger.list_balances")["items"]}
    assert sum(each["amount_fen"] for each in found.values()) == 0 and "wechat" in found
    assert (found["points/*"]["amount_fen"], found["points/*"]["accounts"]) == (-91, 7)
    assert pages(staff, limit=2) == list(found)
    each = [account for account in pages(staff, members="points", limit=3)]
    assert len(each) == len(set(each)) == 7 and all(account.startswith("points/mem_") for account in each)
    with refused("PLATFORM_ONLY", status=403):
        stranger(shop).call("ledger.list_balances", members="points")
    with refused("BAD_CURSOR", status=400, field="cursor"):
        staff.call("ledger.list_balances", cursor="nonsense")


def pages(staff: Caller, **asked: Any) -> list[str]:
    found, cursor = [], None
    while True:
        page = staff.call("ledger.list_balances", **asked, **({"cursor": cursor} if cursor else {}))
        found += [each["account"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_the_entries_of_an_order_come_page_by_page(shop: Shop):
    order_no, _ = paid(shop)
    staff = shop.staff("ledger.*")
    whole = staff.call("ledger.list_entries", order_no=order_no)
    assert whole["next_cursor"] is None and len(whole["items"]) >= 2
    found, cursor = [], None
    while len(found) < len(whole["items"]):
        page = staff.call("ledger.list_entries", order_no=order_no, limit=1, **({"cursor": cursor} if cursor else {}))
        found, cursor = found + page["items"], page["next_cursor"]
    assert found == whole["items"]
    assert staff.call("ledger.list_entries", order_no=order_no, limit=1, cursor=cursor) == {
        "items": [], "next_cursor": None}
