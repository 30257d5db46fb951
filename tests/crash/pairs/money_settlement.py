"""Money (资金): profit sharing, and the days that are matched with WeChat's bills."""

from __future__ import annotations

from mall.tables.settlements import shares
from mall.tables.trade import payments

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, refund
from tests.crash.scenarios.towns import day_of_trade, half_shared, told_of_share
from tests.crash.scenarios.words import call, timer
from tests.crash.town import Play, Town


@pair
def retry_share_x_retry_share(town: Town) -> Pair:
    _, retrying = half_shared(town)
    return Pair((retrying, half_shared_again(town)))


def half_shared_again(town: Town) -> Play:
    return call(town, town.shop.staff(), "settlements.retry_share", share_no=town.shop.rows(shares)[0].share_no)


@pair
def retry_share_x_refund(town: Town) -> Pair:
    order_no, retrying = half_shared(town)
    return Pair((retrying, refund(town, order_no)))


@pair
def retry_share_x_unfreeze(town: Town) -> Pair:
    _, retrying = half_shared(town)
    boss = town.shop.staff()
    case, = boss.call("ops.list_cases", state="OPEN")["items"]
    boss.call("ops.resolve_case", case_id=case["case_id"], note="已线下结清")
    return Pair((retrying, timer(town, "settlements.unfreeze_remainders")))


@pair
def share_notice_x_poll(town: Town) -> Pair:
    share_no = told_of_share(town)
    return Pair((notice(town, share_no), timer(town, "settlements.poll_sharing_results")))


@pair
def match_bills_x_late_notice(town: Town) -> Pair:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    late = next(each["payment_no"] for each in town.books.every("payment")
                if town.shop.rows(payments, payment_no=each["payment_no"])[0].state != "PAID")
    return Pair((timer(town, "reconciliation.match_bills"), notice(town, late)))


@pair
def pull_day_x_pull_day(town: Town) -> Pair:
    day = day_of_trade(town).isoformat()
    return Pair((call(town, town.shop.staff(), "reconciliation.pull_day", day=day),
                 call(town, town.shop.staff(), "reconciliation.pull_day", day=day)))


@pair
def match_bills_x_match_bills(town: Town) -> Pair:
    day_of_trade(town)
    town.tick("reconciliation.pull_bills")
    return Pair((timer(town, "reconciliation.match_bills"), timer(town, "reconciliation.match_bills")))
