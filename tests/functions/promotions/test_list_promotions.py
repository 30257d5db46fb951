"""promotions.list_promotions (spec F6)."""

from tests.support import seed
from tests.support.shop import Shop


def test_the_own_promotions_are_paged_from_the_newest_and_filtered_by_state(shop: Shop):
    staff = shop.staff("promotions.*")
    mine = [seed.promotion(shop, title=f"满减{n}") for n in range(3)]
    ended = seed.promotion(shop, state="ENDED")
    seed.promotion(shop, seller_id="sel_OTHER")
    newest_first = sorted([*mine, ended], reverse=True)
    first = staff.call("promotions.list_promotions", limit=3)
    second = staff.call("promotions.list_promotions", limit=3, cursor=first["next_cursor"])
    assert [each["promotion_id"] for each in first["items"] + second["items"]] == newest_first
    assert second["next_cursor"] is None
    only = staff.call("promotions.list_promotions", state="ENDED")["items"]
    assert [(each["promotion_id"], each["offer"]) for each in only] == [(ended, "满300.00减50.00")]


def test_one_is_found_by_its_id_in_whatever_state(shop: Shop):
    staff, theirs = shop.staff("promotions.*"), seed.promotion(shop, seller_id="sel_OTHER")
    running, ended = seed.promotion(shop), seed.promotion(shop, state="ENDED")
    for asked in (running, ended):
        found = staff.call("promotions.list_promotions", promotion_id=asked, limit=1)
        assert ([each["promotion_id"] for each in found["items"]], found["next_cursor"]) == ([asked], None)
    for asked in ({"promotion_id": theirs}, {"promotion_id": ended, "state": "ACTIVE"}, {"promotion_id": "prm_nope"}):
        assert staff.call("promotions.list_promotions", **asked)["items"] == []
