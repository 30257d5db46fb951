"""Money (资金): profit sharing, and the days that are matched with WeChat's bills."""

from __future__ import annotations

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import day_of_trade, frozen, half_shared, sent_share, shared
from tests.crash.scenarios.words import call, timer
from tests.crash.town import Play, Town


@scenario("settlements.save_receiver")
def _receiver(town: Town) -> Play:
    return call(town, town.shop.staff(), "settlements.save_receiver", kind="MERCHANT_ID", account="1900000201",
                name="供货商", label="供货商", relation="SUPPLIER", per_ten_thousand=100)


@scenario("settlements.remove_receiver")
def _gone_receiver(town: Town) -> Play:
    from mall.tables.settlements import share_receivers

    shared(town, 100)
    return call(town, town.shop.staff(), "settlements.remove_receiver",
                receiver_id=town.shop.rows(share_receivers)[0].receiver_id)


@scenario("settlements.share_finished_orders")
def _share(town: Town) -> Play:
    shared(town, 1_000, 500)
    frozen(town)
    return timer(town, "settlements.share_finished_orders")


@scenario("settlements.poll_sharing_results")
def _poll(town: Town) -> Play:
    shared(town, 1_000, 500)
    sent_share(town)
    return timer(town, "settlements.poll_sharing_results")


@scenario("settlements.retry_share")
def _retry_share(town: Town) -> Play:
    return half_shared(town)[1]


@scenario("settlements.share_finished_orders", "what a receiver did not get, once more")
def _share_again(town: Town) -> Play:
    half_shared(town)[1]()
    return timer(town, "settlements.share_finished_orders")


@scenario("settlements.unfreeze_remainders")
def _unfreeze(town: Town) -> Play:
    shared(town, 1_000)
    sent_share(town)
    town.tick("settlements.poll_sharing_results")
    return timer(town, "settlements.unfreeze_remainders")


@scenario("reconciliation.pull_bills")
def _pull_bills(town: Town) -> Play:
    day_of_trade(town)
    return timer(town, "reconciliation.pull_bills")


@scenario("reconciliation.match_bills")
def _match_bills(town: Town) -> Play:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    return timer(town, "reconciliation.match_bills")


@scenario("reconciliation.match_bills", "a difference that has mended")
def _match_again(town: Town) -> Play:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    town.tick("reconciliation.match_bills")
    town.move(5)
    town.tick("payments.query_stuck_payments")
    return timer(town, "reconciliation.match_bills")


@scenario("reconciliation.pull_day")
def _pull_day(town: Town) -> Play:
    day = day_of_trade(town)
    return call(town, town.shop.staff(), "reconciliation.pull_day", day=day.isoformat())


@scenario("reconciliation.resolve_difference")
def _resolve_difference(town: Town) -> Play:
    from mall.tables.accounts import differences

    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    town.tick("reconciliation.match_bills")
    difference = town.shop.rows(differences)[0]
    return call(town, town.shop.staff(), "reconciliation.resolve_difference",
                difference_id=difference.difference_id, note="已核对")
