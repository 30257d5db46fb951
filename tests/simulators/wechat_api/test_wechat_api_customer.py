"""Customer messages in their windows, temporary media, data that the client hands over, subscribe templates."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

pytestmark = [pytest.mark.spec("E14", "L1"), pytest.mark.usefixtures("still")]

SEND, UPLOAD, MEDIA = "/cgi-bin/message/custom/send", "/cgi-bin/media/upload", "/cgi-bin/media/get"
PNG = b"\x89PNG and the rest"


def text(wechat, openid: str, content: str = "您好", *, web: bool = False, **changed) -> dict:
    return wechat.call(SEND, {"touser": openid, "msgtype": "text", "text": {"content": content}} | changed, web=web)


def says(wechat, name: str = "alice", **more) -> str:
    return wechat.control("/_sim/says", {"person": name, "text": "在吗", **more})["openid"]


def upload(wechat, name: str = "cup.png", content: bytes = PNG, *, kind: str = "image", web: bool = False) -> dict:
    token = wechat.web_token() if web else wechat.token()
    files = {"media": (name, content, "image/png")}
    return wechat.client.post(UPLOAD, params={"access_token": token, "type": kind}, files=files).json()


def test_a_message_opens_five_answers_for_two_days(wechat, errcode, pushed):
    openid = wechat.openid("alice")
    assert errcode(text(wechat, openid)) == 45015
    assert says(wechat) == openid
    assert [text(wechat, openid)["errcode"] for _ in range(5)] == [0] * 5
    assert errcode(text(wechat, openid)) == 45047
    says(wechat)
    wechat.ahead(48 * 3600 - 1)
    assert text(wechat, openid)["errcode"] == 0
    wechat.ahead(48 * 3600)
    assert errcode(text(wechat, openid)) == 45015
    assert [(appid, message["MsgType"], message["Content"]) for appid, message in pushed] == [
        (wechat.app["appid"], "text", "在吗")
    ] * 2
    spoken = wechat.get("/_sim/conversation", openid=openid)["messages"]
    assert [one["sender"] for one in spoken] == ["person", *["account"] * 5, "person", "account"]
    assert spoken[1]["content"] == {"content": "您好"}


def test_entering_the_session_opens_two_answers_for_a_minute(wechat, errcode, pushed):
    openid = wechat.control("/_sim/enters", {"person": "alice", "session_from": "order-1"})["openid"]
    assert [text(wechat, openid)["errcode"] for _ in range(2)] == [0, 0]
    assert errcode(text(wechat, openid)) == 45047
    says(wechat)
    assert text(wechat, openid)["errcode"] == 0
    assert (pushed[0][1]["Event"], pushed[0][1]["SessionFrom"]) == ("user_enter_tempsession", "order-1")
    wechat.control("/_sim/enters", {"person": "bob"})
    wechat.ahead(61)
    assert errcode(text(wechat, wechat.openid("bob"))) == 45015


def test_following_opens_three_answers_of_the_service_account(wechat, errcode):
    openid = wechat.follow("alice")
    assert [text(wechat, openid, web=True)["errcode"] for _ in range(3)] == [0, 0, 0]
    assert errcode(text(wechat, openid, web=True)) == 45047
    assert errcode(text(wechat, openid)) == 40003  # it is no openid of the mini program


def test_typing_is_shown_to_who_wrote(wechat, errcode):
    path, openid = "/cgi-bin/message/custom/typing", wechat.openid("alice")
    assert errcode(wechat.call(path, {"touser": openid, "command": "Typing"})) == 45080
    says(wechat)
    assert wechat.call(path, {"touser": openid, "command": "Typing"})["errcode"] == 0
    assert errcode(wechat.call(path, {"touser": openid, "command": "Dance"})) == 45072


def test_what_a_message_shows_was_uploaded_within_three_days(wechat, errcode):
    openid, media = says(wechat), upload(wechat)
    assert media["type"] == "image" and media["created_at"] > 0
    picture = {"msgtype": "image", "image": {"media_id": media["media_id"]}}
    page = {"title": "商品", "pagepath": "pages/goods", "thumb_media_id": media["media_id"]}
    assert text(wechat, openid, **picture)["errcode"] == 0
    assert text(wechat, openid, msgtype="miniprogrampage", miniprogrampage=page)["errcode"] == 0
    read = wechat.client.get(MEDIA, params={"access_token": wechat.token(), "media_id": media["media_id"]})
    assert (read.content, read.headers["content-type"]) == (PNG, "image/png")
    assert errcode(wechat.call(MEDIA, web=True, media_id=media["media_id"])) == 40007
    wechat.ahead(3 * 86400 + 1)
    assert errcode(text(wechat, says(wechat), **picture)) == 40007
    assert errcode(wechat.call(MEDIA, media_id=media["media_id"])) == 40007


def test_a_wrong_file_is_not_kept(wechat, errcode):
    assert errcode(upload(wechat, kind="other")) == 40004
    assert errcode(upload(wechat, kind="voice", name="a.mp3")) == 40004
    assert upload(wechat, kind="voice", name="a.mp3", web=True)["type"] == "voice"
    assert errcode(upload(wechat, name="a.exe")) == 40005
    assert errcode(upload(wechat, kind="thumb", name="a.jpg", content=b"x" * 65537, web=True)) == 40006
    assert errcode(upload(wechat, content=b"")) == 41005
    bare = wechat.client.post(UPLOAD, params={"access_token": wechat.token(), "type": "image"}, content=b"x")
    assert errcode(bare.json()) == 41005


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"msgtype": "dance"}, 40008),
        ({"msgtype": "voice", "voice": {"media_id": "x"}}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": "您好"}, 44004),
        ({"text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "image", "image": {}}, 40007),
        ({"msgtype": "link", "link": {"title": "商品"}}, 47001),
    ],
)
def test_a_wrong_customer_message_uses_up_no_answer(wechat, errcode, changed, expected):
    openid = says(wechat)
    assert errcode(text(wechat, openid, **changed)) == expected
    assert [text(wechat, openid)["errcode"] for _ in range(5)] == [0] * 5


def test_sealed_data_opens_with_the_session_key(wechat):
    session = wechat.login("sim:alice")
    given = wechat.control("/_sim/user_data", {"person": "alice"})
    key, iv = base64.b64decode(session["session_key"]), base64.b64decode(given["iv"])
    opener = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = opener.update(base64.b64decode(given["encryptedData"])) + opener.finalize()
    opened = json.loads(padded[: -padded[-1]])
    assert (opened["openId"], opened["unionId"]) == (session["openid"], session["unionid"])
    assert opened["watermark"]["appid"] == wechat.app["appid"]
    signed = hashlib.sha1((given["rawData"] + session["session_key"]).encode()).hexdigest()
    assert given["signature"] == signed
    assert json.loads(given["rawData"])["nickName"] == "alice"


def test_a_subscribe_template_is_chosen_from_the_library_sent_and_deleted(wechat, errcode):
    category = wechat.call("/wxaapi/newtmpl/getcategory")["data"][1]
    titles = wechat.call("/wxaapi/newtmpl/getpubtemplatetitles", ids=str(category["id"]), start="0", limit="1")
    assert titles["count"] == 2 and [one["tid"] for one in titles["data"]] == [1221]
    words = wechat.call("/wxaapi/newtmpl/getpubtemplatekeywords", tid="1221")["data"]
    assert words[2] == {"kid": 3, "name": "支付金额", "example": "128.50元", "rule": "amount"}
    made = wechat.call("/wxaapi/newtmpl/addtemplate", {"tid": "1221", "kidList": [3, 1], "sceneDesc": "付款"})
    listed = wechat.call("/wxaapi/newtmpl/gettemplate")["data"]
    assert len(listed) == 10 and listed[-1]["priTmplId"] == made["priTmplId"]
    assert listed[-1]["content"] == "支付金额:{{amount3.DATA}}\n订单编号:{{character_string1.DATA}}\n"
    openid = wechat.openid("alice")
    wechat.control("/_sim/consents", {"openid": openid, "template_id": made["priTmplId"], "times": 2})
    message = {"touser": openid, "template_id": made["priTmplId"],
               "data": {"amount3": {"value": "64.00元"}, "character_string1": {"value": "A1"}}}  # fmt: skip
    assert wechat.call("/cgi-bin/message/subscribe/send", message)["errcode"] == 0
    assert wechat.call("/wxaapi/newtmpl/deltemplate", {"priTmplId": made["priTmplId"]})["errcode"] == 0
    assert errcode(wechat.call("/wxaapi/newtmpl/deltemplate", {"priTmplId": made["priTmplId"]})) == 20002
    assert errcode(wechat.call("/cgi-bin/message/subscribe/send", message)) == 40037
    assert wechat.get("/_sim/inbox")["messages"][0]["title"] == "订单支付成功通知"


def test_a_template_of_app_json_can_be_deleted_and_stays_so(start):
    wechat = start()
    gone = wechat.template("order_paid")["template_id"]
    assert wechat.call("/wxaapi/newtmpl/deltemplate", {"priTmplId": gone})["errcode"] == 0
    listed = [one["priTmplId"] for one in start().call("/wxaapi/newtmpl/gettemplate")["data"]]
    assert len(listed) == 8 and gone not in listed


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"tid": 1}, 200014),
        ({"kidList": [1]}, 200020),
        ({"kidList": [1, 9]}, 200020),
        ({"kidList": [1, 1]}, 200020),
        ({"kidList": "1,2"}, 200020),
        ({"sceneDesc": "很" * 16}, 200021),
    ],
)
def test_a_wrong_choice_adds_no_template(wechat, errcode, changed, expected):
    body = {"tid": 1221, "kidList": [1, 2], "sceneDesc": "付款"} | changed
    assert errcode(wechat.call("/wxaapi/newtmpl/addtemplate", body)) == expected
    assert len(wechat.call("/wxaapi/newtmpl/gettemplate")["data"]) == 9


def test_a_wrong_look_into_the_library_is_refused(wechat, errcode):
    path = "/wxaapi/newtmpl/getpubtemplatetitles"
    assert errcode(wechat.call(path, ids="", start="0", limit="30")) == 200018
    assert errcode(wechat.call(path, ids="999", start="0", limit="30")) == 200019
    assert errcode(wechat.call(path, ids="317", start="-1", limit="30")) == 200016
    assert errcode(wechat.call(path, ids="317", start="0", limit="31")) == 200017
    assert errcode(wechat.call("/wxaapi/newtmpl/getpubtemplatekeywords", tid="1")) == 200014


def test_an_account_has_fifty_subscribe_templates(wechat, errcode):
    body, token = {"tid": 1221, "kidList": [1, 2]}, wechat.token()
    added = [wechat.post("/wxaapi/newtmpl/addtemplate", body, token=token) for _ in range(42)]
    assert [one["errcode"] for one in added[:41]] == [0] * 41
    assert errcode(added[41]) == 200012
