"""People (会员与员工): members, their two accounts, staff, the second person, personal data."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import notice, refund, wanting
from tests.crash.scenarios.towns import merging, noted, sealed_rows, thumb_of_top_up, two_accounts
from tests.crash.scenarios.words import basics, call, paid, timer
from tests.crash.town import Town
from tests.support import seed


@pair
def chain_audit_log_x_save(town: Town) -> Pair:
    noted(town)
    _, goods = basics(town)
    saving = call(town, town.shop.staff(), "stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点",
                  reference="count-9")
    return Pair((saving, timer(town, "staff.chain_audit_log")), late=2)


@pair
def chain_audit_log_x_chain_audit_log(town: Town) -> Pair:
    noted(town)
    return Pair((timer(town, "staff.chain_audit_log"), timer(town, "staff.chain_audit_log")))


@pair
def rotate_x_rotate(town: Town) -> Pair:
    sealed_rows(town)
    return Pair((timer(town, "privacy.rotate_data_key"), timer(town, "privacy.rotate_data_key")))


@pair
def seal_anew_x_save_address(town: Town) -> Pair:
    sealed_rows(town)
    town.tick("privacy.rotate_data_key")
    town.move(121)
    member = town.shop.member()
    address_id = seed.address(town.shop, member)
    saving = call(town, member, "members.save_address", address_id=address_id, version=1, name="李四",
                  phone="13900000000", province="广东省", city="深圳市", district="南山区",
                  detail="科技园 2 号", is_default=True)
    return Pair((timer(town, "privacy.rotate_data_key"), saving))


@pair
def merge_x_order_of_the_ended_account(town: Town) -> Pair:
    mini, _, goods = two_accounts(town)
    return Pair((merging(town, mini), wanting(town, mini, goods.sku_ids[1], balance_fen=2_000, points=200)))


@pair
def merge_x_order_of_the_staying_account(town: Town) -> Pair:
    mini, web, goods = two_accounts(town)
    return Pair((merging(town, mini), wanting(town, web, goods.sku_ids[1], balance_fen=2_000, points=200)))


@pair
def merge_x_top_up_notice(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    payment_no = thumb_of_top_up(town, mini, 2_000)
    return Pair((merging(town, mini), notice(town, payment_no)))


@pair
def merge_x_refund(town: Town) -> Pair:
    mini, _, goods = two_accounts(town)
    order_no = paid(town, mini, goods.sku_id, balance_fen=1_500, points=50)
    return Pair((merging(town, mini), refund(town, order_no)))


@pair
def merge_x_check_in(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    return Pair((merging(town, mini), call(town, mini, "points.check_in_daily")))


@pair
def merge_x_merge(town: Town) -> Pair:
    mini, _, _ = two_accounts(town)
    return Pair((merging(town, mini), merging(town, mini)))
