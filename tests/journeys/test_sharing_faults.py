"""Each fault that the payment simulator can commit in profit sharing, played on an order of two pieces that is shared,
has one piece refunded, and is unfrozen: the end is right all the same, and no audit finds a breach."""

from __future__ import annotations

from typing import Any

import pytest
from mall.tables.settlements import frozen_payments, share_lines, share_receivers, share_returns, shares
from mall.tables.trade import cases, order_lines, refunds

from infra.local.simulators.wechat_pay.catalogue import CATALOGUE
from tests.functions.refunds.parts import start
from tests.functions.settlements.parts import differences, frozen_order, receiver, turn_on
from tests.journeys.test_faults import CALL, NOTICE, SHARING
from tests.support.pay import Paying
from tests.support.shop import Refused, Shop

pytestmark = pytest.mark.spec("E7")

ROUNDS = 15
CALLS = ("share", "query_share", "unfreeze", "return_share", "query_return")
OF_RECEIVERS = ("add_receiver", "delete_receiver")
NEVER_ASKED = ("unsplit",)  # the mall knows what it has shared
OUTCOMES = {
    "share_outcome": [("receiver_closed", {}), ("stuck", {})],
    "return_outcome": [("failed", {}), ("processing", {}), ("stuck", {})],
}

NOTICES = {"notice.sharing": [(do, more) for do, more in NOTICE if do != "wrong_amount"]}


def played(points: tuple[str, ...], faults: dict[str, list[tuple[str, dict[str, Any]]]] | None = None):
    """Every fault of these points on SQLite, and each fifth of them on MariaDB too."""
    each = [(at, do, more) for at in points for do, more in (faults[at] if faults else CALL)]
    chosen = [("sqlite", *fault) for fault in each] + [("mariadb", *fault) for fault in each[::5]]
    return pytest.mark.parametrize(("database", "at", "do", "more"), chosen, indirect=["database"])


def go_on(shop: Shop, paying: Paying, payment_no: str) -> None:
    """Timers and time, until the refund has arrived and the rest is unfrozen; what is stuck is finished by hand, and
    what a receiver did not get is settled otherwise."""
    for case in shop.rows(cases, kind="SHARE_FAILED", state="OPEN"):
        shop.staff().call("ops.resolve_case", case_id=case.case_id, note="已线下结清")
    for _ in range(ROUNDS):
        for timer in ("settlements.share_finished_orders", "settlements.poll_sharing_results",
                      "refunds.send_due_refunds", "refunds.query_stuck_refunds", "settlements.unfreeze_remainders"):
            shop.tick(timer)
        if [row.state for row in shop.rows(refunds)] == ["DONE"] and [
                row.state for row in shop.rows(frozen_payments)] == ["UNFROZEN"]:
            return
        paying.move(minutes=65)
        for share in paying.order(payment_no)["shares"]:
            if share["state"] == "PROCESSING":
                paying.client.post(f"/_sim/sharings/{share['out_order_no']}", json={})
        for back in paying.order(payment_no)["returns"]:
            if back["result"] == "PROCESSING":
                paying.client.post(f"/_sim/returns/{back['out_return_no']}", json={})
    raise AssertionError("does not come to rest")


def shared_and_refunded(shop: Shop, paying: Paying, *rules: dict[str, Any]) -> str:
    """The whole story under these faults; the payment's number."""
    turn_on(shop)
    receiver(shop)
    order_no, payment_no = frozen_order(shop, paying, quantity=2)
    paying.faults(*({"order": payment_no, **rule} for rule in rules))
    for _ in range(ROUNDS):
        shop.tick("settlements.share_finished_orders")
        shop.tick("settlements.poll_sharing_results")
        if [row.state for row in shop.rows(shares)] == ["DONE"]:
            break
        paying.move(minutes=65)
        for share in paying.order(payment_no)["shares"]:
            if share["state"] == "PROCESSING" and rules[0]["at"] != "share_outcome":
                paying.until(lambda: paying.order(payment_no)["shares"][0]["state"] == "FINISHED")
            elif share["state"] == "PROCESSING":
                paying.client.post(f"/_sim/sharings/{share['out_order_no']}", json={})
    start(shop.staff(), shop.rows(order_lines, order_no=order_no)[0], 1)
    go_on(shop, paying, payment_no)
    assert paying.order(payment_no)["refunded_fen"] == 10_000
    assert (len(shop.rows(shares)), len(paying.order(payment_no)["shares"])) == (1, 1)
    assert paying.order(payment_no)["frozen"] is False
    assert differences(shop, paying, payment_no) == []
    return payment_no


def test_every_fault_of_profit_sharing_is_played():
    assert {*CALLS, *OF_RECEIVERS, *NEVER_ASKED, *OUTCOMES, *NOTICES} == set(SHARING)
    assert {do for do, _ in NOTICES["notice.sharing"]} == set(CATALOGUE["notice.sharing"])
    assert {at: {do for do, _ in faults} for at, faults in OUTCOMES.items()} == {
        at: set(CATALOGUE[at]) for at in OUTCOMES}
    assert all({do for do, _ in CALL} == set(CATALOGUE[at]) for at in (*CALLS, *OF_RECEIVERS))


@played(CALLS)
def test_an_order_is_shared_called_back_and_unfrozen_once_although_a_call_goes_wrong(
        shop: Shop, paying: Paying, at, do, more):
    doubt = [{"at": "return_outcome", "do": "processing"}] if at == "query_return" else []
    shared_and_refunded(shop, paying, {"at": at, "do": do, **more}, *doubt)
    assert paying.client.get("/_sim/faults").json()["rules"][0]["given"] == 1
    assert [(row.amount_fen, row.returned_fen) for row in shop.rows(share_lines)] == [(3_000, 1_500)]
    assert [row.state for row in shop.rows(share_returns)] == ["DONE"]


@played(tuple(OUTCOMES), OUTCOMES)
def test_however_a_share_or_its_return_ends_the_buyer_is_paid_and_the_books_hold(
        shop: Shop, paying: Paying, at, do, more):
    shared_and_refunded(shop, paying, {"at": at, "do": do, **more})
    got_and_back = {"receiver_closed": (3_000, 0), "failed": (3_000, 0)}.get(do, (3_000, 1_500))
    assert [(row.amount_fen, row.returned_fen) for row in shop.rows(share_lines)] == [got_and_back]


@played(tuple(NOTICES), NOTICES)
def test_however_the_notices_of_sharing_go_the_end_is_the_same(shop: Shop, paying: Paying, at, do, more):
    paying.tell_of_sharing()
    shared_and_refunded(shop, paying, {"at": at, "do": do, **more})
    assert paying.client.get("/_sim/faults").json()["rules"][0]["given"] >= 1
    assert [(row.amount_fen, row.returned_fen) for row in shop.rows(share_lines)] == [(3_000, 1_500)]


@played(OF_RECEIVERS)
def test_a_receiver_is_saved_and_removed_once_although_a_call_goes_wrong(shop: Shop, paying: Paying, at, do, more):
    def save_and_remove() -> None:
        shop.staff().call("settlements.remove_receiver", receiver_id=receiver(shop))

    paying.faults({"at": at, "do": do, "order": "1900000201", **more})
    with pytest.raises(Refused):
        save_and_remove()
    save_and_remove()
    assert [row.state for row in shop.rows(share_receivers)] == ["REMOVED"]
