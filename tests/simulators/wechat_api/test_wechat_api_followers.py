"""Followers of the service account, codes that lead to it, template messages to them."""

import io

import pytest
from PIL import Image

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

INFO, BATCH, LIST = "/cgi-bin/user/info", "/cgi-bin/user/info/batchget", "/cgi-bin/user/get"
CREATE, SHOW = "/cgi-bin/qrcode/create", "/cgi-bin/showqrcode"
SEND, ADD = "/cgi-bin/message/template/send", "/cgi-bin/template/api_add_template"


def info(wechat, openid: str) -> dict:
    return wechat.call(INFO, web=True, openid=openid, lang="zh_CN")


def events(pushed: list) -> list[tuple]:
    return [(message["Event"], message.get("EventKey", message.get("Status"))) for _, message in pushed]


def test_a_follower_is_told_of_with_unionid_and_the_time_of_following(wechat, pushed, still):
    openid = wechat.follow("alice", scene="ADD_SCENE_WXA")
    told = info(wechat, openid)
    assert told["unionid"] == wechat.login("sim:alice")["unionid"]
    assert told["subscribe_time"] == still
    assert (told["subscribe"], told["subscribe_scene"], told["language"]) == (1, "ADD_SCENE_WXA", "zh_CN")
    appid, message = pushed[0]
    assert (appid, message["FromUserName"], message["MsgType"]) == (wechat.app["web_appid"], openid, "event")
    assert events(pushed) == [("subscribe", "")]


def test_who_ends_it_is_known_by_openid_only_and_begins_anew(wechat, pushed):
    openid = wechat.follow("alice")
    first = info(wechat, openid)["subscribe_time"]
    assert wechat.follow("alice") == openid
    wechat.follow("alice", follows=False)
    assert info(wechat, openid) == {"subscribe": 0, "openid": openid, "tagid_list": []}
    wechat.follow("alice", follows=False)
    wechat.ahead(1000)
    wechat.follow("alice")
    assert info(wechat, openid)["subscribe_time"] - first == 1000
    assert [event for event, _ in events(pushed)] == ["subscribe", "unsubscribe", "subscribe"]


def test_a_mini_program_openid_is_nobody_here(wechat, errcode):
    wechat.follow("alice")
    assert errcode(info(wechat, wechat.openid("alice"))) == 40003
    assert errcode(wechat.call(BATCH, {"user_list": [{"openid": wechat.openid("alice")}]}, web=True)) == 40003


def test_several_are_told_at_once_up_to_a_hundred(wechat, errcode):
    alice, bob = wechat.follow("alice"), wechat.follow("bob", follows=False)
    asked = [{"openid": alice, "lang": "en"}, {"openid": bob}]
    told = wechat.call(BATCH, {"user_list": asked}, web=True)["user_info_list"]
    assert [(one["openid"], one["subscribe"]) for one in told] == [(alice, 1), (bob, 0)]
    assert told[0]["language"] == "en"
    for size in (0, 101):
        assert errcode(wechat.call(BATCH, {"user_list": [{"openid": alice}] * size}, web=True)) == 40032


def test_followers_are_listed_the_earliest_first_and_after_one(wechat, errcode):
    openids = [wechat.follow(name) for name in ("carol", "alice", "bob")]
    wechat.follow("alice", follows=False)
    listed = wechat.call(LIST, web=True)
    kept = [openids[0], openids[2]]
    assert listed == {"total": 2, "count": 2, "next_openid": kept[1], "data": {"openid": kept}}
    assert wechat.call(LIST, web=True, next_openid=kept[0])["data"]["openid"] == kept[1:]
    assert wechat.call(LIST, web=True, next_openid=kept[1]) == {"total": 2, "count": 0, "next_openid": ""}
    assert errcode(wechat.call(LIST, web=True, next_openid="oNobody")) == 40003


def test_a_remark_is_kept(wechat, errcode):
    openid, path = wechat.follow("alice"), "/cgi-bin/user/info/updateremark"
    assert wechat.call(path, {"openid": openid, "remark": "老客"}, web=True)["errcode"] == 0
    assert errcode(wechat.call(path, {"openid": openid, "remark": "长" * 30}, web=True)) == 45006
    assert info(wechat, openid)["remark"] == "老客"


def make_code(wechat, name: str, scene: dict, **more) -> dict:
    return wechat.call(CREATE, {"action_name": name, "action_info": {"scene": scene}, **more}, web=True)


def test_a_scanned_code_makes_a_follower_who_knows_the_scene_and_then_tells_of_scans(wechat, pushed):
    code = make_code(wechat, "QR_STR_SCENE", {"scene_str": "shelf-7"}, expire_seconds=600)
    assert code["expire_seconds"] == 600
    first = wechat.control("/_sim/scan", {"person": "alice", "ticket": code["ticket"]})
    again = wechat.control("/_sim/scan", {"person": "alice", "ticket": code["ticket"]})
    assert (first["event"], again["event"]) == ("subscribe", "SCAN")
    told = info(wechat, first["openid"])
    assert (told["subscribe_scene"], told["qr_scene"], told["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", 0, "shelf-7")
    assert events(pushed) == [("subscribe", "qrscene_shelf-7"), ("SCAN", "shelf-7")]
    assert {message["Ticket"] for _, message in pushed} == {code["ticket"]}


def test_a_code_of_a_number_ends_and_one_that_lasts_does_not(wechat, pushed):
    short = make_code(wechat, "QR_SCENE", {"scene_id": 123})
    lasting = make_code(wechat, "QR_LIMIT_SCENE", {"scene_id": 7})
    assert short["expire_seconds"] == 60 and set(lasting) == {"ticket", "url"}
    wechat.ahead(61)
    over = wechat.client.post("/_sim/scan", json={"person": "alice", "ticket": short["ticket"]})
    assert over.status_code == 400 and pushed == []
    wechat.control("/_sim/scan", {"person": "alice", "ticket": lasting["ticket"]})
    assert events(pushed) == [("subscribe", "qrscene_7")]


@pytest.mark.parametrize(
    ("name", "scene", "expected"),
    [
        ("QR_OTHER", {"scene_id": 1}, 40052),
        ("QR_SCENE", {"scene_id": 0}, 40053),
        ("QR_SCENE", {"scene_str": "a"}, 40053),
        ("QR_LIMIT_SCENE", {"scene_id": 100001}, 40053),
        ("QR_STR_SCENE", {"scene_str": ""}, 40053),
        ("QR_STR_SCENE", {"scene_str": "s" * 65}, 40053),
    ],
)
def test_a_wrong_scene_makes_no_code(wechat, errcode, name, scene, expected):
    assert errcode(make_code(wechat, name, scene)) == expected


def test_a_ticket_shows_a_picture(wechat):
    code = make_code(wechat, "QR_SCENE", {"scene_id": 5})
    response = wechat.client.get(SHOW, params={"ticket": code["ticket"]})
    picture = Image.open(io.BytesIO(response.content))
    assert response.headers["content-type"] == "image/png" and picture.text["wxacode"] == code["url"]
    assert wechat.client.get(SHOW, params={"ticket": "nothing"}).status_code == 404


@pytest.fixture
def template(wechat) -> str:
    return wechat.call(ADD, {"template_id_short": "OPENTM200565259"}, web=True)["template_id"]


VALUES = {key: {"value": key} for key in ("first", "keyword1", "keyword2", "keyword3", "remark")}


def send(wechat, openid: str, template: str, **changed) -> dict:
    body = {"touser": openid, "template_id": template, "data": VALUES, "url": "https://shop.example/o/1"}
    return wechat.call(SEND, body | changed, web=True)


def test_a_template_message_reaches_a_follower_and_its_end_is_told(wechat, pushed, template):
    openid = wechat.follow("alice")
    answer = send(wechat, openid, template, miniprogram={"appid": wechat.app["appid"], "pagepath": "pages/order"})
    assert answer["errcode"] == 0
    card = wechat.get("/_sim/inbox", openid=openid)["messages"][0]
    assert (card["msgid"], card["page"], card["title"]) == (answer["msgid"], "pages/order", "订单发货通知")
    assert card["fields"][1] == {"key": "keyword1", "label": "订单编号", "value": "keyword1"}
    assert pushed[-1][1] | {"CreateTime": 0} == {
        "FromUserName": openid, "CreateTime": 0, "MsgType": "event", "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": answer["msgid"], "Status": "success",
    }  # fmt: skip


def test_who_blocks_gets_nothing_and_only_the_event_says_so(wechat, pushed, template):
    openid = wechat.follow("alice", blocks=True)
    assert send(wechat, openid, template)["errcode"] == 0
    assert wechat.get("/_sim/inbox")["messages"] == []
    assert events(pushed)[-1] == ("TEMPLATESENDJOBFINISH", "failed:user block")


def test_the_same_client_msg_id_is_one_message_for_ten_minutes(wechat, template):
    openid = wechat.follow("alice")
    first, again = (send(wechat, openid, template, client_msg_id="ord-1") for _ in range(2))
    assert first["msgid"] == again["msgid"]
    assert len(wechat.get("/_sim/inbox")["messages"]) == 1
    wechat.ahead(601)
    assert send(wechat, openid, template, client_msg_id="ord-1")["msgid"] != first["msgid"]


def test_a_wrong_template_message_reaches_nobody(wechat, errcode, pushed, template):
    openid, stranger = wechat.follow("alice"), wechat.follow("bob", follows=False)
    before = len(pushed)
    assert errcode(send(wechat, stranger, template)) == 43004
    assert errcode(send(wechat, "oNobody", template)) == 40003
    assert errcode(send(wechat, openid, "other")) == 40037
    assert errcode(send(wechat, openid, template, data=VALUES | {"keyword2": {"value": ""}})) == 47003
    assert errcode(send(wechat, openid, template, miniprogram={"appid": "wx0"})) == 40013
    assert errcode(send(wechat, openid, template, client_msg_id="x" * 33)) == 45066
    assert wechat.get("/_sim/inbox")["messages"] == [] and len(pushed) == before


def test_an_account_has_twenty_five_templates(wechat, errcode, template):
    listed = lambda: wechat.call("/cgi-bin/template/get_all_private_template", web=True)["template_list"]  # noqa: E731
    assert [one["title"] for one in listed()] == ["订单支付成功通知", "订单发货通知"]
    assert errcode(wechat.call(ADD, {"template_id_short": "TM0"}, web=True)) == 40037
    token = wechat.web_token()
    added = [wechat.post(ADD, {"template_id_short": "TM00015"}, token=token) for _ in range(24)]
    assert [one["errcode"] for one in added[:23]] == [0] * 23
    assert errcode(added[23]) == 45026
    assert wechat.call("/cgi-bin/template/del_private_template", {"template_id": template}, web=True)["errcode"] == 0
    assert template not in [one["template_id"] for one in listed()] and len(listed()) == 24
    openid = wechat.follow("alice")
    assert errcode(send(wechat, openid, template)) == 40037


def test_the_industry_is_changed_once_a_month(wechat, errcode):
    path, ids = "/cgi-bin/template/api_set_industry", {"industry_id1": "1", "industry_id2": "5"}
    assert errcode(wechat.call(path, ids | {"industry_id1": "99"}, web=True)) == 40102
    assert wechat.call(path, ids, web=True)["errcode"] == 0
    assert errcode(wechat.call(path, ids, web=True)) == 43100
    told = wechat.call("/cgi-bin/template/get_industry", web=True)
    assert told["secondary_industry"] == {"first_class": "餐饮", "second_class": "餐饮"}
    wechat.ahead(31 * 86400)
    assert wechat.call(path, ids, web=True)["errcode"] == 0
