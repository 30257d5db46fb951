"""Tags and menus of the service account."""

import pytest

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

CREATE, LIST, UPDATE, DELETE = (f"/cgi-bin/tags/{name}" for name in ("create", "get", "update", "delete"))
GIVE, TAKE = "/cgi-bin/tags/members/batchtagging", "/cgi-bin/tags/members/batchuntagging"
OF_ONE, OF_TAG = "/cgi-bin/tags/getidlist", "/cgi-bin/user/tag/get"
MENU, SHOWN, GONE, CURRENT = ("/cgi-bin/menu/create", "/cgi-bin/menu/get", "/cgi-bin/menu/delete",
                              "/cgi-bin/get_current_selfmenu_info")
ADD, REMOVE, TRY = (f"/cgi-bin/menu/{name}" for name in ("addconditional", "delconditional", "trymatch"))
CLICK = {"type": "click", "name": "今日优惠", "key": "OFFERS"}
VIEW = {"type": "view", "name": "商城", "url": "https://mall.example/"}


def made(wechat, name: str) -> int:
    return wechat.call(CREATE, {"tag": {"name": name}}, web=True)["tag"]["id"]


def test_a_tag_is_made_renamed_given_taken_back_and_deleted(wechat):
    alice, bob, tag = wechat.follow("alice"), wechat.follow("bob"), made(wechat, "常客")
    assert wechat.call(GIVE, {"openid_list": [alice, bob], "tagid": tag}, web=True)["errcode"] == 0
    assert wechat.call(OF_ONE, {"openid": alice}, web=True) == {"tagid_list": [tag]}
    assert wechat.call("/cgi-bin/user/info", web=True, openid=alice)["tagid_list"] == [tag]
    wechat.call(UPDATE, {"tag": {"id": tag, "name": "老客"}}, web=True)
    assert wechat.call(LIST, web=True)["tags"] == [
        {"id": 2, "name": "星标组", "count": 0}, {"id": tag, "name": "老客", "count": 2}]
    assert wechat.call(OF_TAG, {"tagid": tag}, web=True)["data"]["openid"] == sorted([alice, bob])
    wechat.call(TAKE, {"openid_list": [bob], "tagid": tag}, web=True)
    wechat.follow("alice", follows=False)
    assert wechat.call(OF_TAG, {"tagid": tag}, web=True) == {"count": 0, "next_openid": ""}
    wechat.call(DELETE, {"tag": {"id": tag}}, web=True)
    assert wechat.call(OF_ONE, {"openid": alice}, web=True) == {"tagid_list": []}


@pytest.mark.parametrize(("path", "body", "code"), [
    (CREATE, {"tag": {"name": "常客"}}, 45157), (CREATE, {"tag": {}}, 45157),
    (CREATE, {"tag": {"name": "常" * 11}}, 45158),
    (UPDATE, {"tag": {"id": 2, "name": "新"}}, 45058), (DELETE, {"tag": {"id": 0}}, 45058),
    (DELETE, {"tag": {"id": 999}}, 45159), (GIVE, {"openid_list": [], "tagid": 2}, 40032),
    (GIVE, {"openid_list": ["nobody"], "tagid": 2}, 40003), (GIVE, {"openid_list": ["nobody"], "tagid": 999}, 45159),
    (OF_TAG, {"tagid": 999}, 45159), (OF_ONE, {"openid": "nobody"}, 40003)])
def test_what_is_no_tag_or_nobodys_is_refused(wechat, errcode, path, body, code):
    made(wechat, "常客")
    assert errcode(wechat.call(path, body, web=True)) == code


def test_a_tag_goes_to_all_that_are_named_or_to_none(wechat, errcode):
    alice, bob, tag = wechat.follow("alice"), wechat.follow("bob", follows=False), made(wechat, "常客")
    assert errcode(wechat.call(GIVE, {"openid_list": [alice, bob], "tagid": tag}, web=True)) == 43004
    assert wechat.call(OF_ONE, {"openid": alice}, web=True) == {"tagid_list": []}


def test_there_are_a_hundred_tags_and_twenty_of_one_person(wechat, errcode):
    alice, own = wechat.follow("alice"), [made(wechat, f"标签{number}") for number in range(100)]
    assert errcode(wechat.call(CREATE, {"tag": {"name": "再一个"}}, web=True)) == 45056
    for tag in own[:20]:
        wechat.call(GIVE, {"openid_list": [alice], "tagid": tag}, web=True)
    assert errcode(wechat.call(GIVE, {"openid_list": [alice], "tagid": own[20]}, web=True)) == 45059


def test_a_menu_is_shown_replaced_and_deleted(wechat, errcode):
    assert errcode(wechat.call(SHOWN, web=True)) == 46003
    wechat.call(MENU, {"button": [CLICK]}, web=True)
    wechat.call(MENU, {"button": [VIEW, {"name": "更多", "sub_button": [CLICK]}]}, web=True)
    first, more = wechat.call(SHOWN, web=True)["menu"]["button"]
    assert first == {**VIEW, "sub_button": []}
    assert more == {"name": "更多", "sub_button": [{**CLICK, "sub_button": []}]}
    current = wechat.call(CURRENT, web=True)
    assert (current["is_menu_open"], len(current["selfmenu_info"]["button"])) == (1, 2)
    wechat.call(GONE, web=True)
    assert errcode(wechat.call(SHOWN, web=True)) == 46003
    assert wechat.call(CURRENT, web=True) == {"is_menu_open": 0, "selfmenu_info": {"button": []}}


@pytest.mark.parametrize(("buttons", "code"), [
    ([], 40016), ([CLICK] * 4, 40016), ([{**CLICK, "name": ""}], 40018), ([{**CLICK, "name": "名" * 6}], 40018),
    ([{**CLICK, "type": "dance"}], 40017), ([{**CLICK, "key": "k" * 129}], 40019), ([{**VIEW, "url": ""}], 40020),
    ([{"name": "更多", "sub_button": [CLICK] * 6}], 40023),
    ([{"name": "更多", "sub_button": [{**CLICK, "name": "名" * 21}]}], 40025),
    ([{"name": "更多", "sub_button": [{**CLICK, "type": "dance"}]}], 40024),
    ([{"name": "更多", "sub_button": [{**CLICK, "key": ""}]}], 40026),
    ([{"name": "更多", "sub_button": [{**VIEW, "url": "u" * 1025}]}], 40027),
    ([{"type": "miniprogram", "name": "商城", "url": "https://a.example", "appid": "wx0", "pagepath": "a"}], 40013)])
def test_buttons_keep_the_documented_bounds(wechat, errcode, buttons, code):
    wechat.call(MENU, {"button": [VIEW]}, web=True)
    assert errcode(wechat.call(MENU, {"button": buttons}, web=True)) == code
    assert len(wechat.call(SHOWN, web=True)["menu"]["button"]) == 1


def test_a_menu_by_tag_is_seen_by_those_who_have_it_and_a_tap_is_told(wechat, errcode, pushed):
    rule = {"tag_id": "100"}
    assert errcode(wechat.call(ADD, {"button": [CLICK], "matchrule": rule}, web=True)) == 65303
    wechat.call(MENU, {"button": [VIEW]}, web=True)
    assert errcode(wechat.call(ADD, {"button": [CLICK], "matchrule": {}}, web=True)) == 65301
    alice, bob, tag = wechat.follow("alice"), wechat.follow("bob"), made(wechat, "常客")
    assert tag == 100
    wechat.call(GIVE, {"openid_list": [alice], "tagid": tag}, web=True)
    menuid = wechat.call(ADD, {"button": [CLICK], "matchrule": rule}, web=True)["menuid"]
    seen = {name: wechat.call(TRY, {"user_id": openid}, web=True)["button"][0]["name"]
            for name, openid in (("alice", alice), ("bob", bob))}
    assert seen == {"alice": "今日优惠", "bob": "商城"}
    pushed.clear()
    assert wechat.control("/_sim/taps", {"person": "alice", "button": "今日优惠"})["event"] == "CLICK"
    assert wechat.control("/_sim/taps", {"person": "bob", "button": "商城"})["key"] == VIEW["url"]
    assert [(told["Event"], told["EventKey"]) for _, told in pushed] == [("CLICK", "OFFERS"), ("VIEW", VIEW["url"])]
    assert wechat.client.post("/_sim/taps", json={"person": "bob", "button": "今日优惠"}).status_code == 400
    wechat.call(REMOVE, {"menuid": menuid}, web=True)
    assert wechat.call(TRY, {"user_id": alice}, web=True)["button"][0]["name"] == "商城"
    assert errcode(wechat.call(REMOVE, {"menuid": menuid}, web=True)) == 65301
