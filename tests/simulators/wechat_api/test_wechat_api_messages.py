"""Subscribe messages: consents, refusals, value limits, the inbox."""

import pytest

from infra.local.simulators.wechat_api.message_values import is_valid

pytestmark = pytest.mark.spec("E14", "L1")

SEND = "/cgi-bin/message/subscribe/send"


def example(template: dict) -> dict:
    return {field["key"]: {"value": field["example"]} for field in template["fields"]}


@pytest.fixture
def consented(wechat):
    """Alice has allowed two "order paid" messages; the body of a good message to her."""
    openid, template = wechat.openid("alice"), wechat.template("order_paid")
    given = {"openid": openid, "template_id": template["template_id"], "times": 2}
    assert wechat.control("/_sim/consents", given) == {"times_left": 2}
    return {
        "touser": openid,
        "template_id": template["template_id"],
        "page": "pages/order/detail?no=1",
        "data": example(template),
    }


def left(wechat) -> list[int]:
    return [one["times_left"] for one in wechat.get("/_sim/consents")["consents"]]


def test_each_template_of_the_catalogue_takes_its_own_examples(wechat):
    openid = wechat.openid("alice")
    for template in wechat.app["templates"]:
        wechat.control("/_sim/consents", {"openid": openid, "template_id": template["template_id"]})
        body = {"touser": openid, "template_id": template["template_id"], "data": example(template)}
        assert wechat.post(SEND, body)["errcode"] == 0, template["name"]
    assert len(wechat.get("/_sim/inbox")["messages"]) == 9 and left(wechat) == [0] * 9
    assert wechat.get("/_sim/templates") == {"templates": wechat.app["templates"]}


def test_a_message_spends_one_consent_and_lands_in_the_inbox(wechat, consented):
    answer = wechat.post(SEND, consented)
    assert answer == {"errcode": 0, "errmsg": "ok", "msgid": answer["msgid"]}
    assert left(wechat) == [1]
    (message,) = wechat.get("/_sim/inbox", openid=consented["touser"])["messages"]
    assert message["msgid"] == answer["msgid"]
    assert (message["person"], message["template"], message["title"]) == ("alice", "order_paid", "订单支付成功通知")
    assert (message["page"], message["miniprogram_state"]) == ("pages/order/detail?no=1", "formal")
    assert message["data"]["amount3"] == "128.50元"
    assert message["fields"][2] == {"key": "amount3", "label": "支付金额", "value": "128.50元"}


def test_used_up_consent_is_43101_and_nothing_more_arrives(wechat, consented, errcode):
    assert [wechat.post(SEND, consented)["errcode"] for _ in range(2)] == [0, 0]
    assert errcode(wechat.post(SEND, consented)) == 43101
    assert left(wechat) == [0] and len(wechat.get("/_sim/inbox")["messages"]) == 2


def test_a_consent_counts_for_its_template_and_its_person_only(wechat, consented, errcode):
    other = wechat.template("refund_done")
    body = {**consented, "template_id": other["template_id"], "data": example(other)}
    assert errcode(wechat.post(SEND, body)) == 43101
    assert errcode(wechat.post(SEND, {**consented, "touser": wechat.openid("bob")})) == 43101
    assert left(wechat) == [2]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"touser": "oNobody"}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "unknown"}, 40037),
        ({"page": "/pages/order/detail"}, 41030),
        ({"page": "pages/order detail"}, 41030),
        ({"data": None}, 47003),
        ({"data": {}}, 47003),
        ({"miniprogram_state": "production"}, 47003),
    ],
)
def test_a_refused_message_spends_nothing(wechat, consented, errcode, changed, expected):
    assert errcode(wechat.post(SEND, {**consented, **changed})) == expected
    assert left(wechat) == [2] and wechat.get("/_sim/inbox") == {"messages": []}


def test_a_refusal_names_the_field_at_fault(wechat, consented):
    long = {**consented["data"], "thing2": {"value": "字" * 21}}
    assert wechat.post(SEND, {**consented, "data": long})["errmsg"].startswith(
        "argument invalid! data.thing2.value invalid rid: "
    )
    missing = {key: value for key, value in consented["data"].items() if key != "amount3"}
    assert wechat.post(SEND, {**consented, "data": missing})["errmsg"].startswith(
        "argument invalid! data.amount3.value is empty rid: "
    )
    assert left(wechat) == [2]


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("thing1", ["字" * 20, "a 1，!"], ["字" * 21, "two\nlines"]),
        ("number2", ["3", "3.5", "9" * 32], ["9" * 33, "-1", "三"]),
        ("letter3", ["abcXYZ"], ["abc1", "a" * 33]),
        ("symbol4", ["！？"], ["！！！！！！", "a", "字"]),
        ("character_string5", ["ord01JD0Z8M3K5T7V9X1B2C4E6G8H", "A-1/2", "x" * 32], ["x" * 33, "订单1"]),
        ("time6", ["15:01", "15:01:30", "2019年10月1日 15:01", "2019-10-01 15:01:00", "15:01~16:00",
                   "2019年10月1日 15:01~2019年10月1日 16:01"], ["2019年10月1日", "25:00", "15:60", "tomorrow"]),
        ("date7", ["2019年10月1日", "2019-10-01", "2019/10/01", "2019.10.01", "2019-10", "10月1日",
                   "2019年10月1日 15:01", "2019年10月1日~2019年10月3日"], ["15:01", "2019-13-01", "2019-10-32"]),
        ("amount8", ["128.50元", "¥128.5", "￥100", "0.01", "$5", "1" * 10], ["12345678901", "-5元", "十元", "¥¥5"]),
        ("phone_number9", ["+86-0766-66888866", "13800138000"], ["1" * 18, "phone"]),
        ("car_number10", ["粤A8Z888挂", "京A12345"], ["粤A8Z8888挂挂", "粤A粤123"]),
        ("name11", ["张三", "张" * 10, "John Smith"], ["张" * 11, "J" * 21, "张3"]),
        ("phrase12", ["配送中", "配" * 5], ["配" * 6, "ok", "配送1"]),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_its_documented_limits(key, good, bad):
    assert [one for one in good if not is_valid(key, one)] == []
    assert [one for one in bad if is_valid(key, one)] == []


def test_consent_for_an_unknown_person_or_template_is_told(wechat, consented):
    for changed, code in (({"openid": "oNobody"}, 40003), ({"template_id": "unknown"}, 40037)):
        body = {"openid": consented["touser"], "template_id": consented["template_id"], **changed}
        response = wechat.client.post("/_sim/consents", json=body)
        assert (response.status_code, response.json()["errcode"]) == (404, code)
    for times in (0, -1, 1.5, "2", True, 1001):
        body = {"openid": consented["touser"], "template_id": consented["template_id"], "times": times}
        assert wechat.client.post("/_sim/consents", json=body).status_code == 400
    assert left(wechat) == [2]


def test_a_page_outside_the_listed_ones_is_refused(start, tmp_path, errcode):
    start()
    account = tmp_path / "app.json"
    account.write_text(account.read_text().replace('"pages": []', '"pages": ["pages/index"]'))
    wechat = start()
    openid, template = wechat.openid("alice"), wechat.template("refund_done")
    wechat.control("/_sim/consents", {"openid": openid, "template_id": template["template_id"]})
    body = {"touser": openid, "template_id": template["template_id"], "data": example(template)}
    assert errcode(wechat.post(SEND, {**body, "page": "pages/order"})) == 41030
    assert wechat.post(SEND, {**body, "page": "pages/index?from=message"})["errcode"] == 0


def test_the_inbox_page_shows_cards_and_escapes_what_was_sent(wechat, consented):
    consented["data"]["thing2"] = {"value": "<b>豆</b>"}
    wechat.post(SEND, consented)
    page = wechat.client.get("/inbox").text
    assert "<h3>订单支付成功通知</h3>" in page and "<dt>支付金额</dt><dd>128.50元</dd>" in page
    assert "&lt;b&gt;豆&lt;/b&gt;" in page and "<b>豆</b>" not in page
    assert "还没有消息" in wechat.client.get("/inbox", params={"openid": "oNobody"}).text


def test_messages_survive_a_restart(start):
    wechat = start()
    openid, template = wechat.openid("alice"), wechat.template("refund_done")
    wechat.control("/_sim/consents", {"openid": openid, "template_id": template["template_id"]})
    wechat.post(SEND, {"touser": openid, "template_id": template["template_id"], "data": example(template)})
    before = wechat.get("/_sim/inbox")
    assert len(before["messages"]) == 1 and start().get("/_sim/inbox") == before


# templates of the merchant's own


def test_a_template_of_ones_own_takes_values_by_the_kinds_in_its_keys_and_survives_a_restart(start, errcode):
    wechat = start()
    openid = wechat.openid("小红")
    template = wechat.control("/_sim/templates", {"title": "付款成功", "fields": [
        {"key": "thing7", "label": "商品"}, {"key": "amount2", "label": "金额"}]})
    wechat = start()
    wechat.control("/_sim/consents", {"openid": openid, "template_id": template["template_id"], "times": 2})
    body = {"touser": openid, "template_id": template["template_id"], "data": {
        "thing7": {"value": "咖啡"}, "amount2": {"value": "¥12.30"}}}
    assert wechat.post("/cgi-bin/message/subscribe/send", body)["errcode"] == 0
    body["data"]["amount2"] = {"value": "十二元"}
    refused = wechat.post("/cgi-bin/message/subscribe/send", body)
    assert errcode(refused) == 47003 and "data.amount2.value" in refused["errmsg"]
    again = wechat.client.post("/_sim/templates", json={"fields": [{"key": "word1"}]})
    assert again.status_code == 400
