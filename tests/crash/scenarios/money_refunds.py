"""Money (资金): refunds of orders, pieces and amounts, and requests for them."""

from __future__ import annotations

from mall.tables.trade import order_lines, refunds

from tests.crash.scenarios.goods import arrived
from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import (
    asking,
    by_hand,
    closed_refund,
    due_refund,
    earned,
    pointed,
    sent_share,
    shared,
    taken_away,
    topped_up,
    trusting,
    two_lines,
    two_people,
    vip,
)
from tests.crash.scenarios.words import basics, call, coupon_template, paid, timer
from tests.crash.town import Play, Town
from tests.support import seed
from tests.support.shop import Caller


@scenario("refunds.start_refund", "a part after receipt, with the growth that it brought")
def _refund_received(town: Town) -> Play:
    from mall.tables.trade import order_lines

    _, (_, second) = vip(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=second, reason="少件", lines=[
        {"line_id": town.shop.rows(order_lines, order_no=second)[0].line_id, "quantity": 1}])


@scenario("refunds.start_refund")
def _refund(town: Town) -> Play:
    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no = paid(town, member, goods.sku_id, coupon_ids=[coupon])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


@scenario("refunds.send_due_refunds")
def _send_refunds(town: Town) -> Play:
    due_refund(town)
    due_refund(town)
    return timer(town, "refunds.send_due_refunds")


@scenario("refunds.send_due_refunds", "refused by WeChat")
def _send_refused(town: Town) -> Play:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    return timer(town, "refunds.send_due_refunds")


@scenario("refunds.send_due_refunds", "after its order was shared")
def _send_shared_refund(town: Town) -> Play:
    shared(town, 1_000, 500)
    order_no = sent_share(town)
    town.tick("settlements.poll_sharing_results")
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    return timer(town, "refunds.send_due_refunds")


@scenario("refunds.query_stuck_refunds")
def _ask_refunds(town: Town) -> Play:
    due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    for notice in town.books.untold():
        town.books.told(notice)
    town.move(5)
    return timer(town, "refunds.query_stuck_refunds")


@scenario("refunds.receive_refund_notice")
def _refund_notice(town: Town) -> Play:
    due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    return lambda: town.tell_notices("refund")


@scenario("refunds.retry_refund")
def _retry(town: Town) -> Play:
    refund_no = due_refund(town)
    taken_away(town, refund_no)
    town.tick("refunds.send_due_refunds")
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    town.books.keep("payment", row.payment_no, {**town.books.find("payment", row.payment_no), "refunded_fen": 0})
    return call(town, town.shop.staff(), "refunds.retry_refund", refund_no=refund_no)


@scenario("refunds.record_settled_by_hand")
def _by_hand(town: Town) -> Play:
    return by_hand(town, closed_refund(town))


@scenario("refunds.record_settled_by_hand", "in WeChat's merchant platform")
def _by_hand_in_the_platform(town: Town) -> Play:
    refund_no = closed_refund(town)
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    town.shop.house.world.door("wechat_pay").refund(refund_no="2026112800001234", payment_no=row.payment_no,
                                                    refund_fen=row.amount_fen)
    town.books.finish_refunds()
    for notice in town.books.untold():
        town.books.told(notice)
    return by_hand(town, refund_no, "WECHAT_PLATFORM")


@scenario("refunds.request_flash_refund")
def _flash_refund(town: Town) -> Play:
    trusting(town)
    member, goods = basics(town)
    return call(town, member, "refunds.request_flash_refund", order_no=paid(town, member, goods.sku_id))


@scenario("refunds.retry_refund", "closed by WeChat")
def _retry_closed(town: Town) -> Play:
    return call(town, town.shop.staff(), "refunds.retry_refund", refund_no=closed_refund(town))


@scenario("refunds.start_refund", "a part, by line and quantity, after another part")
def _refund_part(town: Town) -> Play:
    order_no, lines = two_lines(town)
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                           lines=[{"line_id": lines[0], "quantity": 1}])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="少件",
                lines=[{"line_id": lines[0], "quantity": 1}, {"line_id": lines[1], "quantity": 1}])


@scenario("refunds.start_refund", "a part that breaks a full reduction")
def _refund_below_threshold(town: Town) -> Play:
    seed.promotion(town.shop, steps=((19_000, 1_900),))
    town.shop.staff().call("staff.save_settings", version=0, changes={"refund_threshold_rule": "take_back"})
    order_no, lines = two_lines(town)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="少件",
                lines=[{"line_id": lines[1], "quantity": 2}])


@scenario("refunds.send_due_refunds", "several parts of one order")
def _send_parts(town: Town) -> Play:
    order_no, lines = two_lines(town)
    for line_id in lines:
        town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                               lines=[{"line_id": line_id, "quantity": 1}])
    return timer(town, "refunds.send_due_refunds")

DIFFERENCE = {"kind": "PRICE_DIFFERENCE", "amount_fen": 1_001}


@scenario("refunds.start_refund", "an amount, after a piece")
def _refund_amount(town: Town) -> Play:
    order_no, lines = two_lines(town)
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="少件",
                           lines=[{"line_id": lines[0], "quantity": 1}])
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="差价", by_amount=DIFFERENCE)


@scenario("refunds.start_refund", "an amount after receipt, with the points and the growth that it brought")
def _refund_amount_received(town: Town) -> Play:
    member, goods = basics(town)
    order_no = earned(town, member, goods.sku_id)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="补偿",
                by_amount={"kind": "COMPENSATION", "amount_fen": 1_200})


@scenario("refunds.ask_refund")
def _ask_refund(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "refunds.ask_refund", order_no=paid(town, member, goods.sku_id), reason="NOT_WANTED")


def evidence(town: Town, member: Caller) -> str:
    """The id of a checked picture of the member's."""
    upload_id = arrived(town, member, "members", purpose="EVIDENCE")
    return member.call("members.finish_upload", upload_id=upload_id)["upload_id"]


@scenario("refunds.ask_refund", "with evidence")
def _ask_with_evidence(town: Town) -> Play:
    member, goods = basics(town)
    return call(town, member, "refunds.ask_refund", order_no=paid(town, member, goods.sku_id), reason="DAMAGED",
                evidence_ids=[evidence(town, member)])


@scenario("refunds.withdraw_request")
def _withdraw_request(town: Town) -> Play:
    member, _, request_id = asking(town)
    return call(town, member, "refunds.withdraw_request", request_id=request_id)


@scenario("refunds.answer_request", "accepted, an amount")
def _accept_amount(town: Town) -> Play:
    _, _, request_id = asking(town, by_amount=DIFFERENCE)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True)


@scenario("refunds.answer_request", "accepted, all of it")
def _accept_all(town: Town) -> Play:
    _, _, request_id = asking(town)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=True, answer="同意")


@scenario("refunds.answer_request", "refused")
def _refuse_refund(town: Town) -> Play:
    _, _, request_id = asking(town)
    return call(town, town.shop.staff(), "refunds.answer_request", request_id=request_id, accept=False, answer="不")


@scenario("refunds.start_refund", "into stored value too")
def _refund_both(town: Town) -> Play:
    member, goods = topped_up(town)
    order_no = paid(town, member, goods.sku_id, balance_fen=1_000)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了")


@scenario("refunds.start_refund", "points go back and are taken back")
def _refund_points(town: Town) -> Play:
    member, goods = pointed(town)
    order_no = earned(town, member, goods.sku_id, quantity=2, points=700)
    paid(town, member, goods.sku_id, points=380)  # so that some of what was earned is spent
    [line] = town.shop.rows(order_lines, order_no=order_no)
    return call(town, town.shop.staff(), "refunds.start_refund", order_no=order_no, reason="不要了",
                lines=[{"line_id": line.line_id, "quantity": 1}])


@scenario("refunds.start_refund", "that waits for a second person")
def _refund_waits(town: Town) -> Play:
    owner = two_people(town)
    member, goods = basics(town)
    return call(town, owner, "refunds.start_refund", order_no=paid(town, member, goods.sku_id), reason="不要了")


@scenario("refunds.start_refund", "that one person decides, counted to their day")
def _refund_alone(town: Town) -> Play:
    owner = two_people(town, refund_approval_limit_fen=500_000)
    member, goods = basics(town)
    return call(town, owner, "refunds.start_refund", order_no=paid(town, member, goods.sku_id), reason="不要了")
