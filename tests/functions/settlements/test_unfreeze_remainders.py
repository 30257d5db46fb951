"""settlements.unfreeze_remainders: the seller gets what is left, once nothing is to be shared any more (E7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mall.domains.settlements import frozen as freezer
from mall.flows.trade import refund
from mall.tables.settlements import frozen_payments
from mall.tables.trade import cases, refunds
from sqlalchemy import update

from tests.functions.refunds.parts import place
from tests.functions.settlements.parts import differences, finish, frozen_order, receiver, shared_order, turn_on
from tests.support import seed
from tests.support.pay import Paying
from tests.support.shop import Shop

NOTHING = {"UNFREEZING": 0, "UNFROZEN": 0, "waiting": 0, "failed": 0}


def states(shop: Shop) -> list[str]:
    return [row.state for row in shop.rows(frozen_payments)]


def test_what_is_left_of_a_shared_payment_is_unfrozen(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = shared_order(shop, paying)
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFREEZING": 1}
    paying.until(lambda: paying.order(payment_no)["frozen"] is False)
    paying.move(minutes=2)
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFROZEN": 1}
    assert (states(shop), shop.tick("settlements.unfreeze_remainders")) == (["UNFROZEN"], NOTHING)
    assert differences(shop, paying, payment_no) == []


def test_a_payment_stays_frozen_until_its_order_was_shared_and_the_share_has_ended(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    assert shop.tick("settlements.unfreeze_remainders") == NOTHING
    shop.tick("settlements.share_finished_orders")
    assert shop.tick("settlements.unfreeze_remainders") == NOTHING
    finish(shop, paying, payment_no)
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1


def test_without_receivers_and_after_the_mode_was_turned_off_all_of_it_is_unfrozen(shop: Shop, paying: Paying):
    turn_on(shop)
    _, alone = frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1
    _, late = frozen_order(shop, paying)
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 0
    turn_on(shop, "off")
    paying.move(minutes=1)  # its next look
    shop.tick("settlements.unfreeze_remainders")
    paying.until(lambda: not any(paying.order(number)["frozen"] for number in (alone, late)))
    paying.move(minutes=5)
    shop.tick("settlements.unfreeze_remainders")
    assert states(shop) == ["UNFROZEN", "UNFROZEN"]


def test_a_frozen_payment_is_looked_at_ever_more_rarely_and_at_once_when_its_share_has_ended(
        shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = frozen_order(shop, paying)
    shop.tick("settlements.share_finished_orders")
    looks = []
    for hours in (0, 1, 3, 30):
        shop.move(hours=hours)
        shop.tick("settlements.unfreeze_remainders")
        looks.append(round((shop.rows(frozen_payments)[0].unfreeze_at - shop.now).total_seconds() / 60))
    assert looks == [1, 3, 12, 60]
    finish(shop, paying, payment_no)
    assert shop.rows(frozen_payments)[0].unfreeze_at <= shop.now
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1


def test_what_was_frozen_before_there_were_looks_is_taken_up(shop: Shop, paying: Paying):
    turn_on(shop)
    frozen_order(shop, paying)
    shop.database.run(lambda tx: tx.change(update(frozen_payments).values(share_at=None, unfreeze_at=None)))
    assert shop.tick("settlements.share_finished_orders")["nothing"] == 0
    shop.move(minutes=1)
    assert shop.tick("settlements.share_finished_orders")["nothing"] == 1
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1


def test_they_are_taken_up_in_batches_until_none_is_left_and_wait_for_the_next_fire(shop: Shop):
    def seed_old(tx: Any) -> None:
        tx.insert_many_if_absent(frozen_payments, [{
            "payment_no": f"pay_{number:04}", "unfreeze_no": f"unf_{number:04}", "state": "FROZEN", "attempts": 0,
            "ask_at": None, "share_at": None, "unfreeze_at": None, "created_at": shop.now, "ended_at": None}
            for number in range(freezer.LOOKED_AT + 1)])

    shop.database.run(seed_old)
    now = shop.now
    done = [shop.database.run(freezer.share_later, now) for _ in range(3)]
    assert done == [freezer.LOOKED_AT, 1, 0]
    assert {(row.share_at, row.unfreeze_at) for row in shop.rows(frozen_payments)} == {
        (now + timedelta(minutes=1), now + timedelta(minutes=1))}
    shop.database.run(lambda tx: tx.change(update(frozen_payments).values(share_at=None)))
    shop.tick("settlements.share_finished_orders")
    assert shop.rows(frozen_payments, share_at=None) == []


def test_a_payment_that_was_refunded_in_full_has_nothing_to_unfreeze(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying)
    shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    assert shop.tick("settlements.unfreeze_remainders") == NOTHING
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: [row.state for row in shop.rows(refunds)] == ["DONE"])
    paying.faults({"at": "unfreeze", "do": "refuse", "times": None})
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFROZEN": 1}
    assert (states(shop), shop.rows(cases)) == (["UNFROZEN"], [])


def test_what_staff_gave_back_by_bank_transfer_is_unfrozen_for_the_seller(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying)
    staff = shop.staff()
    refund_no = staff.call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    paying.faults({"at": "refund_outcome", "do": "closed", "order": payment_no})
    shop.tick("refunds.send_due_refunds")
    paying.until(lambda: [row.state for row in shop.rows(refunds)] == ["FAILED"])
    assert shop.tick("settlements.unfreeze_remainders") == NOTHING
    staff.call("refunds.record_settled_by_hand", refund_no=refund_no, how="BANK_TRANSFER", number="B1", note="转账")
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFREEZING": 1}
    paying.until(lambda: paying.order(payment_no)["frozen"] is False)
    paying.move(minutes=2)
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFROZEN": 1}
    assert differences(shop, paying, payment_no) == []


def test_what_staff_gave_back_in_the_platform_has_nothing_to_unfreeze(shop: Shop, paying: Paying):
    turn_on(shop)
    order_no, _ = frozen_order(shop, paying)
    refund_no = shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]
    shop.database.run(refund.keep_failure, refund_no, "微信退款状态 CLOSED", shop.now)
    shop.staff().call("refunds.record_settled_by_hand", refund_no=refund_no, how="WECHAT_PLATFORM", number="P1",
                      note="平台退款")
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFROZEN": 1}


def test_a_lost_answer_is_asked_about_and_a_refusal_is_a_case_that_is_tried_again(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = shared_order(shop, paying)
    paying.faults({"at": "unfreeze", "do": "500", "act": True, "order": payment_no})
    assert shop.tick("settlements.unfreeze_remainders")["failed"] == 1
    paying.until(lambda: paying.order(payment_no)["frozen"] is False)
    paying.move(minutes=2)
    assert shop.tick("settlements.unfreeze_remainders")["UNFROZEN"] == 1
    _, refused = shared_order(shop, paying)
    paying.faults({"at": "unfreeze", "do": "refuse", "order": refused})
    assert shop.tick("settlements.unfreeze_remainders")["failed"] == 1  # no right to share: a person mends it
    paying.faults({"at": "unfreeze", "do": "refuse", "status": 400, "code": "INVALID_REQUEST", "message": "不支持",
                   "order": refused})
    paying.move(minutes=3)
    assert shop.tick("settlements.unfreeze_remainders")["waiting"] == 1
    assert [(case.kind, case.reference) for case in shop.rows(cases)] == [("UNFREEZE_REFUSED", refused)]
    paying.move(minutes=5)
    assert shop.tick("settlements.unfreeze_remainders")["UNFREEZING"] == 1
    paying.until(lambda: paying.order(refused)["frozen"] is False)
    paying.move(minutes=10)
    assert shop.tick("settlements.unfreeze_remainders")["UNFROZEN"] == 1
    assert [(case.state, case.note) for case in shop.rows(cases)] == [("RESOLVED", "已解冻")]


def test_a_payment_that_never_came_is_forgotten_after_four_weeks(shop: Shop, paying: Paying):
    turn_on(shop)
    goods, member = seed.product(shop, stock=10), shop.member()
    order_no = place(shop, member, {goods.sku_id: 1})["order_no"]
    member.call("payments.start_payment", order_no=order_no)
    assert (states(shop), shop.tick("settlements.unfreeze_remainders")) == (["FROZEN"], NOTHING)
    shop.move(days=29)
    assert shop.tick("settlements.unfreeze_remainders") == {**NOTHING, "UNFROZEN": 1}


def test_three_timers_at_once_unfreeze_a_payment_once(shop: Shop, paying: Paying):
    turn_on(shop)
    receiver(shop)
    _, payment_no = shared_order(shop, paying)
    answers = shop.in_parallel(*[lambda: shop.tick("settlements.unfreeze_remainders") for _ in range(3)])
    assert sum(answer["UNFREEZING"] for answer in answers) == 1
    assert shop.rows(frozen_payments)[0].attempts == 1
