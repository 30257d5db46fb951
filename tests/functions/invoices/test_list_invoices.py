"""invoices.list_invoices (spec E12)."""

from mall.tables.accounts import invoices
from sqlalchemy import update

from tests.functions.invoices import papers
from tests.support.shop import Shop, refused


def test_invoices_are_listed_by_state_with_what_is_to_be_typed(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    order_no = papers.shipped(shop, member)
    asked = papers.request(member, order_no)["invoice_id"]
    done = papers.issued(shop, member, papers.shipped(shop, member))
    assert [row["invoice_id"] for row in staff.call("invoices.list_invoices")["items"]] == [done, asked]
    (row,) = staff.call("invoices.list_invoices", state="REQUESTED")["items"]
    assert (row["invoice_id"], row["order_no"], row["title"], row["tax_no"], row["amount_fen"]) == (
        asked, order_no, "示例科技有限公司", papers.TAX_NO, 19_800)
    (row,) = staff.call("invoices.list_invoices", state="ISSUED")["items"]
    assert (row["number"], row["issued_on"], row["red_letters"]) == ("26440000000000000001", "2025-11-21", [])


def test_pages_hold_each_invoice_once_and_none_of_another_seller(shop: Shop):
    member, staff = shop.member(), shop.staff("invoices.*")
    made = [papers.request(member, papers.shipped(shop, member))["invoice_id"] for _ in range(3)]
    first = staff.call("invoices.list_invoices", limit=2)
    second = staff.call("invoices.list_invoices", limit=2, cursor=first["next_cursor"])
    assert [row["invoice_id"] for row in first["items"] + second["items"]] == made[::-1]
    shop.database.run(lambda tx: tx.write(update(invoices).values(seller_id="sel_OTHER"), rows=3))
    assert staff.call("invoices.list_invoices") == {"items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        member.call("invoices.list_invoices")
