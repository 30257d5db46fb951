"""reconciliation.list_bills (spec E10)."""

from mall.domains.reconciliation.rules import BillKind
from mall.tables.accounts import bills
from sqlalchemy import update

from tests.functions.reconciliation import seeds
from tests.functions.reconciliation.days import clerk
from tests.support.shop import Shop, refused


def test_bills_are_listed_by_day_newest_first_with_totals_and_each_once_over_pages(shop: Shop):
    old = seeds.bill(shop, "2026-11-19", BillKind.TRADE)
    gone = seeds.bill(shop, "2026-11-20", BillKind.TRADE, "a" * 40)
    trade = seeds.bill(shop, "2026-11-20", BillKind.TRADE, "b" * 40)
    fund = seeds.bill(shop, "2026-11-20", BillKind.FUND)
    staff = clerk(shop)
    first = staff.call("reconciliation.list_bills", limit=2)
    second = staff.call("reconciliation.list_bills", limit=2, cursor=first["next_cursor"])
    rows = first["items"] + second["items"]
    assert [(row["bill_id"], row["state"]) for row in rows] == [
        (trade, "PULLED"), (gone, "REPLACED"), (fund, "PULLED"), (old, "PULLED")]
    assert rows[0]["totals"] == {"theirs": {"payments": 0, "payments_fen": 0, "refunds": 0, "refunds_fen": 0,
                                            "fee_fen": 0}}
    assert (rows[0]["sha1"], rows[0]["file_key"], rows[0]["matched_at"]) == (
        "b" * 40, f"bills/2026-11-20/{'b' * 40}.csv", None)


def test_bills_of_another_seller_are_not_listed_and_members_list_none(shop: Shop):
    seeds.bill(shop, "2026-11-19", BillKind.TRADE)
    shop.database.run(lambda tx: tx.write(update(bills).values(seller_id="sel_OTHER"), rows=1))
    assert clerk(shop).call("reconciliation.list_bills") == {"items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("reconciliation.list_bills")
    with refused("BAD_CURSOR", status=400):
        clerk(shop).call("reconciliation.list_bills", cursor="nonsense")
