"""Towns made ready further than by a word: what several chapters begin from."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from mall.kit import clock
from mall.tables.people import members
from mall.tables.trade import order_lines, refunds
from sqlalchemy import update

from tests.crash import sharing
from tests.crash.scenarios.words import basics, call, coupon_template, express, paid, place, start, started, thumb
from tests.crash.town import Play, Town
from tests.support import points, seed, twins, wallet
from tests.support.shop import Caller


def shipped(town: Town) -> tuple[Caller, str]:
    member, goods = basics(town)
    return member, on_its_way(town, member, goods.sku_id)


def on_its_way(town: Town, member: Caller, sku_id: str, quantity: int = 1) -> str:
    order_no = paid(town, member, sku_id, quantity=quantity, **express(town, member))
    town.shop.staff().call("fulfilment.ship_orders", parcels=[
        {"order_no": order_no, "carrier": "ZTO", "tracking_no": "78900000000001"}])
    return order_no


def two_dear_orders(town: Town) -> tuple[Caller, list[str]]:
    """On their way to one member, who is a VIP with both, and with neither alone."""
    member, goods = basics(town, price_fen=130_000)
    return member, [on_its_way(town, member, goods.sku_id, 2) for _ in range(2)]


def vip(town: Town) -> tuple[Caller, list[str]]:
    """A member who got there by two orders."""
    member, order_nos = two_dear_orders(town)
    for order_no in order_nos:
        member.call("orders.confirm_receipt", order_no=order_no)
    return member, order_nos


def at_the_anniversary(town: Town, *refunded: str) -> None:
    """Of everybody who has a level, which the refunds leave without a reason."""
    for order_no in refunded:
        town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    town.shop.database.run(lambda tx: tx.write(
        update(members).where(members.c.level_review_at.is_not(None)).values(level_review_at=town.shop.now)))


def due_refund(town: Town) -> str:
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")["refund_no"]


def taken_away(town: Town, refund_no: str) -> None:
    """WeChat has given the money of this refund's payment back already, by a hand on its console."""
    row = town.shop.rows(refunds, refund_no=refund_no)[0]
    kept = town.books.find("payment", row.payment_no)
    town.books.keep("payment", row.payment_no, {**kept, "refunded_fen": kept["amount_fen"]})


def shared(town: Town, *ratios: int) -> None:
    """Payments are frozen and shared at once, with merchants of these ratios."""
    staff = town.shop.staff()
    staff.call("staff.save_settings", version=staff.call("staff.show_settings")["version"],
               changes={"sharing_mode": "at_once"})
    for number, ratio in enumerate(ratios):
        staff.call("settlements.save_receiver", kind="MERCHANT_ID", account=f"190000020{number}", name="供货商",
                   label="供货商", relation="SUPPLIER", per_ten_thousand=ratio)


def frozen(town: Town) -> str:
    """An order whose money WeChat keeps frozen, two minutes after it was paid."""
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    town.move(2)
    return order_no


def sent_share(town: Town, closed: str = "") -> str:
    order_no = frozen(town)
    town.tick("settlements.share_finished_orders")
    sharing.finish(town.books, closed)
    town.move(2)
    return order_no


def half_shared(town: Town) -> tuple[str, Play]:
    """An order of which one receiver did not get its part, and the retry that sends it."""
    from mall.tables.settlements import shares

    shared(town, 1_000, 500)
    order_no = sent_share(town, closed="1900000201")
    town.tick("settlements.poll_sharing_results")
    share_no = town.shop.rows(shares, order_no=order_no)[0].share_no
    return order_no, call(town, town.shop.staff(), "settlements.retry_share", share_no=share_no)


def told_of_share(town: Town) -> str:
    """A share that ended, of which WeChat has a notice to tell; its number."""
    from mall.tables.settlements import shares

    shared(town, 1_000, 500)
    sent_share(town)
    share_no = town.shop.rows(shares)[0].share_no
    town.books.tell_of_share(share_no)
    return share_no


def closed_refund(town: Town) -> str:
    """A refund that WeChat took and closed: it is FAILED."""
    refund_no = due_refund(town)
    town.tick("refunds.send_due_refunds")
    town.books.close_refunds()
    town.move(5)
    town.tick("refunds.query_stuck_refunds")
    return refund_no


def by_hand(town: Town, refund_no: str, how: str = "BANK_TRANSFER") -> Play:
    return call(town, town.shop.staff(), "refunds.record_settled_by_hand", refund_no=refund_no, how=how,
                number="2026112800001234", note="已另行退还")


def trusting(town: Town) -> None:
    """Every member's refund is decided at once."""
    town.shop.staff().call("staff.save_settings", version=0, changes={
        "flash_refund_most_fen": 50_000, "flash_refund_finished_orders": 0, "flash_refund_member_days": 0})


def two_lines(town: Town) -> tuple[str, list[str]]:
    """A paid order over two pieces of each of two SKUs, with a coupon on it; its lines."""

    member, goods = basics(town)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    order_no = member.call("orders.place_order", delivery="PICKUP", coupon_ids=[coupon], key=secrets.token_hex(8),
                           lines=[{"sku_id": sku_id, "quantity": 2} for sku_id in goods.sku_ids])["order_no"]
    assert town.books.pay(start(town, member, order_no))
    town.tell_notices()
    return order_no, [row.line_id for row in town.shop.rows(order_lines, order_no=order_no)]


def asking(town: Town, **wanted: Any) -> tuple[Caller, str, str]:
    """A member who asks a refund of a paid order: (the member, the order, the request)."""
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    asked = member.call("refunds.ask_refund", order_no=order_no, reason="PRICE_DROPPED", **wanted)
    return member, order_no, asked["request_id"]


def asked_invoice(town: Town) -> tuple[str, dict[str, Any]]:
    """An order that was sent, and the invoice that its buyer asked for."""
    member, order_no = shipped(town)
    return order_no, member.call("invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")


def issued_invoice(town: Town) -> tuple[str, dict[str, Any]]:
    order_no, asked = asked_invoice(town)
    town.shop.staff().call("invoices.record_invoice", invoice_id=asked["invoice_id"], number="26440000000000000001",
                           issued_on="2025-11-21", amount_fen=asked["amount_fen"])
    return order_no, asked


def give_back(town: Town, order_no: str) -> None:
    """All of the order's money goes back, and the event of it waits for the relay."""
    town.shop.staff().call("refunds.start_refund", order_no=order_no, reason="不要了")
    town.tick("refunds.send_due_refunds")
    town.books.finish_refunds()
    town.tell_notices("refund")


def own_invoice(town: Town) -> tuple[Caller, str]:
    """Somebody who has asked for an invoice, and its id."""
    member, order_no = shipped(town)
    return member, member.call("invoices.request_invoice", order_no=order_no, title_kind="PERSONAL",
                               title="张三")["invoice_id"]


def day_of_trade(town: Town) -> date:
    """Yesterday, with its bills ready: a payment, one that was refunded, and one of which nobody told us."""
    now = clock.now().astimezone(clock.SHANGHAI)
    town.move(36 * 60 - now.hour * 60 - now.minute)  # noon: no day ends while this is prepared
    day = (now + timedelta(days=1)).date()
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    give_back(town, paid(town, member, goods.sku_id))
    thumb(town, member, goods.sku_id)
    for notice in town.books.untold():
        town.books.told(notice)  # lost on the way
    town.books.write_bills(day)
    town.move(24 * 60)
    return day


def sealed_rows(town: Town) -> None:
    """An address and an order that were sealed with a key which is old by now."""
    member, goods = basics(town)
    paid(town, member, goods.sku_id, **express(town, member))
    town.move(366 * 24 * 60)


def noted(town: Town) -> None:
    """Three things that the staff did, a while ago."""
    _, goods = basics(town)
    for number in range(3):
        town.shop.staff().call("stock.adjust_stock", sku_id=goods.sku_id, delta=1, reason="盘点",
                               reference=f"count-{number}")
    town.move(2)


def topped_up(town: Town, amount_fen: int = 10_000) -> tuple[Caller, seed.Seeded]:
    """A member who owns stored value, in a shop whose filing is recorded."""
    member, goods = basics(town)
    wallet.open(town.shop)
    thumb_of_top_up(town, member, amount_fen)
    town.tell_notices("payment")
    return member, goods


def thumb_of_top_up(town: Town, member: Caller, amount_fen: int = 10_000) -> str:
    payment_no = member.call("wallets.top_up_wallet", amount_fen=amount_fen)["payment_no"]
    assert town.books.pay(payment_no)
    return payment_no


def three_parcels(town: Town, *, stock: int = 20) -> tuple[Caller, dict[str, Any], seed.Seeded]:
    """A member with points, stored value and a coupon of the platform, and what he wants: of two sellers, out of three
    warehouses; and the goods of the other seller."""
    member, goods = topped_up(town)
    points.lot(town.shop, member, 700)
    points.lot(town.shop, member, 300, days=20)
    coupon = member.call("coupons.claim_coupon", template_id=coupon_template(town))["coupon_id"]
    theirs = seed.product(town.shop, price_fen=4_900, stock=stock, skus=2, seller_id="sel_TEA")
    north = seed.warehouse(town.shop, "whs_NORTH", seller_id="sel_TEA")
    there = seed.product(town.shop, price_fen=4_900, stock=0, seller_id="sel_TEA")
    seed.stock_at(town.shop, there.sku_id, north, stock, seller_id="sel_TEA")
    sku_ids = [goods.sku_id, theirs.sku_id, there.sku_id]
    return member, {**express(town, member), "coupon_ids": [coupon], "points": 900, "balance_fen": 5_000,
                    "lines": [{"sku_id": sku_id, "quantity": 1} for sku_id in sku_ids]}, theirs


def pointed(town: Town, amount: int = 1_000) -> tuple[Caller, seed.Seeded]:
    """A member who owns two lots of points, the smaller one expires first."""
    member, goods = basics(town)
    points.lot(town.shop, member, amount - 300)
    points.lot(town.shop, member, 300, days=20)
    return member, goods


def earned(town: Town, member: Caller, sku_id: str, **more: Any) -> str:
    """An order that was paid, handed over, and has earned points."""
    order_no = paid(town, member, sku_id, **more)
    points.hand_over(town.shop, order_no)
    return order_no


def in_debt(town: Town) -> tuple[Caller, seed.Seeded]:
    """A member who spent what a refund took back: 49 points are owed."""
    member, goods = basics(town)
    order_no = earned(town, member, goods.sku_id)
    paid(town, member, goods.sku_id, points=49)
    points.refund(town.shop, order_no)
    return member, goods


def two_accounts(town: Town) -> tuple[Caller, Caller, seed.Seeded]:
    """One person's: the one that is to stay (it has more orders), and the one of the mini program, which has of all."""
    shop, goods = town.shop, seed.product(town.shop, price_fen=4_900, stock=40, skus=2)
    wallet.open(shop)
    mini, web = twins.pair(shop)
    for account in (mini, web):
        thumb_of_top_up(town, account, 5_000)
        town.tell_notices("payment")
        points.lot(shop, account, 500)
        account.call("carts.put_cart_item", sku_id=goods.sku_ids[account is mini], quantity=1)
        account.call("coupons.claim_coupon", template_id=coupon_template(town))
    for _ in range(4):
        place(town, web, goods.sku_id)
    earned(town, mini, goods.sku_id)
    place(town, mini, goods.sku_id, balance_fen=1_000, points=100)
    return mini, web, goods


def merging(town: Town, mini: Caller) -> Play:
    return lambda: twins.learning(town.shop, mini)


def two_people(town: Town, **settings: int) -> Caller:
    """One of the two owners who decide together from now on."""
    owner, _ = town.shop.staff(), town.shop.staff()
    owner.call("staff.save_settings", version=0,
               changes={"second_person": True, "refund_approval_limit_fen": 100} | settings)
    return owner


def waiting_price(town: Town) -> tuple[Caller, dict[str, Any]]:
    """An order whose payment is open at WeChat, and what nobody may take off it alone."""
    owner = two_people(town)
    member, goods = basics(town)
    order_no, _ = started(town, member, goods.sku_id)
    return owner, {"order_no": order_no, "goods_fen": 3_900, "seen_pay_fen": 4_900, "reason": "老客户优惠"}
