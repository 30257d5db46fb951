"""Do the books hold? What the rules of all domains say, piece by piece (spec E9).

`audit` asks everything at once, for tests and small shops; `continued` as much as there is time for, and says where to
go on; `flows/ops/audit_watch.py` is the timer's look. A breach is a case, and open again as long as it stands.
"""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from typing import Any

from mall.domains.cases import books
from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.coupons import audit as coupons
from mall.domains.insight import audit as insight
from mall.domains.instalments import audit as instalments
from mall.domains.ledger import agreement as ledger
from mall.domains.ledger import movements, shared
from mall.domains.members import audit as members
from mall.domains.members import merged_audit as merged
from mall.domains.payments import audit as payments
from mall.domains.points import audit as points
from mall.domains.refunds import audit as refunds
from mall.domains.refunds.rules import ByHand, RefundState, earlier_numbers
from mall.domains.settlements import store as settlements
from mall.domains.uploads import audit as uploads
from mall.flows import kinds
from mall.kit import clock, ledger_audit
from mall.kit.db import Tx
from mall.kit.invariants import Finding, Rule, Subject, breaches, next_keys, slices
from mall.kit.schema import DEFAULT_SELLER

# a domain with rules of its own is named here, and nowhere else; what a kind of order has, its kind names
DOMAINS = (books, instalments, ledger, ledger_audit, movements, shared, members, merged, points, coupons, refunds,
           payments, uploads, insight)


def every(name: str) -> tuple:
    """What all domains and all kinds of orders have under this name."""
    modules = (*DOMAINS, *(module for kind in kinds.every() for module in kind.audits()))
    return tuple(each for module in modules for each in getattr(module, name, ()))


def rules_by_subject() -> dict[str, tuple[Rule, ...]]:
    rules = every("RULES")
    return {subject.name: tuple(rule for rule in rules if rule.of == subject.name) for subject in every("SUBJECTS")}


SUBJECTS: tuple[Subject, ...] = every("SUBJECTS")  # one that is reached from others comes after them
FEEDS = every("FEEDS")
RULES = rules_by_subject()


def audit(tx: Tx) -> list[str]:
    """Every breach between stock, coupons, seats, points, growth, orders and money: a sentence each, none when all is
    right. Reads everything, and adds up everything."""
    now = clock.now()
    return [*(found.sentence for subject in SUBJECTS for keys in slices(tx, subject)
              for found in breaches(tx, subject, RULES[subject.name], keys, now)), *movements.totals(tx)]


def continued(tx: Tx, start: tuple[str, str] | None, *, seconds: float, most: int,
              now: datetime) -> tuple[list[Finding], tuple[str, str] | None]:
    """Everything after `start` (a subject and the key before), until time is up or there are `most` findings: those,
    and where to go on; None when everything was looked at."""
    found: list[Finding] = []
    name, after = start or (SUBJECTS[0].name, "")
    began, names = time.monotonic(), [subject.name for subject in SUBJECTS]
    for subject in SUBJECTS[names.index(name) if name in names else 0:]:
        while keys := next_keys(tx, subject, after):
            found += breaches(tx, subject, RULES[subject.name], keys, now)
            after = keys[-1]
            if time.monotonic() - began >= seconds or len(found) >= most:
                return found, (subject.name, after)
        after = ""
    return found, None


def open_cases(tx: Tx, findings: list[Finding], now: datetime) -> None:
    """One case for each finding, by its rule and key, whatever its figures are; a resolved one that stands is open
    again."""
    for found in findings:
        name = f"{found.rule} {found.key}"
        cases.open_case(tx, kind=CaseKind.AUDIT_FINDING, reference=hashlib.sha256(name.encode()).hexdigest(),
                        seller_id=DEFAULT_SELLER, sentence=f"账目核对发现不一致：{found.sentence}",
                        next_step="用 ops.trace_order 查看相关订单，核对后更正，并在备注中写明原因",
                        data={"finding": found.sentence, "rule": found.rule, "key": found.key}, now=now,
                        comes_again=True)


def against_books(tx: Tx, kept: dict[str, Any]) -> list[str]:
    """Our payments, refunds and shares beside WeChat Pay's: `kept` is {"orders": [{out_trade_no, transaction_id,
    state, total_fen, refunds: [{out_refund_no, state, refund_fen}], shares: [{out_order_no, receivers: [{account,
    amount_fen, result}]}], returns: [{out_return_no, amount_fen, result}]}]}, as the simulator's books tell them."""
    paid, back = books.payments_and_refunds(tx)
    taken = {order["out_trade_no"]: order for order in kept["orders"] if order["state"] in ("SUCCESS", "REFUND")}
    returned = {each["out_refund_no"]: each for order in kept["orders"] for each in order["refunds"]}
    return [*_payments_differ(paid, taken), *_refunds_differ(back, returned), *_shares_differ(tx, kept["orders"]),
            *_balance_differs(tx, taken, returned, kept["orders"])]


def _balance_differs(tx: Tx, taken: dict[str, dict], returned: dict[str, dict], orders: list[dict]) -> list[str]:
    """The ledger's account of the money at WeChat, beside WeChat's own."""
    there = (sum(order["total_fen"] for order in taken.values())
             - sum(each["refund_fen"] for each in returned.values() if each["state"] == "SUCCESS")
             - sum(_moved(orders, "receivers").values()) + sum(_moved(orders, "returns").values()))
    here = ledger.at_wechat_fen(tx)
    return [f"ledger has {here} fen at WeChat, WeChat has {there}"] if here != there else []


def _moved(orders: list[dict], what: str) -> dict[tuple[str, ...], int]:
    """What receivers got, by share and account, or what they gave back, by the return's number."""
    if what == "returns":
        return {(each["out_return_no"],): each["amount_fen"] for order in orders for each in order.get("returns", ())
                if each["result"] == "SUCCESS"}
    return {(share["out_order_no"], line["account"]): line["amount_fen"] for order in orders
            for share in order.get("shares", ()) for line in share["receivers"] if line["result"] == "SUCCESS"}


def _shares_differ(tx: Tx, orders: list[dict]) -> list[str]:
    """Amounts that have moved to and from receivers, on one side and not, or not so, on the other."""
    got, given_back = settlements.moved(tx)
    ours = {"receivers": {(row.wechat_share_no, row.account): row.amount_fen for row in got},
            "returns": {(row.return_no,): row.amount_fen for row in given_back}}
    return [f"{what} {' to '.join(key)}: {here.get(key, 0)} fen here and {there.get(key, 0)} at WeChat"
            for what, here in ours.items() for there in [_moved(orders, what)]
            for key in sorted(here.keys() | there.keys()) if here.get(key) != there.get(key)]


def _payments_differ(paid: list, taken: dict[str, dict]) -> list[str]:
    ours = {row.payment_no: row for row in paid}
    sentences = []
    for number in sorted(ours.keys() | taken.keys()):
        here, there = ours.get(number), taken.get(number)
        if here is None:
            sentences.append(f"payment {number} of {there['total_fen']} fen was taken by WeChat and is not paid here")
        elif there is None:
            sentences.append(f"payment {number} of {here.amount_fen} fen is paid here and WeChat never took it")
        elif (here.amount_fen, here.transaction_id) != (there["total_fen"], there["transaction_id"]):
            sentences.append(f"payment {number} is {here.amount_fen} fen by {here.transaction_id} here and"
                             f" {there['total_fen']} fen by {there['transaction_id']} at WeChat")
    return sentences


def _as_wechat_has_them(back: list) -> list:
    """What staff settled by hand has failed under our number; in the platform it went through under another."""
    by_hand = [row for row in back if row.settled_how]
    return [*(row for row in back if not row.settled_how),
            *(row._replace(state=RefundState.FAILED.value) for row in by_hand),
            *(row._replace(wechat_refund_no=row.settled_number) for row in by_hand
              if row.settled_how == ByHand.WECHAT_PLATFORM.value)]


def _refunds_differ(back: list, returned: dict[str, dict]) -> list[str]:
    ours = {row.wechat_refund_no: row for row in _as_wechat_has_them(back)}
    earlier = {number for row in back for number in earlier_numbers(row.wechat_refund_no)} & returned.keys()
    sentences = [f"refund {number} is at WeChat and not here"
                 for number in sorted(returned.keys() - ours.keys() - earlier)]
    sentences += [f"refund {number} was followed by another try and is {returned[number]['state']} at WeChat"
                  for number in sorted(earlier) if returned[number]["state"] != "CLOSED"]
    for number, here in ours.items():
        there = returned.get(number)
        if there is None and here.state in ("SENT", "DONE"):
            sentences.append(f"refund {number} is {here.state} here and unknown to WeChat")
        if there is not None and there["refund_fen"] != here.amount_fen:
            sentences.append(f"refund {number} is {here.amount_fen} fen here and {there['refund_fen']} at WeChat")
        if there is not None and (there["state"] == "SUCCESS") != (here.state == "DONE"):
            sentences.append(f"refund {number} is {here.state} here and {there['state']} at WeChat")
    return sentences
