"""catalog.list_shelf (spec B4)."""

from tests.support import seed
from tests.support.shop import Shop, refused


def test_staff_see_their_own_goods_in_every_state_page_by_page(shop: Shop):
    staff = shop.staff("catalog.*")
    mine = [seed.product(shop, title=f"商品{state}", state=state).spu_id for state in ("DRAFT", "LISTED", "UNLISTED")]
    seed.product(shop, seller_id="sel_OTHER")
    first = staff.call("catalog.list_shelf", limit=2)
    second = staff.call("catalog.list_shelf", limit=2, cursor=first["next_cursor"])
    assert [row["spu_id"] for row in first["items"] + second["items"]] == sorted(mine, reverse=True)
    assert second["next_cursor"] is None
    drafts = staff.call("catalog.list_shelf", state="DRAFT")["items"]
    assert [(row["spu_id"], row["version"], row["state"]) for row in drafts] == [(mine[0], 1, "DRAFT")]
    assert [row["spu_id"] for row in staff.call("catalog.list_shelf", keyword="unlisted")["items"]] == [mine[2]]


def test_a_member_may_not_look(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.member().call("catalog.list_shelf")


def test_goods_are_found_by_their_ids_and_another_sellers_are_not_there(shop: Shop):
    staff, mine = shop.staff("catalog.*"), [seed.product(shop, state=state).spu_id for state in ("DRAFT", "UNLISTED")]
    theirs = seed.product(shop, seller_id="sel_OTHER").spu_id
    found = staff.call("catalog.list_shelf", spu_ids=[mine[0], theirs, mine[1], "spu_nope"], limit=1)
    assert [row["spu_id"] for row in found["items"]] == sorted(mine, reverse=True) and found["next_cursor"] is None
    with refused("BAD_INPUT", status=400, field="spu_ids"):
        staff.call("catalog.list_shelf", spu_ids=[])
