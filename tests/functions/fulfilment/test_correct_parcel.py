"""fulfilment.correct_parcel (spec E2, E11, G3)."""

import pytest
from mall.adapters.wechat_api import WeChatRefused
from mall.domains.messaging.rules import corrected_since
from mall.tables.reach import messages
from mall.tables.trade import cases, orders, payments, shipment_changes, shipments
from sqlalchemy import update

from tests.functions.fulfilment.test_report_shipping import NOTHING, WeChat, shipped, tick, wechat  # noqa: F401
from tests.support import trade
from tests.support.parallel import in_parallel
from tests.support.shop import Shop, refused

WRONG, RIGHT, THIRD = "78912345678901", "SF1234567890123", "78900000000003"


def correct(shop: Shop, order_no: str, tracking_no: str = RIGHT, carrier: str = "SF", seen: str = WRONG) -> dict:
    return shop.staff("fulfilment.correct_parcel").call(
        "fulfilment.correct_parcel", order_no=order_no, carrier=carrier, tracking_no=tracking_no,
        seen_tracking_no=seen)


def test_a_corrected_parcel_is_reported_once_more_and_its_buyer_reads_why(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    shop.move(minutes=5)
    assert correct(shop, order_no) == {"order_no": order_no, "corrections": 1, "wechat": "TOLD"}
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [report["items"][0]["tracking_no"] for report in wechat.reports] == [WRONG, RIGHT]
    assert wechat.reports[1]["upload_time"] > wechat.reports[0]["upload_time"]
    assert wechat.reports[1]["items"][0]["receiver_phone"] == "13800000000"  # as SF wants it
    (shipment,), (kept,) = shop.rows(shipments), shop.rows(shipment_changes)
    assert (shipment.carrier, shipment.tracking_no, shipment.report_state, shipment.reports) == (
        "SF", RIGHT, "REPORTED", 2)
    assert (kept.order_no, kept.correction, kept.carrier, kept.tracking_no) == (order_no, 1, "ZTO", WRONG)
    view = shop.staff().call("orders.view_order", order_no=order_no)["order"]
    assert (view["parcels"][0]["tracking_no"], view["parcels"][0]["corrections"]) == (RIGHT, 1)
    assert (view["timeline"][-1]["words"], view["timeline"][-1]["reason"]) == (
        "快递信息已更正", f"中通快递 {WRONG} 更正为 顺丰速运 {RIGHT}")


def test_the_buyer_is_told_the_right_number_and_no_longer_the_wrong_one(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    shop.relay()
    correct(shop, order_no)
    shop.relay()
    told = sorted(shop.rows(messages, template="order_shipped"), key=lambda row: row.message_id)
    assert [row.fields["character_string4"] for row in told] == [WRONG, RIGHT]
    assert told[-1].once_key.startswith(f"order_shipped:{order_no}:1:")
    (shipment,) = shop.rows(shipments)
    assert (corrected_since(shipment, 0), corrected_since(shipment, 1)) == (True, False)


def test_before_wechat_was_told_it_hears_of_the_right_parcel_alone(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    assert correct(shop, order_no)["wechat"] == "TOLD"
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [report["items"][0]["tracking_no"] for report in wechat.reports] == [RIGHT]
    assert correct(shop, order_no, THIRD, "ZTO", RIGHT)["wechat"] == "TOLD"
    assert tick(shop) == NOTHING | {"REPORTED": 1}


def test_wechat_takes_one_correction_and_after_it_there_is_a_case(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    tick(shop)
    correct(shop, order_no)
    tick(shop)
    assert correct(shop, order_no, THIRD, "ZTO", RIGHT) == {
        "order_no": order_no, "corrections": 2, "wechat": "USED_UP"}
    assert tick(shop) == NOTHING and len(wechat.reports) == 2
    (case,), (shipment,) = shop.rows(cases), shop.rows(shipments)
    assert (case.kind, case.reference) == ("PARCEL_NOT_CORRECTED", order_no)
    assert (shipment.tracking_no, shipment.report_state) == (THIRD, "REPORTED")


def test_what_wechat_says_of_its_single_correction_is_a_case_and_not_repeated(
        shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    tick(shop)
    correct(shop, order_no)
    wechat.answers = [WeChatRefused(errcode=10060003)]
    assert tick(shop) == NOTHING | {"FAILED": 1}
    assert tick(shop) == NOTHING
    assert [case.kind for case in shop.rows(cases)] == ["PARCEL_NOT_CORRECTED"]


def test_a_report_that_wechat_refused_is_made_again_with_what_is_right(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    wechat.answers = [WeChatRefused(errcode=268485195)]
    assert tick(shop) == NOTHING | {"FAILED": 1}
    assert correct(shop, order_no)["wechat"] == "TOLD"
    assert tick(shop) == NOTHING | {"REPORTED": 1}


def test_a_parcel_that_is_corrected_while_wechat_is_told_is_told_again(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    first = wechat.upload_shipping_info

    def meanwhile(**report):
        wechat.upload_shipping_info = first
        correct(shop, order_no)
        return first(**report)

    wechat.upload_shipping_info = meanwhile
    assert tick(shop) == NOTHING | {"corrected": 1}
    (shipment,) = shop.rows(shipments)
    assert (shipment.report_state, shipment.tracking_no, shipment.reports) == ("PENDING", RIGHT, 1)
    shop.move(minutes=2)
    assert tick(shop) == NOTHING | {"REPORTED": 1}
    assert [report["items"][0]["tracking_no"] for report in wechat.reports] == [WRONG, RIGHT]


def test_a_payment_that_needs_no_report_needs_none_again(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    shop.database.run(lambda tx: tx.write(update(payments).values(openid=None)))
    assert tick(shop) == NOTHING | {"NOT_NEEDED": 1}
    assert correct(shop, order_no)["wechat"] == "NOT_NEEDED"
    assert tick(shop) == NOTHING


def test_the_same_parcel_again_changes_nothing(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    before = shop.snapshot()
    assert correct(shop, order_no, WRONG, "中通快递")["corrections"] == 0
    after = shop.snapshot()
    assert {name: rows for name, rows in after.items() if name not in ("audit_entries", "staff", "roles", "sessions")
            } == {name: rows for name, rows in before.items()
                  if name not in ("audit_entries", "staff", "roles", "sessions")}


@pytest.mark.parametrize(("given", "code"), [
    ({"carrier": "没有的快递"}, "UNKNOWN_CARRIER"), ({"tracking_no": "1"}, "BAD_TRACKING_NO"),
    ({"seen": RIGHT}, "PARCEL_CHANGED")])
def test_what_is_no_parcel_or_was_changed_by_somebody_else_is_refused(
        shop: Shop, wechat: WeChat, given: dict, code: str):  # noqa: F811
    order_no = shipped(shop)
    with refused(code):
        correct(shop, order_no, **given)
    assert (shop.rows(shipments)[0].tracking_no, shop.rows(shipment_changes)) == (WRONG, [])


def test_only_what_is_on_its_way_is_corrected_and_only_ones_own(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    for values, code in (({"state": "RECEIVED"}, "NOT_ON_ITS_WAY"), ({"state": "CLOSED"}, "NOT_ON_ITS_WAY"),
                         ({"state": "SHIPPED", "seller_id": "sel_OTHER"}, "ORDER_NOT_FOUND")):
        shop.database.run(lambda tx, values=values: tx.write(update(orders).values(**values)))
        with refused(code):
            correct(shop, order_no)
    assert shop.rows(shipments)[0].tracking_no == WRONG
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("fulfilment.correct_parcel", order_no=order_no, carrier="SF", tracking_no=RIGHT,
                                    seen_tracking_no=WRONG)


def test_two_corrections_at_the_same_moment_leave_one_winner(shop: Shop, wechat: WeChat):  # noqa: F811
    order_no = shipped(shop)
    answers = in_parallel(lambda: correct(shop, order_no), lambda: correct(shop, order_no, THIRD, "ZTO"))
    assert sorted(getattr(each, "code", "done") for each in answers) == ["PARCEL_CHANGED", "done"]
    assert len(shop.rows(shipment_changes)) == 1 and trade.order(shop, order_no).state == "SHIPPED"
