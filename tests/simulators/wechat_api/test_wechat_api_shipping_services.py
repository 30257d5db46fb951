"""The rest of shipping: several reports at once, lists, the reminder, the settings."""

import pytest

pytestmark = [pytest.mark.spec("E14", "E4"), pytest.mark.usefixtures("still")]

BASE = "/wxa/sec/order/"
MCHID, AT = "1900000109", "2026-05-29T12:10:00.000+08:00"


@pytest.fixture
def paid(wechat, still):
    """Tells of a payment, so many seconds before now."""

    def pay(number: str, person: str = "alice", *, ago: float = 600, refunded: bool = False) -> dict:
        told = {"transaction_id": "4200" + number, "mchid": MCHID, "out_trade_no": number, "amount_fen": 100,
                "openid": wechat.openid(person), "paid_at": still - ago, "refunded": refunded}  # fmt: skip
        return wechat.control("/_sim/orders", told)

    return pay


def part(order: dict, number: str = "ZT1") -> dict:
    return {
        "order_key": {"order_number_type": 2, "transaction_id": order["transaction_id"]},
        "logistics_type": 1,
        "delivery_mode": 1,
        "shipping_list": [{"tracking_no": number, "express_company": "ZTO", "item_desc": "咖啡豆"}],
    }


def upload_all(wechat, openid: str, *parts: dict, **changed) -> dict:
    body = {"order_key": {"order_number_type": 1, "mchid": MCHID, "out_trade_no": "COMBINED"},
            "sub_orders": list(parts), "upload_time": AT, "payer": {"openid": openid}}  # fmt: skip
    return wechat.call(BASE + "upload_combined_shipping_info", body | changed)


def ship(wechat, order: dict) -> None:
    assert upload_all(wechat, order["openid"], part(order))["errcode"] == 0


def state(wechat, order: dict) -> int:
    return wechat.call(BASE + "get_order", {"transaction_id": order["transaction_id"]})["order"]["order_state"]


def test_several_orders_are_reported_at_once_all_or_none(wechat, errcode, paid):
    first, second, refunded = paid("A1"), paid("A2"), paid("A3", refunded=True)
    assert errcode(upload_all(wechat, first["openid"], part(first), part(refunded))) == 10060004
    assert [state(wechat, one) for one in (first, second)] == [1, 1]
    assert upload_all(wechat, first["openid"], part(first), part(second, "ZT2"))["errcode"] == 0
    assert [state(wechat, one) for one in (first, second)] == [2, 2]
    assert errcode(upload_all(wechat, first["openid"], part(first), part(second, "ZT2"))) == 10060023


def test_a_wrong_combined_report_ships_nothing(wechat, errcode, paid):
    order = paid("A1")
    mine = order["openid"]
    assert errcode(upload_all(wechat, mine)) == 10060014
    assert errcode(upload_all(wechat, mine, part(order), part(order))) == 10060014
    assert errcode(upload_all(wechat, mine, part(order), upload_time="noon")) == 268485216
    assert errcode(upload_all(wechat, mine, part(order), order_key={})) == 268485194
    assert errcode(upload_all(wechat, wechat.openid("bob"), part(order))) == 10060031
    assert errcode(upload_all(wechat, mine, "what")) == 268485194
    assert state(wechat, order) == 1


def numbers(wechat, **asked) -> list[str]:
    answer = wechat.call(BASE + "get_order_list", asked)
    assert answer["errcode"] == 0
    return [one["merchant_trade_no"] for one in answer["order_list"]]


def test_orders_are_listed_by_time_state_and_person(wechat, paid, still):
    old, new = paid("A1", ago=5000), paid("A2", ago=100)
    paid("B1", "bob", ago=1000), paid("A3", ago=50, refunded=True)
    ship(wechat, new)
    assert numbers(wechat) == ["A3", "A2", "B1", "A1"]
    assert numbers(wechat, openid=old["openid"]) == ["A3", "A2", "A1"]
    assert [numbers(wechat, order_state=one) for one in (1, 2, 5)] == [["B1", "A1"], ["A2"], ["A3"]]
    assert numbers(wechat, pay_time_range={"begin_time": still - 1000, "end_time": still - 100}) == ["A2", "B1"]
    wechat.control("/_sim/shipping/lag", {"seconds": 100})
    assert numbers(wechat) == ["A2", "B1", "A1"]


def test_a_list_goes_on_after_the_last_index(wechat, paid):
    for ago in (3, 2, 1):
        paid(f"A{ago}", ago=ago)
    first = wechat.call(BASE + "get_order_list", {"page_size": 2})
    assert (len(first["order_list"]), first["has_more"]) == (2, True)
    rest = wechat.call(BASE + "get_order_list", {"page_size": 2, "last_index": first["last_index"]})
    assert [one["merchant_trade_no"] for one in rest["order_list"]] == ["A3"] and rest["has_more"] is False


@pytest.mark.parametrize(
    "asked",
    [
        {"page_size": 101},
        {"page_size": 0},
        {"order_state": 7},
        {"last_index": "4200X"},
        {"pay_time_range": {"begin_time": 2, "end_time": 1}},
        {"pay_time_range": "today"},
    ],
)
def test_a_wrong_list_is_refused(wechat, errcode, asked):
    assert errcode(wechat.call(BASE + "get_order_list", asked)) == 10060014


def remind(wechat, order: dict, received: object) -> dict:
    key = {"merchant_id": MCHID, "merchant_trade_no": order["out_trade_no"]}
    return wechat.call(BASE + "notify_confirm_receive", key | {"received_time": received})


def test_a_buyer_is_reminded_once_after_the_shipment_and_before_the_receipt(wechat, errcode, paid, still):
    order, other = paid("A1"), paid("A2")
    assert errcode(remind(wechat, order, int(still))) == 10060014
    ship(wechat, order), ship(wechat, other)
    assert errcode(remind(wechat, order, int(still) - 601)) == 10060014
    assert errcode(remind(wechat, order, "noon")) == 10060014
    assert errcode(remind(wechat, order | {"out_trade_no": "X"}, int(still))) == 10060001
    assert remind(wechat, order, int(still)) == {"errcode": 0, "errmsg": "ok"}
    assert errcode(remind(wechat, order, int(still))) == 10060014
    wechat.control("/_sim/shipping/received", {"transaction_id": other["transaction_id"]})
    assert errcode(remind(wechat, other, int(still))) == 10060002


def test_the_service_is_managed_until_it_is_said_not_to_be(wechat, errcode):
    own = {"appid": wechat.app["appid"]}
    assert wechat.call(BASE + "is_trade_managed", own)["is_trade_managed"] is True
    assert wechat.call(BASE + "is_trade_management_confirmation_completed", own)["completed"] is True
    wechat.control("/_sim/shipping/managed", {"managed": False})
    assert wechat.call(BASE + "is_trade_managed", own)["is_trade_managed"] is False
    assert errcode(wechat.call(BASE + "is_trade_managed", {"appid": "wx0"})) == 40013


def test_a_message_leads_to_a_path(wechat, errcode):
    assert wechat.call(BASE + "set_msg_jump_path", {"path": "pages/order?no=1"}) == {"errcode": 0, "errmsg": "ok"}
    assert errcode(wechat.call(BASE + "set_msg_jump_path", {"path": "a path"})) == 10060014
    assert wechat.get("/_sim/shipping")["msg_jump_path"] == "pages/order?no=1"
