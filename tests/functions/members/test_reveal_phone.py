"""members.reveal_phone (spec A6, J4)."""

from mall.tables.people import audit_entries

from tests.functions.members.conftest import FakeWeChat
from tests.support.shop import Shop, refused


def test_who_looked_stands_in_the_log_and_the_number_does_not(shop: Shop, wechat: FakeWeChat):
    staff, me = shop.staff("members.reveal_phone"), shop.member()
    wechat.phones["c"] = "13800001111"
    me.call("members.bind_phone", code="c")
    assert staff.call("members.reveal_phone", member_id=me.subject_id) == {"phone": "13800001111"}
    [entry] = shop.rows(audit_entries)
    assert (entry.actor_id, entry.action) == (staff.subject_id, "members.reveal_phone")
    assert entry.target == {"member_id": me.subject_id, "looked_at": "phone"}
    assert "13800001111" not in str(shop.rows(audit_entries))


def test_whoever_may_only_search_sees_no_whole_number(shop: Shop):
    staff, me = shop.staff("members.search_members"), shop.member()
    owner = shop.staff()
    before = shop.snapshot()
    with refused("NOT_ALLOWED", status=403):
        staff.call("members.reveal_phone", member_id=me.subject_id)
    with refused("MEMBER_NOT_FOUND"):
        owner.call("members.reveal_phone", member_id="mem_nobody")
    assert shop.snapshot() == before
