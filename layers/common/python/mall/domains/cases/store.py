"""The cases that staff work through; the same matter has one case only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from mall.domains.cases.rules import FLOW, CaseNotFound, CaseResolved, CaseState
from mall.kit.db import Tx
from mall.kit.ids import new_id
from mall.kit.page import LAST, newest_first
from mall.tables.trade import cases

_PAGE = newest_first(
    select(cases)
    .where(cases.c.seller_id == bindparam("seller_id"), cases.c.state == bindparam("state")),
    cases.c.case_id)
_ONE = select(cases).where(cases.c.case_id == bindparam("case_id"), cases.c.seller_id == bindparam("seller_id"))
_RESOLVE = (
    update(cases)
    .where(cases.c.case_id == bindparam("of_case"), cases.c.seller_id == bindparam("of_seller"),
           cases.c.state == CaseState.OPEN.value)
    .values(state=bindparam("to_state"), note=bindparam("why"), resolved_at=bindparam("now"))
)
_RESOLVE_ABOUT = (
    update(cases)
    .where(cases.c.kind == bindparam("of_kind"), cases.c.reference == bindparam("of_reference"),
           cases.c.state == CaseState.OPEN.value)
    .values(state=bindparam("to_state"), note=bindparam("why"), resolved_at=bindparam("now"))
)
_COME_AGAIN = (
    update(cases)
    .where(cases.c.kind == bindparam("of_kind"), cases.c.reference == bindparam("of_reference"),
           cases.c.state.in_(FLOW.sources("come_again")))
    .values(state=FLOW.target("come_again"), sentence=bindparam("what"), data=bindparam("with_data"), resolved_at=None)
)
_OPEN_COUNT = select(func.count().label("number")).where(cases.c.state == CaseState.OPEN.value)



def open_case(tx: Tx, *, kind: str, reference: str, seller_id: str, sentence: str, next_step: str,
              data: dict[str, Any], now: datetime, comes_again: bool = False) -> None:
    """Open a case unless this matter (`kind`, `reference`) has had one. `sentence` says what happened,
    `next_step` what to do; `data` holds ids and amounts, no personal data. `comes_again`: it happened anew, so the
    case is open again even where it was resolved."""
    name = str(getattr(kind, "value", kind))
    tx.insert_if_absent(cases, case_id=new_id("cas"), seller_id=seller_id, kind=name, reference=reference[:64],
                        state=CaseState.OPEN.value, sentence=sentence[:255], next_step=next_step[:255], data=data,
                        note="", created_at=now, resolved_at=None)
    if comes_again:
        tx.write(_COME_AGAIN, of_kind=name, of_reference=reference[:64], what=sentence[:255], with_data=data)


def page(tx: Tx, seller_id: str, state: str, before_id: str | None, most: int) -> list:
    """The seller's cases in `state`, newest first, those after `before_id`."""
    return tx.all(_PAGE, seller_id=seller_id, state=state, before=before_id or LAST, most=most)


def resolve(tx: Tx, case_id: str, seller_id: str, note: str, now: datetime) -> str:
    """Close a case with what was done; returns its new state. Raises CaseNotFound, CaseResolved."""
    if tx.one(_ONE, case_id=case_id, seller_id=seller_id) is None:
        raise CaseNotFound(field="case_id")
    tx.write(_RESOLVE, rows=1, otherwise=CaseResolved(case_id=case_id), of_case=case_id, of_seller=seller_id,
             to_state=FLOW.target("resolve"), why=note, now=now)
    return FLOW.target("resolve")


def resolve_about(tx: Tx, kind: str, reference: str, note: str, now: datetime) -> None:
    """Close the case of this matter, which was settled elsewhere; nothing where it has none or it is closed."""
    tx.write(_RESOLVE_ABOUT, of_kind=kind, of_reference=reference[:64], to_state=FLOW.target("resolve"), why=note,
             now=now)


def open_count(tx: Tx) -> int:
    """How many cases wait, of all sellers."""
    return tx.one(_OPEN_COUNT).number
