"""staff.list_sensitive_changes (spec J6)."""

from tests.functions.staff.two_people import paid_order, start, two_people
from tests.support.shop import Shop, refused


def test_the_newest_first_by_state_and_page(shop: Shop):
    first, second = two_people(shop)
    numbers = [start(first, paid_order(shop)[0])["change_id"] for _ in range(3)]
    second.call("staff.reject_sensitive_change", change_id=numbers[1], reason="不同意")
    page = first.call("staff.list_sensitive_changes", limit=2)
    assert [row["change_id"] for row in page["items"]] == [numbers[2], numbers[1]]
    rest = first.call("staff.list_sensitive_changes", limit=2, cursor=page["next_cursor"])
    assert ([row["change_id"] for row in rest["items"]], rest["next_cursor"]) == ([numbers[0]], None)
    waits = first.call("staff.list_sensitive_changes", state="PENDING")["items"]
    assert [row["change_id"] for row in waits] == [numbers[2], numbers[0]]
    assert (waits[0]["before"], waits[0]["after"]) == (
        {"refunded_fen": 0, "pay_fen": 27_000, "state": "TO_SHIP"},
        {"refunded_fen": 27_000, "amount_fen": 27_000, "balance_fen": 0, "freight_fen": 0, "closes": True})
    assert (waits[0]["action"], waits[0]["value_fen"], waits[0]["order_no"]) == (
        "refunds.start_refund", 27_000, waits[0]["subject"])
    assert (waits[0]["says"], waits[0]["why"]) == (
        f"订单 {waits[0]['subject']} 退款 270.00 元，并关闭订单",
        "该订单已退款或让价 0.00 元，一人最多 100.00 元，还剩 100.00 元；"
        "本次 270.00 元；已提交双人复核，请另一位同事处理")
    assert not {"payload", "sent"} & set(waits[0])
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("staff.list_sensitive_changes")
