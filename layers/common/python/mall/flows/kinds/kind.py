"""What a kind of order may be asked, each with the answer of an ordinary order (design: an order kind is one file).

    class Presale(Kind):
        name, words = "PRESALE", "预售"
        def hold(self, tx, order, terms, now): ...take a piece of what is still to be made...

    KIND = Presale()

The questions stand in the order of an order's life. A kind keeps nothing between two of them: what it has to know of an
order stands in its own tables, under the order's number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from mall.domains.instalments.rules import Part, check_plan
from mall.domains.orders.rules import STATE_WORDS, OrderLapsed, OrderState
from mall.domains.orders.terms import Limits
from mall.kit.db import Tx
from mall.kit.errors import MallError

Question = tuple[Any, dict[str, Any]]  # a statement and its parameters, for `tx.fetch`


@dataclass(frozen=True)
class Asked:
    """The activity that a buyer names, and what of it he joins (a group); `called`: the fields in which the client
    said so, for refusals."""

    activity_id: str
    joins_id: str | None = None
    called: tuple[str, str] = ("activity_id", "joins_id")


@dataclass(frozen=True)
class Terms:
    """What holds for an order of its kind, decided from what was read with its price.

    `unit_fen`: a price of its own by SKU, in place of all others; what may take something off all the same says the
    stacking policy. `pool`: how many pieces are left by SKU, where the kind has a stock of its own beside
    the warehouses'. `limits` by SKU. `pay_within`: None is the shop's own. `coupons`, `points`, `balance`: whether they
    may be used at all. `needs_address`: False, where a parcel's address is told later (`check_ship` waits for it).
    `splits`: False, where all of it is one order of one seller, whatever lies where. `instalments`: the parts that it
    is paid in, two at least; none: at once. Such an order is alone in its checkout. `found`: what `hold` needs. Raises
    ValueError (`check_plan`)."""

    unit_fen: Mapping[str, int] = field(default_factory=dict)
    pool: Mapping[str, int] | None = None
    limits: Mapping[str, Limits] = field(default_factory=dict)
    pay_within: timedelta | None = None
    coupons: bool = True
    points: bool = True
    balance: bool = True
    needs_address: bool = True
    splits: bool = True
    instalments: Sequence[Part] = ()
    found: Any = None

    def __post_init__(self) -> None:
        check_plan(self.instalments)

    @property
    def is_one_order(self) -> bool:
        """Whatever lies where."""
        return not self.splits or bool(self.instalments)


class After(Enum):
    """What a payment leads to."""

    GO_ON = "go on"  # to be shipped, or delivered at once
    WAIT = "wait"  # for what its kind says (`waiting`); the order is WAITING, whatever it waits for
    OVER = "over"  # what was bought is not to be had any more: nothing was changed, and the money goes back


@dataclass(frozen=True)
class Paid:
    """`also`: orders that waited for this one and go on with it; those that do not wait are left alone."""

    after: After
    also: Sequence[str] = ()


class Kind:
    """An ordinary order, and what others are made of."""

    name = "NORMAL"
    words = ""  # as people call such an order
    waiting = STATE_WORDS[OrderState.WAITING.value]  # the state of one that is paid and waits, as people read it
    steps: Mapping[str, str] = {}  # entries of its timeline, where other words fit it
    reasons: Mapping[str, str] = {}  # why it closes beyond what every order does, in words
    offers = ""  # what its activities are called on the page of a product
    owned: Mapping[str, str] = {}  # its columns that hold a member's id, and what a merge of two does with them

    # its price

    def ask(self, asked: Asked | None) -> Sequence[Question]:
        """What must be read with the quote; it joins its one round trip."""
        return ()

    def terms(self, asked: Asked | None, rows: Sequence[list[Any]], quantities: Mapping[str, int], settings: Any,
              now: datetime) -> Terms:
        """`rows`: the answers to `ask`. Raises its own refusals."""
        return Terms()

    # placed, in the one transaction

    def columns(self, terms: Terms, new_id: Callable[[str], str], now: datetime) -> dict[str, Any]:
        """What else stands in the order's row. Raises its own refusals."""
        return {}

    def hold(self, tx: Tx, order: Mapping[str, Any], terms: Terms, now: datetime) -> None:
        """Hold what the order needs beside stock and coupons; a row that many want with `hot=`, or last."""

    # paid

    def ask_payable(self, order: Any) -> Sequence[Question]:
        """What must be read before a payment starts; it joins the look at the order."""
        return ()

    def payable_until(self, order: Any, rows: Sequence[list[Any]]) -> datetime:
        return order.expires_at

    def lapsed(self) -> MallError:
        """What who pays too late for `payable_until` reads."""
        return OrderLapsed()

    def paid(self, tx: Tx, order: Any, now: datetime) -> Paid:
        """The order's money is all here, under the locks of order and payment. All orders of a checkout are asked
        before one is taken, and where one is OVER none is: a kind that can say so and writes otherwise `splits` none.
        """
        return Paid(After.GO_ON)

    def part_paid(self, tx: Tx, order: Any, part: int, now: datetime) -> bool:
        """Of an order that is paid in parts, one that is not the last (1, 2 ...). False when what it is for is not to
        be had any more: nothing was changed, and the money goes back."""
        return True

    def over(self) -> MallError:
        """What who gives an order away reads when it is `After.OVER`."""
        return OrderLapsed()

    # ended

    def closed(self, tx: Tx, order: Any, now: datetime) -> None:
        """The order closes before all of it was paid: free what it held."""

    def given_back(self, tx: Tx, order: Any, decided: Any, now: datetime) -> None:
        """A refund was decided (`refund_plan.Plan`): pieces, an amount, or with `closes` all that was left."""

    # what may be done with it now; each raises its own refusal

    def check_price_change(self, order: Any) -> None:
        """Of an order that is still to be paid, by staff."""

    def check_refund(self, order: Any) -> None:
        """By whomever."""

    def check_ship(self, order: Any) -> None:
        """Of an order that is to be shipped or handed over."""

    def not_to_ship(self) -> str:
        """Why one that waits does not go out, in a sentence."""
        return "订单正在等待，暂时不能发货"

    # what people see

    def state_words(self, state: str) -> str:
        return self.waiting if state == OrderState.WAITING.value else STATE_WORDS.get(state, state)

    def step_words(self, move: str, words: str) -> str:
        """An entry of the timeline; `words`: of an ordinary order."""
        return self.steps.get(move, words)

    def says(self, tx: Tx, order: Any, now: datetime) -> str:
        """One sentence on the order's page."""
        return ""

    def messages(self) -> Messages | None:
        """What its buyers are told of events of its own."""
        return None

    def ask_offers(self, spu_id: str, now: datetime) -> Question | None:
        """Its activities on the page of a product, shown as `offers`."""
        return None

    # what it needs beside its orders

    def check_single_price(self, tx: Tx, spu_id: str, price_fen: Mapping[str, int], now: datetime) -> None:
        """Before a product's ordinary prices become these, by SKU. Raises its own refusal."""

    def check_purchase_rules(self, tx: Tx, spu_id: str, fits: Callable[[str, int], bool], now: datetime) -> None:
        """Before a product's purchase rules become others; `fits`: whether by them an order of this SKU alone may have
        some quantity, of so many pieces at the most. Raises its own refusal."""

    def change_owner(self, tx: Tx, ended_id: str, member_id: str, order_nos: Sequence[str]) -> None:
        """These orders are another member's by now (spec A1)."""

    def audits(self) -> Sequence[Any]:
        """Modules with SUBJECTS, FEEDS and RULES: what must always be true (`kit/invariants.py`)."""
        return ()

    def about(self, order: Any) -> str | None:
        """Under which other id events and messages tell of the order too."""
        return None

    def trace(self, tx: Tx, order: Any) -> Sequence[tuple[str, datetime, str, dict[str, Any]]]:
        """What its own books say of the order: (book, when, number, facts), for the support desk."""
        return ()


@dataclass(frozen=True)
class Messages:
    """`compose`: by an event's kind, (tx, payload) to the messages of it. `outdated`: by a template, (tx, message,
    subject, now) to why it is no longer true, or None."""

    heard: Sequence[Any]  # events
    compose: Mapping[str, Callable[[Tx, dict[str, Any]], list[Any]]]
    outdated: Mapping[Any, Callable[[Tx, Any, str, datetime], str | None]]
