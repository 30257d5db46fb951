"""The chart of accounts (会计科目) and the movements of the mall, as pure functions (spec E9).

| account | what stands on it | its balance |
|---|---|---|
| wechat | money that WeChat holds for us (the deployment's merchant) | received - refunds and shares done - fees |
| order_funds/<seller> | what a seller's paid orders are worth to it, until each has ended | owed: shows negative |
| receivable/<seller> | what its orders that were received (or closed) are worth to it | owed |
| coupon_cost/<seller> | what coupons paid for the goods that its buyers keep | a cost |
| marketing/<seller> | what its coupons and reductions paid for goods of other sellers: the platform's do | a cost |
| unspent | money that came and pays for no order | zero: it goes on to refunds_payable at once |
| refunds_payable | refunds that are decided and have not arrived | owed: shows negative |
| paid_by_hand/<seller> | what left our own bank account for its buyers, in place of refunds | paid: shows negative |
| shared/<seller> | what receivers got of a seller's orders, or are to get | a cost |
| shares_payable | shares that are decided and have not arrived at their receivers | owed: shows negative |
| wechat_fee/<seller> | what WeChat charged for its orders less what came back, as the bills say | a cost |
| stored_value/<member> | a member's stored value (储值) | owed, guarded |
| stored_value/<member>#held | what of it is set aside for orders that are not paid yet | owed, guarded |
| points/<member> | a member's points (积分), one worth one fen | owed, guarded |
| points/<member>#held | what of them is set aside for orders that are not paid yet | owed, guarded |
| points_debt/<member> | points that were taken back after they were spent | owed to us, guarded in its own row |
| points_cost/<seller> | what points cost that were given for its orders and are spent, or may be | a cost |

Movements and their references:

| reference | when | legs |
|---|---|---|
| <payment> | a payment arrives, or a part | wechat + / order_funds - for each order, or unspent - when it goes back |
| <payment> | a top-up arrives | wechat + / stored_value - |
| <order>:balance | an order is placed that stored value pays for, or a part of it | stored_value + / its #held - |
| <order>:balance:end | the order is paid, also one that stored value pays for alone | #held + / order_funds - |
| <order>:balance:end | the order closes unpaid | #held + / stored_value - |
| <order>:coupons | an order with coupons is paid, also a free one | coupon_cost + / order_funds - |
| <order>:given | an order is paid that the platform's coupons or reductions gave to | marketing + / order_funds - |
| <order>:ended | it is received, or closed with something kept | order_funds + / receivable - |
| <order>:forfeited | one that was paid in part closes, and its seller keeps parts | order_funds + / receivable - |
| <refund> | a refund is decided | order_funds + (receivable + once ended, unspent +) / refunds_payable - by WeChat, |
| | | stored_value - the rest |
| <refund> | what was kept of a forfeited order goes back after all | receivable + / refunds_payable - |
| <refund>:done | it has arrived at the buyer | refunds_payable + / wechat - |
| <refund>:done | staff gave it back by bank transfer | refunds_payable + / paid_by_hand - |
| <share> | a share is decided | shared + / shares_payable - |
| <share>:done | it has ended: arrived, and what was refused goes back | shares_payable + / wechat -, shared - |
| <share>-2 ..., <share>-2:done ... | what was refused is sent to its receivers once more | as <share>, <share>:done |
| <return> | a receiver gave a part back before a refund | wechat + / shared - |
| <order>:coupons-back:<pieces before> | pieces go back, and what coupons paid | as <refund> + / coupon_cost - |
| <order>:given-back:<pieces before> | pieces go back, and what the platform gave | as <refund> + / marketing - |
| <order>:points | an order is placed that uses points | points + / its #held - |
| <order>:points:end | the order is paid, or closes unpaid | #held + / order_funds -, or points - |
| <order>:points-earned | it is received | points_cost + / points - |
| <member>:checked-in:<day> | a daily sign-in gives points | points_cost + / points - |
| <order>:points-back:<pieces before> | pieces go back that points paid for | as <refund> + / points - |
| <order>:points-taken:<pieces before> | pieces go back that earned points | points +, points_debt + / points_cost - |
| <order>:points-taken:<refund> | an amount goes back that earned points | the same |
| <any of these>:debt | points came to a member who has a points debt | points + / points_debt - |
| <lot>:expired:<expired before> | a lot's time is over | points + / points_cost - |
| <member>:merged:<kind> | a member became another one: all that it owns, what is held too | stored_value + / - |
| | | of that one; points alike; points_debt the other way |
| <number>:fee | a matched bill has the fee of a payment or refund | wechat_fee + / wechat -; of a refund reversed |
| <number>:fee:2 ... | a later bill says otherwise: what it differs by | the same |

A prepay moves nothing: until WeChat has the money nobody owes it. Value of an order stands in one place:
`fund_of` says where.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mall.kit.errors import BadInput, NotFound
from mall.kit.scope import is_platform

WECHAT, UNSPENT, REFUNDS_PAYABLE, WECHAT_FEE = "wechat", "unspent", "refunds_payable", "wechat_fee"
PAID_BY_HAND = "paid_by_hand"
SHARED, SHARES_PAYABLE = "shared", "shares_payable"
ORDER_FUNDS, COUPON_COST, RECEIVABLE = "order_funds", "coupon_cost", "receivable"
MARKETING = "marketing"
STORED_VALUE, POINTS = "stored_value", "points"
POINTS_DEBT, POINTS_COST = "points_debt", "points_cost"
GUARDED = (STORED_VALUE, POINTS)
OF_SELLERS = (ORDER_FUNDS, RECEIVABLE, COUPON_COST, MARKETING, POINTS_COST, SHARED, WECHAT_FEE, PAID_BY_HAND)
OF_MEMBERS = (STORED_VALUE, POINTS, POINTS_DEBT)  # one account for each member

DONE, COUPONS, COUPONS_BACK, ENDED, FEE = ":done", ":coupons", ":coupons-back", ":ended", ":fee"
GIVEN, GIVEN_BACK = ":given", ":given-back"
FORFEITED = ":forfeited"
BALANCE, POINTS_HELD = ":balance", ":points"
POINTS_EARNED, POINTS_BACK, POINTS_TAKEN = ":points-earned", ":points-back", ":points-taken"
CHECKED_IN, EXPIRED, DEBT = ":checked-in", ":expired", ":debt"
MERGED = ":merged"


class OrderOrReference(BadInput):
    code, message = "ORDER_OR_REFERENCE", "请填写订单号或流水号中的一个"


class MovementNotFound(NotFound):
    code, message = "MOVEMENT_NOT_FOUND", "没有这笔账务记录"


@dataclass(frozen=True)
class Posting:
    """One side of a movement: debit positive, credit negative; `about` an order, payment or refund."""

    account: str
    amount_fen: int
    about: str


@dataclass(frozen=True)
class Movement:
    reference: str
    reason: str
    postings: tuple[Posting, ...]


def account_of(kind: str, owner: str) -> str:
    return f"{kind}/{owner}"


def shown_to(seller_id: str, legs: list[Any]) -> list[Any]:
    """Whole movements as a seller may read them: one payment pays orders of several sellers, and each reads its own
    legs, with what WeChat has only where all of it is its own; the platform reads all."""
    if is_platform(seller_id):
        return legs
    others = [leg for leg in legs if _is_anothers(leg.account, seller_id)]
    shared = {leg.reference for leg in others}
    return [leg for leg in legs if leg not in others and (leg.account != WECHAT or leg.reference not in shared)]


def _is_anothers(account: str, seller_id: str) -> bool:
    kind, _, owner = account.partition("/")
    return kind in OF_SELLERS and owner != seller_id


def payment_received(payment_no: str, parts: list[tuple[str, str, int]]) -> Movement:
    """Money came for these orders: (order number, seller, fen by WeChat), all that the payment holds."""
    paid = [part for part in parts if part[2]]
    total_fen = sum(amount_fen for _, _, amount_fen in paid)
    return Movement(payment_no, "PAYMENT_RECEIVED", (
        Posting(WECHAT, total_fen, payment_no),
        *(Posting(account_of(ORDER_FUNDS, seller_id), -amount_fen, order_no)
          for order_no, seller_id, amount_fen in paid),
    ))


def payment_unspent(payment_no: str, amount_fen: int) -> Movement:
    """Money came and there is nothing that it could pay for."""
    return Movement(payment_no, "PAYMENT_UNSPENT", (
        Posting(WECHAT, amount_fen, payment_no), Posting(UNSPENT, -amount_fen, payment_no)))


def topped_up(payment_no: str, member_id: str, amount_fen: int) -> Movement:
    """Money came that a member keeps with us (储值)."""
    return Movement(payment_no, "TOPPED_UP", (
        Posting(WECHAT, amount_fen, payment_no),
        Posting(account_of(STORED_VALUE, member_id), -amount_fen, payment_no)))


def balance_spent(order_no: str, seller_id: str, balance_fen: int) -> Posting:
    """Where the stored value goes that was held for an order, when it is paid."""
    return Posting(account_of(ORDER_FUNDS, seller_id), -balance_fen, order_no)


def coupons_used(order_no: str, seller_id: str, coupon_fen: int) -> Movement:
    """Coupons paid for a part of the order, or for all of it."""
    return Movement(order_no + COUPONS, "COUPONS_USED", (
        Posting(account_of(COUPON_COST, seller_id), coupon_fen, order_no),
        Posting(account_of(ORDER_FUNDS, seller_id), -coupon_fen, order_no)))


def fund_of(order: Any) -> str:
    """The account on which an order's value stands: the receivable from receipt on, and of what closed before."""
    return account_of(RECEIVABLE if order.received_at or order.state == "CLOSED" else ORDER_FUNDS, order.seller_id)


def order_ended(order_no: str, seller_id: str, worth_fen: int) -> Movement:
    """The order is received, or closed with something kept: its seller has earned what it is worth."""
    return Movement(order_no + ENDED, "ORDER_ENDED", (
        Posting(account_of(ORDER_FUNDS, seller_id), worth_fen, order_no),
        Posting(account_of(RECEIVABLE, seller_id), -worth_fen, order_no)))


def forfeited(order_no: str, seller_id: str, kept_fen: int) -> Movement:
    """It closed before all of it was paid: these parts are its seller's."""
    return Movement(order_no + FORFEITED, "FORFEITED", (
        Posting(account_of(ORDER_FUNDS, seller_id), kept_fen, order_no),
        Posting(account_of(RECEIVABLE, seller_id), -kept_fen, order_no)))


def coupons_returned(order: Any, coupon_fen: int, pieces_before: int) -> Movement:
    """Pieces go back and with them what coupons paid for them; `pieces_before` of the order had gone back."""
    return Movement(f"{order.order_no}{COUPONS_BACK}:{pieces_before}", "COUPONS_RETURNED", (
        Posting(fund_of(order), coupon_fen, order.order_no),
        Posting(account_of(COUPON_COST, order.seller_id), -coupon_fen, order.order_no)))


def given_by_others(order: Any, by_giver: dict[str, int]) -> Movement:
    """What others gave of the order's price by their coupons and reductions is its seller's when it is paid."""
    return Movement(order.order_no + GIVEN, "GIVEN_BY_OTHERS", (
        *(Posting(account_of(MARKETING, giver), fen, order.order_no) for giver, fen in sorted(by_giver.items()) if fen),
        Posting(account_of(ORDER_FUNDS, order.seller_id), -sum(by_giver.values()), order.order_no)))


def given_returned(order: Any, by_giver: dict[str, int], pieces_before: int) -> Movement:
    """Pieces go back and with them what others gave for them; `pieces_before` of the order had gone back."""
    return Movement(f"{order.order_no}{GIVEN_BACK}:{pieces_before}", "GIVEN_RETURNED", (
        Posting(fund_of(order), sum(by_giver.values()), order.order_no),
        *(Posting(account_of(MARKETING, giver), -fen, order.order_no)
          for giver, fen in sorted(by_giver.items()) if fen)))


def refund_decided(refund_no: str, wechat_fen: int, balance_fen: int, order: Any) -> Movement:
    """Money of an order is promised back to its buyer; what goes into stored value is there at once."""
    back = (Posting(REFUNDS_PAYABLE, -wechat_fen, refund_no),
            Posting(account_of(STORED_VALUE, order.member_id), -balance_fen, refund_no))
    return Movement(refund_no, "REFUND_DECIDED", (
        Posting(fund_of(order), wechat_fen + balance_fen, order.order_no),
        *(each for each in back if each.amount_fen)))


def unspent_returned(refund_no: str, amount_fen: int, payment_no: str) -> Movement:
    """Money that pays for nothing is promised back."""
    return Movement(refund_no, "UNSPENT_RETURNED", (
        Posting(UNSPENT, amount_fen, payment_no), Posting(REFUNDS_PAYABLE, -amount_fen, refund_no)))


def refund_done(refund_no: str, amount_fen: int) -> Movement:
    """It has left WeChat for the buyer."""
    return Movement(refund_no + DONE, "REFUND_DONE", (
        Posting(REFUNDS_PAYABLE, amount_fen, refund_no), Posting(WECHAT, -amount_fen, refund_no)))


def refund_transferred(refund_no: str, amount_fen: int, seller_id: str) -> Movement:
    """It went to the buyer from our own bank account: WeChat still has the money that was paid."""
    return Movement(refund_no + DONE, "REFUND_TRANSFERRED", (
        Posting(REFUNDS_PAYABLE, amount_fen, refund_no),
        Posting(account_of(PAID_BY_HAND, seller_id), -amount_fen, refund_no)))


def share_decided(number: str, share_no: str, amount_fen: int, order_no: str, seller_id: str) -> Movement:
    """Receivers are promised a part of an order. `number`: of the share's try."""
    return Movement(number, "SHARE_DECIDED", (
        Posting(account_of(SHARED, seller_id), amount_fen, order_no), Posting(SHARES_PAYABLE, -amount_fen, share_no)))


def share_done(number: str, share_no: str, shared_fen: int, amount_fen: int, order_no: str,
               seller_id: str) -> Movement:
    """Of what this try promised, `amount_fen`, `shared_fen` has left WeChat for the receivers; the rest is ours again.
    What is frozen is ours all the time, so that unfreezing moves nothing."""
    legs = (Posting(SHARES_PAYABLE, amount_fen, share_no), Posting(WECHAT, -shared_fen, share_no),
            Posting(account_of(SHARED, seller_id), shared_fen - amount_fen, order_no))
    return Movement(number + DONE, "SHARE_DONE", tuple(leg for leg in legs if leg.amount_fen))


def share_returned(return_no: str, amount_fen: int, order_no: str, seller_id: str) -> Movement:
    """A receiver gave back what was called back."""
    return Movement(return_no, "SHARE_RETURNED", (
        Posting(WECHAT, amount_fen, return_no), Posting(account_of(SHARED, seller_id), -amount_fen, order_no)))


def fee_charged(number: str, earlier: int, parts: list[tuple[str, int]]) -> Movement:
    """WeChat took a fee (or gave it back, negative) for this payment or refund: (seller, fen). `earlier`: how many
    fee movements it has had, when a bill was written anew."""
    reference = f"{number}{FEE}:{earlier + 1}" if earlier else number + FEE
    return Movement(reference, "FEE_CHARGED", (
        *(Posting(account_of(WECHAT_FEE, seller_id), fee_fen, number) for seller_id, fee_fen in parts if fee_fen),
        Posting(WECHAT, -sum(fee_fen for _, fee_fen in parts), number)))


def coupon_fen(price: dict) -> int:
    """What coupons took off an order, goods and freight, by its stored price."""
    return price["goods_coupon_fen"] + price["freight_coupon_fen"]


# points: one is worth one fen


def points_spent(order_no: str, seller_id: str, points: int) -> Posting:
    """Where the points go that were held for an order, when it is paid."""
    return Posting(account_of(ORDER_FUNDS, seller_id), -points, order_no)


def points_earned(order_no: str, seller_id: str, member_id: str, points: int) -> Movement:
    """The order was received: its seller bears the cost."""
    return _points_given(order_no + POINTS_EARNED, "POINTS_EARNED", seller_id, member_id, points, order_no)


def points_checked_in(lot_id: str, day: str, seller_id: str, member_id: str, points: int) -> Movement:
    return _points_given(f"{member_id}{CHECKED_IN}:{day}", "POINTS_CHECKED_IN", seller_id, member_id, points, lot_id)


def _points_given(reference: str, reason: str, seller_id: str, member_id: str, points: int, about: str) -> Movement:
    return Movement(reference, reason, (Posting(account_of(POINTS_COST, seller_id), points, about),
                                        Posting(account_of(POINTS, member_id), -points, about)))


def points_returned(order: Any, points: int, pieces_before: str) -> Movement:
    """Pieces go back and with them the points that paid for them; `pieces_before` of the order had gone back."""
    return Movement(f"{order.order_no}{POINTS_BACK}:{pieces_before}", "POINTS_RETURNED", (
        Posting(fund_of(order), points, order.order_no),
        Posting(account_of(POINTS, order.member_id), -points, order.order_no)))


def points_taken_back(order: Any, from_lots: int, short: int, mark: str) -> Movement:
    """Something goes back that earned points; `short` of these were spent, which the member owes from now on. `mark`:
    the pieces that had gone back before, or the refund by amount."""
    legs = (Posting(account_of(POINTS, order.member_id), from_lots, order.order_no),
            Posting(account_of(POINTS_DEBT, order.member_id), short, order.order_no),
            Posting(account_of(POINTS_COST, order.seller_id), -from_lots - short, order.order_no))
    return Movement(f"{order.order_no}{POINTS_TAKEN}:{mark}", "POINTS_TAKEN_BACK",
                    tuple(leg for leg in legs if leg.amount_fen))


def points_debt_paid(credit: str, member_id: str, points: int, about: str) -> Movement:
    """Of the points that came under the reference `credit`, so many pay the member's debt."""
    return Movement(credit + DEBT, "POINTS_DEBT_PAID", (
        Posting(account_of(POINTS, member_id), points, about),
        Posting(account_of(POINTS_DEBT, member_id), -points, about)))


def points_expired(lot_id: str, seller_id: str, member_id: str, points: int, expired_before: int) -> Movement:
    """A lot's time is over; it may be so twice, when points came back to it after the first time."""
    return Movement(f"{lot_id}{EXPIRED}:{expired_before}", "POINTS_EXPIRED", (
        Posting(account_of(POINTS, member_id), points, lot_id),
        Posting(account_of(POINTS_COST, seller_id), -points, lot_id)))


def points_debt_merged(ended_id: str, member_id: str, points: int) -> Movement:
    """A member became another one, who owes what it owed."""
    return Movement(f"{ended_id}{MERGED}:{POINTS_DEBT}", "ACCOUNTS_MERGED", (
        Posting(account_of(POINTS_DEBT, member_id), points, member_id),
        Posting(account_of(POINTS_DEBT, ended_id), -points, member_id)))
