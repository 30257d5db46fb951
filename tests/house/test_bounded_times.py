"""Every time and day that a client may send is bounded at both ends, by a bound with a name (spec E12, F1, D4)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Any, get_args, get_origin

import pytest
from mall.app import registry
from mall.app.fields import (
    A_SLIP, FIRST_YEAR, KEPT_BACK, LAST_PLAN, LAST_YEAR, PLANNED_BACK, Happened, Input, Planned,
)
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from tests.support.shop import Shop, refused

TIME_TYPES = {date, datetime, AwareDatetime}
# when something is asked for, the years bound it; what is planned or has happened is bounded by now
WINDOWS_OF_SEARCHES = {"orders.search_orders", "orders.export_orders", "members.search_members",
                       "invoices.export_statement", "sellers.export_statement", "sellers.show_statement",
                       "pricing.rehearse_promotion", "pricing.start_rehearsal",
                       "reconciliation.list_differences", "reconciliation.pull_day",
                       *(f"insight.chart_{of}" for of in ("takings", "refunds", "coupons", "sharing", "points"))}


def fields() -> Iterator[tuple[str, str, Any]]:
    """(action, field, field info) of every time and day of an input, those inside others too."""
    for name, action in registry.load().items():
        if action.input is not None:
            yield from ((name, field, info) for field, info in _of(action.input, set()))


def _of(model: type, seen: set[type]) -> Iterator[tuple[str, Any]]:
    seen.add(model)
    for name, info in model.model_fields.items():
        kinds = _kinds(info.annotation)
        if TIME_TYPES & kinds:
            yield name, info
        for kind in kinds - seen:
            if isinstance(kind, type) and issubclass(kind, Input):
                yield from _of(kind, seen)


def _kinds(annotation: Any) -> set[Any]:
    inside = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _kinds(inside[0])
    return {annotation} if not inside else set().union(*map(_kinds, inside))


TIMES = list(fields())


def test_there_are_times():
    assert len(TIMES) >= 20


@pytest.mark.parametrize(("action", "field", "info"), TIMES, ids=lambda part: part if isinstance(part, str) else "")
def test_a_time_is_bounded_at_both_ends(action: str, field: str, info: Any):
    check = TypeAdapter(info.rebuild_annotation(), config={"strict": False})
    of_day = date in _kinds(info.annotation)
    tell = (lambda moment: moment.date().isoformat()) if of_day else (lambda moment: moment.isoformat())
    now = datetime.now().astimezone()
    ends = [now.replace(year=FIRST_YEAR - 1, day=1), now.replace(year=LAST_YEAR + 1, day=1)]
    if action not in WINDOWS_OF_SEARCHES:
        ends += [now - (KEPT_BACK if of_day else PLANNED_BACK) - timedelta(days=2),
                 now + A_SLIP + timedelta(days=2) if of_day else LAST_PLAN + timedelta(days=2)]
    for end in ends:
        with pytest.raises(ValidationError):
            check.validate_json(json.dumps(tell(end)))
    check.validate_json(json.dumps(tell(now)))


def test_the_two_kinds_are_bounded_by_now():
    now = datetime.now().astimezone()
    TypeAdapter(Planned).validate_python(now + timedelta(days=365))
    TypeAdapter(Happened).validate_python((now - timedelta(days=365)).date())


@pytest.mark.parametrize("action", ["orders.search_orders", "orders.export_orders"])
def test_a_window_that_ends_before_it_begins_is_refused_by_its_end(shop: Shop, action: str):
    staff = shop.staff()
    before = shop.snapshot()
    with refused("BAD_INPUT", status=400, field="placed_until") as caught:
        staff.call(action, placed_from=shop.now.isoformat(), placed_until=(shop.now - timedelta(days=1)).isoformat())
    assert caught[0].message == "结束不能早于开始"
    assert shop.snapshot() == before
