"""What the fuzz found, each as a case of its own that stays."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from mall.app.triggers import read_event
from mall.kit.page import BadCursor, decode_cursor

from tests.support.shop import APPID, SECRETS, CloudContext, Shop, refused

pytestmark = pytest.mark.spec("J2")


def cursor(*position: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def test_a_platforms_environment_nested_beyond_reason_is_nobodys():
    deep = '{"a":' * 5_000
    assert read_event({}, {"environment": deep}).identity is None


@pytest.mark.parametrize("given", ["\ud800", 'a","data":"forged', "a\nb", "a\\", " ", "x" * 65, 7, None, ["a"]])
def test_a_request_id_that_would_break_a_log_line_or_an_answer_is_replaced(shop: Shop, given: Any):
    event = {"Type": "Message", "Secret": SECRETS["trigger_secret"], "EventId": "evt_1", "Kind": "no.such",
             "Payload": {}, "RequestId": given}
    answer = shop.send("catalog.on_order_paid_count_sold", event, {"request_id": given})
    assert (answer["ok"], answer["error"]["code"]) == (False, "EVENT_TOO_NEW")
    assert answer["request_id"].startswith("req_") and len(answer["request_id"]) == 30


@pytest.mark.parametrize("openid", ["\ud800", "a\nb", "o" * 65, "\x00", "o\u2028"])
def test_an_openid_that_wechat_never_gives_is_nobodys(shop: Shop, openid: str):
    with refused("NOT_SIGNED_IN"):
        shop.answer_of(shop.send("members.view_profile", {}, CloudContext(openid)))
    assert read_event({}, CloudContext(openid)).identity is None


@pytest.mark.parametrize("part", [2**63, -(2**63), 10**30])
def test_a_cursor_with_a_number_that_no_database_takes_is_refused(part: int):
    with pytest.raises(BadCursor):
        decode_cursor(cursor(part), (int,))
    assert decode_cursor(cursor(2**63 - 1), (int,)) == (2**63 - 1,)


@pytest.mark.parametrize("part", ["\ud800", "a\x00b", "\n"])
def test_a_cursor_with_text_that_no_database_takes_is_refused(shop: Shop, part: str):
    with refused("BAD_CURSOR", status=400, field="cursor"):
        shop.staff().call("catalog.list_shelf", cursor=cursor(part))


def http(headers: dict[str, str], **request: Any) -> dict[str, Any]:
    return {"httpMethod": "POST", "path": "/", "headers": headers, "body": "{}", **request}


def test_the_address_is_the_one_that_this_platform_writes_and_never_anothers_header():
    forged = {"X-SCF-Remote-Addr": "6.6.6.6", "X-Real-IP": "7.7.7.7", "X-Forwarded-For": "8.8.8.8"}
    aws = {"version": "2.0", "requestContext": {"http": {"sourceIp": "203.0.113.9"}}, "headers": forged, "body": ""}
    assert read_event(aws, None).client_ip == "203.0.113.9"
    access = http(forged, requestContext={"envId": "e"})
    for event in (access, http(forged)):  # no header is believed unless the deployment names it
        assert read_event(event, {}).client_ip is None
    assert read_event(access, {}, address_header="x-real-ip").client_ip == "7.7.7.7"
    broken = http({"X-Scf-Remote-Addr": "1.2.3.4\r\nx"})
    assert read_event(broken, {}, address_header="x-scf-remote-addr").client_ip is None
    world = CloudContext("openid-1")
    assert (read_event({}, world).client_ip, read_event({}, world).identity.appid) == ("203.0.113.9", APPID)


AT_THE_END_OF_TIME = ("0001-01-01T00:00:00+08:00", "1999-12-31T23:59:59Z", "9999-12-31T23:59:59-08:00",
                      "9999-12-31T23:59:59Z")


@pytest.mark.parametrize("moment", AT_THE_END_OF_TIME)
@pytest.mark.parametrize("action, field, given", [
    ("orders.search_orders", "placed_from", {}),
    ("promotions.save_promotion", "ends_at", {"title": "满减", "steps": [{"threshold_fen": 2, "off_fen": 1}],
                                              "starts_at": "2026-01-01T00:00:00Z"}),
    ("catalog.publish_products", "list_at", {"spu_ids": ["spu_1"]}),
])
def test_a_moment_that_no_zone_or_database_can_tell_is_refused(shop: Shop, action: str, field: str, given: dict,
                                                               moment: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field=field):
        staff.call(action, **given, **{field: moment})
    assert shop.snapshot() == before


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
def test_a_day_at_the_end_of_the_calendar_is_refused(shop: Shop, day: str):
    staff = shop.staff()
    with refused("BAD_INPUT", status=400, field="from_day"):
        staff.call("invoices.export_statement", from_day=day, until_day=day)
    with refused("BAD_INPUT", status=400, field="day"):
        staff.call("reconciliation.pull_day", day=day)


HIDDEN = ("\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066")  # not shown, or turns what follows around


@pytest.mark.parametrize("hidden", [*HIDDEN, "\n", "\t", "\u2028"], ids=ascii)
def test_a_name_is_what_it_looks_like_and_one_line(shop: Shop, hidden: str):
    member, staff = shop.member(), shop.staff()
    address = {"name": "张", "phone": "13800000000", "province": "省", "city": "市", "detail": "路"}
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field="nickname"):
        member.call("members.update_profile", version=1, nickname=f"客服{hidden}a")
    with refused("BAD_INPUT", status=400, field="name"):
        member.call("members.save_address", **address | {"name": f"张{hidden}三"})
    with refused("BAD_SETTING", status=400, field="shop_name"):
        staff.call("staff.save_settings", version=0, changes={"shop_name": f"好物{hidden}商城"})
    with refused("BAD_INPUT", status=400, field="avatar_url"):
        member.call("members.update_profile", version=1, avatar_url=f"https://img.example/{hidden}a.png")
    assert shop.snapshot() == before


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_a_note_of_several_lines_hides_nothing_either(shop: Shop, hidden: str):
    staff, before = shop.staff(), shop.snapshot()
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("orders.note_order", order_no="ord_1", note=f"一{hidden}二")
    with refused("ORDER_NOT_FOUND", status=404):
        staff.call("orders.note_order", order_no="ord_1", note="一\n二\t三")
    assert shop.snapshot() == before


@pytest.mark.parametrize("name", ["👨‍👩‍👧 一家", "O’Neil", "ไทย", "Ünïcödé", "𠮷野家"])
def test_names_of_all_the_worlds_letters_and_joined_emoji_are_kept_as_they_are(shop: Shop, name: str):
    assert shop.member().call("members.update_profile", version=1, nickname=name)["nickname"] == name
