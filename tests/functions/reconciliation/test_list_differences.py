"""reconciliation.list_differences (spec E10)."""

from mall.domains.reconciliation.rules import DifferenceKind
from mall.tables.accounts import differences
from sqlalchemy import update

from tests.functions.reconciliation import seeds
from tests.functions.reconciliation.days import clerk
from tests.support.shop import Shop, refused


def test_differences_are_filtered_and_say_what_to_do(shop: Shop):
    fee = seeds.difference(shop, "pay_A", DifferenceKind.FEE)
    amount = seeds.difference(shop, "pay_B", day="2026-11-19")
    staff = clerk(shop)

    def listed(**wanted) -> list[str]:
        return [row["difference_id"] for row in staff.call("reconciliation.list_differences", **wanted)["items"]]

    assert listed() == [amount, fee]
    assert listed(kind="FEE") == listed(day=seeds.DAY) == [fee]
    assert listed(state="RESOLVED") == listed(kind="STATE") == []
    (row,) = staff.call("reconciliation.list_differences", kind="AMOUNT")["items"]
    assert (row["number"], row["ours_fen"], row["theirs_fen"], row["subject"]) == ("pay_B", 100, 90, "PAYMENT")
    assert (row["sentence"], row["mended_by"]) == ("收款 pay_B 金额不同", "reconciliation.resolve_difference")
    assert row["next_step"].startswith("以微信为准核对该笔收款")


def test_pages_hold_each_difference_once_and_none_of_another_seller(shop: Shop):
    made = [seeds.difference(shop, f"pay_{number}") for number in range(3)]
    staff = clerk(shop)
    first = staff.call("reconciliation.list_differences", limit=2)
    second = staff.call("reconciliation.list_differences", limit=2, cursor=first["next_cursor"])
    assert [row["difference_id"] for row in first["items"] + second["items"]] == made[::-1]
    shop.database.run(lambda tx: tx.write(update(differences).values(seller_id="sel_OTHER"), rows=3))
    assert staff.call("reconciliation.list_differences") == {"items": [], "next_cursor": None}
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("reconciliation.list_differences")
