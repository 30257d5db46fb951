"""invoices.list_my_invoices (spec E12)."""

from tests.functions.invoices import papers
from tests.support.shop import Shop, refused


def test_a_member_sees_the_own_invoices_newest_first_and_nobody_elses(shop: Shop):
    member, other = shop.member(), shop.member("小明")
    made = [papers.request(member, papers.shipped(shop, member))["invoice_id"] for _ in range(3)]
    papers.request(other, papers.shipped(shop, other))
    first = member.call("invoices.list_my_invoices", limit=2)
    second = member.call("invoices.list_my_invoices", limit=2, cursor=first["next_cursor"])
    assert [row["invoice_id"] for row in first["items"] + second["items"]] == made[::-1]
    assert (first["items"][0]["title"], first["items"][0]["amount_fen"], first["items"][0]["number"]) == (
        "示例科技有限公司", 19_800, None)
    assert len(other.call("invoices.list_my_invoices")["items"]) == 1
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("invoices.list_my_invoices")
