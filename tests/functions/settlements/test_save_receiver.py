"""settlements.save_receiver: known to WeChat before anything is shared with it (E7)."""

from __future__ import annotations

from mall.kit.db import fresh
from mall.kit.idempotency import idempotency_keys
from mall.tables.people import sensitive_changes
from mall.tables.settlements import share_receivers
from sqlalchemy import String, select, type_coerce

from tests.functions.settlements.parts import receiver
from tests.functions.staff.two_people import two_people
from tests.support.pay import Paying
from tests.support.shop import Shop, refused

WANTED = {"kind": "MERCHANT_ID", "account": "1900000201", "name": "广州市某某贸易有限公司", "label": "供货商甲",
          "relation": "SUPPLIER", "per_ten_thousand": 1_500}


def test_a_receiver_is_added_at_wechat_and_saved_again_changes_its_part(shop: Shop, paying: Paying):
    staff = shop.staff("settlements.*")
    first = staff.call("settlements.save_receiver", **WANTED)["receiver_id"]
    version = staff.call("settlements.list_receivers")["items"][0]["version"]
    assert staff.call("settlements.save_receiver", version=version, **{**WANTED, "per_ten_thousand": 3_000}) == {
        "receiver_id": first, "state": "SAVED"}
    row = shop.rows(share_receivers)[0]
    assert (row.state, row.per_ten_thousand, row.name, row.label) == ("ACTIVE", 3_000, WANTED["name"], "供货商甲")
    assert len(shop.rows(share_receivers)) == 1


def test_the_name_in_full_does_not_stand_in_clear(shop: Shop, paying: Paying):
    receiver(shop)
    as_kept = fresh(select(type_coerce(share_receivers.c.name, String).label("name")))
    kept = shop.database.read(lambda tx: tx.all(as_kept))[0].name
    assert WANTED["name"] not in kept


def test_while_wechat_does_not_answer_nothing_is_shared_with_it(shop: Shop, paying: Paying):
    staff = shop.staff()
    paying.faults({"at": "add_receiver", "do": "500", "order": "1900000201"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        staff.call("settlements.save_receiver", **WANTED)
    assert [row.state for row in shop.rows(share_receivers)] == ["SAVING"]
    staff.call("settlements.save_receiver", **WANTED)
    assert [row.state for row in shop.rows(share_receivers)] == ["ACTIVE"]


def test_ratios_above_the_merchants_most_and_a_merchant_without_its_name_are_refused(shop: Shop, paying: Paying):
    receiver(shop, "1900000201", 2_000)
    staff, before = shop.staff(), shop.snapshot("staff", "roles", "sessions", "audit_entries")
    with refused("SHARES_ABOVE_MOST", field="per_ten_thousand") as caught:
        staff.call("settlements.save_receiver", **{**WANTED, "account": "1900000202"})
    assert caught[0].data == {"left": 1_000}
    with refused("NAME_NEEDED", status=400, field="name"):
        staff.call("settlements.save_receiver", **{**WANTED, "name": None, "per_ten_thousand": 1})
    assert shop.snapshot("staff", "roles", "sessions", "audit_entries") == before


def test_the_most_that_receivers_get_is_not_set_below_what_they_get(shop: Shop, paying: Paying):
    receiver(shop, "1900000201", 1_000)
    receiver(shop, "1900000202", 500)
    staff, most = shop.staff(), "sharing_most_per_ten_thousand"
    before = shop.snapshot()
    with refused("SHARES_ABOVE_MOST", status=422, field=most) as caught:
        staff.call("staff.save_settings", version=0, changes={most: 1_499, "shop_name": "新店"})
    assert caught[0].data == {"least": 1_500}
    assert shop.snapshot() == before
    staff.call("staff.save_settings", version=0, changes={most: 1_500})
    with refused("SHARES_ABOVE_MOST", status=422, field="per_ten_thousand"):
        staff.call("settlements.save_receiver", **{**WANTED, "version": 2, "per_ten_thousand": 1_001})
    staff.call("staff.save_settings", version=1, changes={most: 4_000})
    staff.call("settlements.save_receiver", **{**WANTED, "version": 2, "per_ten_thousand": 3_500})
    with refused("SHARES_ABOVE_MOST", status=422, field=most):
        staff.call("staff.save_settings", version=2, changes={most: None})  # back to the default


def test_receivers_and_their_most_changed_at_the_same_moment_still_fit(shop: Shop, paying: Paying):
    receiver(shop, "1900000201", 1_000)
    receiver(shop, "1900000202", 1_000)
    staff, most = shop.staff(), "sharing_most_per_ten_thousand"
    raised = [lambda n=n: staff.call("settlements.save_receiver", **{
        **WANTED, "account": f"190000020{n}", "version": 2, "per_ten_thousand": 1_900}) for n in (1, 2)]
    shop.in_parallel(*raised, lambda: staff.call("staff.save_settings", version=0, changes={most: 2_000}))
    settings = staff.call("staff.show_settings")["settings"]
    assert sum(row.per_ten_thousand for row in shop.rows(share_receivers)) <= settings[most]


def test_where_two_people_decide_a_receiver_gets_nothing_before_a_colleague_has_approved(shop: Shop, paying: Paying):
    first, second = two_people(shop)
    asked = first.call("settlements.save_receiver", **WANTED)
    assert (asked["state"], asked["says"]) == ("WAITS", "分账接收方“供货商甲”今后分得每笔订单的万分之 1500")
    assert shop.rows(share_receivers) == [], "not even WeChat has heard of it"
    with refused("OWN_CHANGE", status=403):
        first.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    with refused("CHANGE_WAITS", status=409):
        second.call("settlements.save_receiver", **{**WANTED, "per_ten_thousand": 2_999})
    answer = second.call("staff.approve_sensitive_change", change_id=asked["change_id"])
    assert answer["result"] == {"receiver_id": shop.rows(share_receivers)[0].receiver_id, "state": "SAVED"}
    assert [(row.state, row.per_ten_thousand) for row in shop.rows(share_receivers)] == [("ACTIVE", 1_500)]
    version = shop.rows(share_receivers)[0].version
    renamed = first.call("settlements.save_receiver", version=version, **{**WANTED, "label": "供货商乙"})
    assert (renamed["state"], shop.rows(share_receivers)[0].label) == ("SAVED", "供货商乙")


def test_a_greater_part_waits_and_is_refused_when_the_receiver_has_changed_meanwhile(shop: Shop, paying: Paying):
    receiver_id = receiver(shop, WANTED["account"], 1_500)
    first, second = two_people(shop)
    wanted = {**WANTED, "version": shop.rows(share_receivers)[0].version, "per_ten_thousand": 2_500}
    change_id = first.call("settlements.save_receiver", **wanted)["change_id"]
    assert shop.rows(share_receivers)[0].per_ten_thousand == 1_500
    as_kept = fresh(select(type_coerce(sensitive_changes.c.sent, String).label("sent"), sensitive_changes.c.after))
    assert WANTED["name"] not in str(shop.database.read(lambda tx: tx.all(as_kept)))
    assert WANTED["name"] not in str(second.call("staff.list_sensitive_changes"))
    first.call("settlements.remove_receiver", receiver_id=receiver_id)
    with refused("CHANGE_OUTDATED", status=409):
        second.call("staff.approve_sensitive_change", change_id=change_id)
    assert [(row.state, row.per_ten_thousand) for row in shop.rows(share_receivers)] == [("REMOVED", 1_500)]


def test_only_staff_with_the_permission_may(shop: Shop, paying: Paying):
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("settlements.save_receiver", **WANTED)
    assert shop.rows(share_receivers) == []


def test_an_approval_that_wechat_does_not_answer_still_waits_and_is_given_again(shop: Shop, paying: Paying):
    first, second = two_people(shop)
    change_id = first.call("settlements.save_receiver", **WANTED)["change_id"]
    paying.faults({"at": "add_receiver", "do": "500", "order": "1900000201"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        second.call("staff.approve_sensitive_change", change_id=change_id)
    assert [row.state for row in shop.rows(sensitive_changes)] == ["PENDING"]
    assert [row.state for row in shop.rows(share_receivers)] == ["SAVING"]
    assert second.call("staff.approve_sensitive_change", change_id=change_id)["state"] == "APPROVED"
    assert [(row.state, row.per_ten_thousand) for row in shop.rows(share_receivers)] == [("ACTIVE", 1_500)]


def test_the_same_call_under_one_key_at_the_same_moment_and_later_is_one_receiver(shop: Shop, paying: Paying):
    staff = shop.staff("settlements.*")
    answers = shop.in_parallel(*[lambda: staff.call("settlements.save_receiver", key="click-1", **WANTED)] * 4)
    later = staff.call("settlements.save_receiver", key="click-1", **WANTED)
    assert answers == [later] * 4
    assert [(row.state, row.per_ten_thousand) for row in shop.rows(share_receivers)] == [("ACTIVE", 1_500)]
    staff.call("settlements.save_receiver", version=2, **{**WANTED, "per_ten_thousand": 3_000})
    assert staff.call("settlements.save_receiver", key="click-1", **WANTED) == later, "answered, not done again"
    assert shop.rows(share_receivers)[0].per_ten_thousand == 3_000


def test_where_two_people_decide_nobody_asks_over_a_version_that_was_not_read(shop: Shop, paying: Paying):
    receiver(shop, WANTED["account"], 1_500)
    first, _ = two_people(shop)
    before = shop.snapshot("audit_entries")
    with refused("CHANGED_MEANWHILE", status=409, field="version"):
        first.call("settlements.save_receiver", version=1, **{**WANTED, "per_ten_thousand": 2_500})
    assert shop.snapshot("audit_entries") == before


def test_a_repetition_leaves_its_nonce_once(shop: Shop, paying: Paying):
    staff = shop.staff()
    paying.faults({"at": "add_receiver", "do": "500", "order": "1900000201"})
    with refused("PAY_OUTCOME_UNKNOWN"):
        staff.call("settlements.save_receiver", key="k1", **WANTED)
    for _ in range(2):  # one that does it, and one that hears the answer
        staff.call("settlements.save_receiver", key="k1", **WANTED)
    nonces = shop.rows(idempotency_keys)[0].nonces.split()
    assert (len(nonces), len(set(nonces))) == (3, 3)
