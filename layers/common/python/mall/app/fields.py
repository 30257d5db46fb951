"""The kinds of value a client may send. Everything has a bound, and the bound has a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import (
    AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator,
)
from pydantic_core import PydanticCustomError

from mall.kit import clock, text
from mall.kit.bounds import MAX_FEN, MAX_QUANTITY
from mall.kit.zone import day_of

FIRST_YEAR, LAST_YEAR = 2000, 2999  # so that every zone, and a day more or less, stays within the calendar


class Input(BaseModel):
    """Base of every input model: unknown fields are refused, and no value is bent to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def in_order(first: str, last: str) -> Any:
    """For an input that has a window: its end is not before its beginning (`last` is the field that is told)."""
    def check(self: Any) -> Any:
        begins, ends = getattr(self, first), getattr(self, last)
        if begins is not None and ends is not None and ends < begins:
            raise PydanticCustomError("backwards", "backwards", {"field": last})
        return self

    return model_validator(mode="after")(check)


class Output(BaseModel):
    """Base of every output model."""

    model_config = ConfigDict(frozen=True)


class Nothing(Input):
    """For actions that take no input."""


def _seen(value: str) -> str:
    if not text.shows(value):
        raise ValueError("nothing of it shows")
    return value


SHOWS = AfterValidator(_seen)


def _text(least: int, most: int, pattern: str, form: Callable[[str], str], *, shows: bool = False):
    """Text that is brought into its form (`kit.text`) before it is measured; `shows`: not of blanks alone."""
    seen = (SHOWS,) if shows else ()
    return Annotated[(str, StringConstraints(min_length=least, max_length=most, pattern=pattern), *seen, in_form(form))]


def in_form(form: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: form(value) if isinstance(value, str) else value)


class Guessable:
    """Marks what a stranger could guess: whoever takes such a value stands in `mall.app.limits` (a test says so)."""


class Chosen:
    """Marks a password that somebody chooses: whoever takes one refuses the weak (a test says so)."""


Id = _text(1, 64, r"^[0-9A-Za-z_-]+$", text.code)
TypedId = Annotated[Id, in_form(text.typed_id)]  # that people look for
Key = _text(1, 64, r"^[0-9A-Za-z_.:-]+$", text.code)
Serial = _text(1, 128, r"^[\x21-\x7e]+$", text.code)  # no secret
TypedSerial = Annotated[Serial, in_form(text.ungrouped)]
Code = Annotated[Serial, Guessable]
Password = Annotated[str, StringConstraints(min_length=1, max_length=128), Guessable]
NewPassword = Annotated[str, StringConstraints(min_length=12, max_length=128), Chosen]
PickupCode = Annotated[str, StringConstraints(max_length=10, pattern=r"^[0-9]{10}$"), Guessable]
Name = _text(1, 64, text.ONE_LINE, text.line, shows=True)
Title = _text(1, 128, text.LINES, text.lines, shows=True)
Line = _text(0, 255, text.LINES, text.lines)
Note = _text(1, 255, text.LINES, text.lines, shows=True)
Paragraph = _text(0, 2_000, text.LINES, text.lines)
Body = _text(0, 20_000, text.LINES, text.lines)
Url = Annotated[str, StringConstraints(max_length=512, pattern=text.URL)]
Phone = Annotated[str, StringConstraints(max_length=11, pattern=text.PHONE), in_form(text.phone)]
Cursor = Annotated[str, StringConstraints(max_length=256, pattern=r"^[0-9A-Za-z_-]*$")]
Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]
PositiveFen = Annotated[int, Field(ge=1, le=MAX_FEN)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Version = Annotated[int, Field(ge=1, le=1_000_000_000)]  # of a document that is saved as a whole: the one that was read
Percent = Annotated[int, Field(ge=1, le=100)]
Limit = Annotated[int, Field(ge=1, le=50)]
Moment = Annotated[AwareDatetime, Field(ge=datetime(FIRST_YEAR, 1, 1, tzinfo=timezone.utc),
                                        le=datetime(LAST_YEAR, 12, 31, tzinfo=timezone.utc))]
PLANNED_BACK = timedelta(days=366)
LAST_PLAN = datetime(2100, 1, 1, tzinfo=timezone.utc)  # a merchant writes 2099-12-31 for what has no end
KEPT_BACK, A_SLIP = timedelta(days=3 * 366), timedelta(days=31)  # what is of tomorrow, the action itself refuses


def _planned(moment: datetime) -> datetime:
    """Neither a slip of the century nor of the year."""
    if not clock.now() - PLANNED_BACK <= moment <= LAST_PLAN:
        raise PydanticCustomError("far_moment", "far_moment")
    return moment


def _happened(day: date) -> date:
    today = day_of(clock.now())
    if not today - KEPT_BACK <= day <= today + A_SLIP:
        raise PydanticCustomError("far_day", "far_day")
    return day


Day = Annotated[date, Field(strict=False, ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
# What something is planned for, from a year back to LAST_PLAN; a day that something happened on, three back at most.
Planned = Annotated[Moment, AfterValidator(_planned)]
Happened = Annotated[Day, AfterValidator(_happened)]
