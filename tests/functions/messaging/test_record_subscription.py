"""messaging.record_subscription (spec I1)."""

from __future__ import annotations

from mall.tables.reach import message_consents
from mall.tables.people import shop_settings
from sqlalchemy import delete

from tests.support.shop import Shop, refused

RECORD = "messaging.record_subscription"


def test_each_acceptance_counts_one_more_of_each_template(shop: Shop):
    member, other = shop.member("小红"), shop.member("小明")
    assert member.call(RECORD, accepted=["order_paid", "order_shipped"]) == {
        "remaining": {"order_paid": 1, "order_shipped": 1}}
    assert member.call(RECORD, accepted=["order_paid", "order_paid"]) == {
        "remaining": {"order_paid": 2, "order_shipped": 1}}
    other.call(RECORD, accepted=["refund_done"])
    assert {(row.member_id, row.template, row.remaining) for row in shop.rows(message_consents)} == {
        (member.subject_id, "order_paid", 2), (member.subject_id, "order_shipped", 1),
        (other.subject_id, "refund_done", 1)}


def test_twenty_acceptances_at_the_same_moment_are_all_counted_and_a_repeated_click_is_not(shop: Shop):
    member = shop.member()
    answers = shop.in_parallel(*[
        lambda n=n: member.call(RECORD, key=f"k{n // 2}", accepted=["order_paid"]) for n in range(20)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert [row.remaining for row in shop.rows(message_consents)] == [10]


def test_what_cannot_be_asked_for_is_refused_and_changes_nothing(shop: Shop):
    member = shop.member()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400):
        member.call(RECORD, accepted=["lottery_won"])
    with refused("BAD_INPUT", status=400, field="accepted"):
        member.call(RECORD, accepted=[])
    with refused("BAD_INPUT", status=400, field="accepted"):
        member.call(RECORD, accepted=["order_paid"] * 4)
    with refused("NOT_SIGNED_IN", status=401):
        shop.call(RECORD, accepted=["order_paid"])
    assert shop.snapshot() == before


def test_a_template_that_the_merchant_has_not_set_up_is_refused(shop: Shop):
    member = shop.member()
    shop.database.run(lambda tx: tx.write(delete(shop_settings)))
    before = shop.snapshot()
    with refused("TEMPLATE_NOT_SET", status=422, field="accepted"):
        member.call(RECORD, accepted=["order_paid"])
    assert shop.snapshot() == before
