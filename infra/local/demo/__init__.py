"""`make demo`: the whole purchase against a running mall, as clients would do it over HTTP.

Prints a readable timeline with every amount, and ends with 1 when anything did not hold:
sign in, browse, coupon, order, pay, ship, receive; a group of three; a group that fails; an order that
expires; a payment that comes too late; a price that is changed, and a piece that goes back; a refund that takes two
people; a member who becomes a VIP; points that are earned, spent and taken back; stored value that pays a part; an
order of which a receiver gets its part; a second seller with a statement of its own; one cart of two sellers in three
parcels, with one payment, one refund and two statements; two accounts with money that turn
out to be one person; payments in a page of the service account; an address that is changed before shipping; a parcel
that is put right; an order in two parcels; a message by the merchant's own template; one by the service account, which
waits for the morning; goods of which one person gets so many; promotions of every kind; pictures that are checked;
a picture of what is broken, which the shop alone reads; today's page. Then both books, ours and WeChat's, are compared.
The shop's clock is moved forward on the way (the simulators' with it).
Each chapter is a file of its own; they are played in the order of `ACTS`.
"""

from __future__ import annotations

import sys

import httpx

from infra.local.client import Refused
from infra.local.demo.accounts import two_accounts_become_one
from infra.local.demo.books import compare_books
from infra.local.demo.checkout import one_cart_of_two_sellers
from infra.local.demo.desk import a_parcel_is_corrected, an_address_is_changed
from infra.local.demo.groups import group_of_three, group_that_fails
from infra.local.demo.insight import what_the_day_brought
from infra.local.demo.limits import limits_are_kept
from infra.local.demo.membership import becomes_a_vip, points_earned_spent_and_taken_back
from infra.local.demo.messages import own_template, told_by_the_service_account
from infra.local.demo.parcels import an_order_in_two_parcels
from infra.local.demo.pictures import evidence_is_read_by_a_link, pictures_are_checked
from infra.local.demo.promotions import promotions_of_every_kind
from infra.local.demo.purchase import buy_and_receive
from infra.local.demo.refunds import price_changed_and_a_piece_back, refund_that_takes_two
from infra.local.demo.sellers import a_second_seller
from infra.local.demo.sharing import an_order_is_shared
from infra.local.demo.stage import Demo, DidNotHold
from infra.local.demo.unpaid import order_that_expires
from infra.local.demo.wallets import stored_value_pays_a_part
from infra.local.demo.web import pays_in_the_service_account
from infra.local.settings import missing_database, read_running

ACTS = (buy_and_receive, group_of_three, group_that_fails, order_that_expires, price_changed_and_a_piece_back,
        refund_that_takes_two, becomes_a_vip, points_earned_spent_and_taken_back, stored_value_pays_a_part,
        an_order_is_shared, a_second_seller, one_cart_of_two_sellers, two_accounts_become_one,
        pays_in_the_service_account, an_address_is_changed, a_parcel_is_corrected, an_order_in_two_parcels,
        own_template, told_by_the_service_account, limits_are_kept, promotions_of_every_kind, pictures_are_checked,
        evidence_is_read_by_a_link, what_the_day_brought, compare_books)


def main() -> int:
    settings = read_running()
    try:
        if missing_database(settings.database_url):
            raise httpx.ConnectError("no mall was ever started here")
        demo = Demo(settings)
    except httpx.ConnectError:
        print(f"no mall answers at {settings.gateway_url}: start it with `make run` in another terminal",
              file=sys.stderr)
        return 2
    for act in ACTS:
        try:
            act(demo)
        except (DidNotHold, Refused) as problem:
            print(f"\nIT DID NOT HOLD: {problem}", file=sys.stderr)
            return 1
    print(f"\nAll of it held: {demo.checks} checks. 全部通过。")
    return 0
