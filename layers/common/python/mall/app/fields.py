"""The kinds of value a client may send. Everything has a bound, and the bound has a name."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from mall.kit.money import MAX_FEN

MAX_QUANTITY = 9_999
MAX_LIST = 200
FIRST_YEAR, LAST_YEAR = 2000, 2999  # so that every zone, and a day more or less, stays within the calendar


class Input(BaseModel):
    """Base of every input model: unknown fields are refused, and no value is bent to fit."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Output(BaseModel):
    """Base of every output model."""

    model_config = ConfigDict(frozen=True)


class Nothing(Input):
    """For actions that take no input."""


# Nothing that a screen does not show or that turns the letters after it around: a name with such in it is not what it
# looks like. Emoji need their joiners.
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"


def _text(least: int, most: int, pattern: str = LINES):
    return Annotated[str, StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=pattern)]


Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_.:-]+$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Name = _text(1, 64, ONE_LINE)
Title = _text(1, 128)
Line = _text(0, 255)
Note = _text(1, 255)
Paragraph = _text(0, 2_000)
Body = _text(0, 20_000)
Url = Annotated[str, StringConstraints(
    max_length=512, pattern=r"^https?://[^\s\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\"'<>]+$")]
Phone = Annotated[str, StringConstraints(pattern=r"^1[3-9]\d{9}$")]
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
Day = Annotated[date, Field(strict=False, ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
