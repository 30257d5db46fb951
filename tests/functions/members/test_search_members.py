"""members.search_members (spec A3, A6)."""

from datetime import timedelta

import pytest
from mall.tables.people import members
from sqlalchemy import update

from tests.functions.members.conftest import FakeWeChat
from tests.support import twins
from tests.support.shop import Shop, refused


@pytest.fixture
def staff(shop: Shop):
    return shop.staff()


def found(staff, **given) -> list[str]:
    return [row["nickname"] for row in staff.call("members.search_members", **given)["items"]]


def bind(shop: Shop, wechat: FakeWeChat, me, phone: str) -> None:
    wechat.phones["c"] = phone
    me.call("members.bind_phone", code="c")


def test_all_are_listed_the_newest_first_a_page_at_a_time(shop: Shop, staff):
    for number in range(5):
        shop.member(f"会员{number}")
        shop.move(hours=1)
    first = staff.call("members.search_members", limit=2)
    second = staff.call("members.search_members", limit=2, cursor=first["next_cursor"])
    last = staff.call("members.search_members", limit=2, cursor=second["next_cursor"])
    assert [row["nickname"] for page in (first, second, last) for row in page["items"]] == [
        "会员4", "会员3", "会员2", "会员1", "会员0"]
    assert last["next_cursor"] is None


def test_a_level_and_a_time_of_joining_go_together(shop: Shop, staff):
    for name, level in (("早", "vip"), ("晚", "vip"), ("平", "ordinary")):
        shop.member(name, level=level)
        shop.move(days=1)
    day = timedelta(days=1)
    assert found(staff, level="vip") == ["晚", "早"]
    assert found(staff, level="vip", joined_until=shop.now - 2 * day - timedelta(hours=1)) == ["早"]
    assert found(staff, joined_from=shop.now - 2 * day - timedelta(hours=1)) == ["平", "晚"]
    [row] = staff.call("members.search_members", level="ordinary")["items"]
    assert (row["level"], row["level_name"], row["block"]) == ("ordinary", "普通会员", None)


def test_a_phone_is_found_whole_and_shown_masked(shop: Shop, staff, wechat: FakeWeChat):
    me = shop.member("小红")
    bind(shop, wechat, me, "13800001111")
    [row] = staff.call("members.search_members", phone="+86 138-0000-1111")["items"]
    assert (row["member_id"], row["phone"]) == (me.subject_id, "138****1111")
    assert found(staff, phone="13800001112") == []
    bind(shop, wechat, me, "13800002222")
    assert found(staff, phone="13800001111") == [] and found(staff, phone="13800002222") == ["小红"]
    [kept] = shop.rows(members)
    assert len(kept.phone_hash) == 64 and "1380000" not in kept.phone_hash


def test_a_nickname_is_found_by_its_beginning_in_order(shop: Shop, staff):
    for name in ("小红", "小明", "小", "大红", "小红帽", "小%"):
        shop.member(name)
    assert found(staff, nickname="小红") == ["小红", "小红帽"]
    assert found(staff, nickname="小%") == ["小%"]
    page = staff.call("members.search_members", nickname="小", limit=3)
    rest = staff.call("members.search_members", nickname="小", limit=3, cursor=page["next_cursor"])
    assert [row["nickname"] for each in (page, rest) for row in each["items"]] == sorted(
        ["小红", "小明", "小", "小红帽", "小%"])


def test_the_blocked_come_in_the_order_in_which_they_are_free(shop: Shop, staff):
    for name, days in (("永久", None), ("三天", 3), ("一天", 1)):
        me = shop.member(name)
        staff.call("risk.block_member", member_id=me.subject_id, reason="核实",
                   **({"until": shop.now + timedelta(days=days)} if days else {}))
    shop.member("自由")
    page = staff.call("members.search_members", blocked=True, limit=2)
    assert [row["nickname"] for row in page["items"]] == ["一天", "三天"]
    rest = staff.call("members.search_members", blocked=True, limit=2, cursor=page["next_cursor"])["items"]
    [row] = rest
    assert (row["nickname"], row["block"]["until"], row["block"]["reason"]) == ("永久", None, "核实")
    shop.move(days=2)
    assert found(staff, blocked=True) == ["三天", "永久"]


def test_two_ways_of_looking_at_once_and_a_number_of_old_are_refused(shop: Shop, staff):
    with refused("BAD_INPUT", field="phone"):
        staff.call("members.search_members", phone="13800001111", level="vip")
    with refused("BAD_INPUT", field="joined_until"):
        staff.call("members.search_members", joined_from=shop.now, joined_until=shop.now - timedelta(days=1))
    old, new = shop.member("旧"), shop.member("新")
    shop.database.run(lambda tx: tx.write(update(members).where(members.c.member_id == old.subject_id).values(
        merged_into=new.subject_id)))
    with refused("MEMBER_MERGED") as caught:
        staff.call("members.search_members", member_id=old.subject_id)
    assert caught[0].data == {"member_id": new.subject_id}
    assert found(staff) == ["新"] and found(staff, nickname="旧") == []


def test_after_two_accounts_became_one_the_longer_block_stands_and_the_phone_finds_it(shop: Shop, staff):
    mini, web = twins.pair(shop)
    until = (shop.now + timedelta(days=1)).replace(microsecond=0)
    staff.call("risk.block_member", member_id=web.subject_id, reason="长", until=until)
    twins.change(shop, web, phone="13800001111", phone_hash="13800001111")
    one = twins.learn(shop, mini)
    [row] = staff.call("members.search_members", phone="13800001111")["items"]
    assert (row["member_id"], row["block"]["reason"]) == (one.subject_id, "长")
    assert len(staff.call("members.show_member", member_id=one.subject_id)["blocks"]) == 1
    assert len(staff.call("members.search_members", blocked=True)["items"]) == 1
