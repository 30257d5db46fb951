"""reconciliation.resolve_difference (spec E10)."""

from mall.domains.reconciliation import store
from mall.tables.accounts import differences
from mall.tables.trade import cases
from sqlalchemy import update

from tests.functions.reconciliation import seeds
from tests.functions.reconciliation.days import clerk
from tests.support.shop import Refused, Shop, refused


def test_a_settled_difference_closes_its_case_and_no_other(shop: Shop):
    settled, other = seeds.difference(shop, "pay_A"), seeds.difference(shop, "pay_B")
    answer = clerk(shop).call("reconciliation.resolve_difference", difference_id=settled, note="已在商户平台核对")
    assert answer == {"difference_id": settled, "state": "RESOLVED"}
    assert {row.difference_id: (row.state, row.note) for row in shop.rows(differences)} == {
        settled: ("RESOLVED", "已在商户平台核对"), other: ("OPEN", "")}
    assert {row.reference: (row.state, row.note) for row in shop.rows(cases)} == {
        settled: ("RESOLVED", "已在商户平台核对"), other: ("OPEN", "")}


def test_what_staff_settled_is_not_opened_again(shop: Shop):
    settled = seeds.difference(shop, "pay_A")
    clerk(shop).call("reconciliation.resolve_difference", difference_id=settled, note="好")
    assert shop.database.read(lambda tx: store.known_keys(tx, ["AMOUNT PAYMENT pay_A"])) == {"AMOUNT PAYMENT pay_A"}


def test_a_second_settling_another_sellers_and_an_unknown_one_are_refused(shop: Shop):
    settled, other = seeds.difference(shop, "pay_A"), seeds.difference(shop, "pay_B")
    staff, member = clerk(shop), shop.member()
    staff.call("reconciliation.resolve_difference", difference_id=settled, note="好")
    shop.database.run(lambda tx: tx.write(
        update(differences).where(differences.c.difference_id == other).values(seller_id="sel_OTHER"), rows=1))
    before = shop.snapshot()
    with refused("DIFFERENCE_RESOLVED", status=409):
        staff.call("reconciliation.resolve_difference", difference_id=settled, note="再来")
    for unknown in (other, "dif_NONE"):
        with refused("DIFFERENCE_NOT_FOUND", status=404, field="difference_id"):
            staff.call("reconciliation.resolve_difference", difference_id=unknown, note="好")
    with refused("BAD_INPUT", status=400, field="note"):
        staff.call("reconciliation.resolve_difference", difference_id=settled, note=" ")
    with refused("NOT_SIGNED_IN", status=401):
        member.call("reconciliation.resolve_difference", difference_id=settled, note="好")
    assert shop.snapshot() == before


def test_two_clerks_at_the_same_moment_settle_it_once(shop: Shop):
    settled, staff = seeds.difference(shop, "pay_A"), [clerk(shop), clerk(shop)]
    answers = shop.in_parallel(*[
        lambda each=each: each.call("reconciliation.resolve_difference", difference_id=settled, note=each.subject_id)
        for each in staff])
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
    winner = staff[0] if isinstance(answers[1], Refused) else staff[1]
    assert shop.rows(differences)[0].note == winner.subject_id
