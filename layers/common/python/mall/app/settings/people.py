"""People (会员与员工): who signs in, how long, how often; levels; what two people decide."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict

from mall.app.fields import SHOWS, in_form
from mall.app.settings.chapter import RISKY, SELLERS, Chapter
from mall.domains.members.levels import check_levels
from mall.kit import text


class MemberLevel(TypedDict):
    """A level of members (会员等级), as buyers see it and as prices use it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    level: Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=16, pattern=text.ONE_LINE), SHOWS, in_form(text.line)]
    growth: Annotated[int, Field(ge=0, le=1_000_000_000)]
    within: Literal["ever", "year"]
    percent: Annotated[int, Field(ge=1, le=100)]
    free_freight: bool


def _rising(levels: list[MemberLevel]) -> list[MemberLevel]:
    check_levels(levels)
    return levels


def _level(level: str, name: str, growth: int, within: Literal["ever", "year"], percent: int) -> MemberLevel:
    return {"level": level, "name": name, "growth": growth, "within": within, "percent": percent,
            "free_freight": False}


LEVELS = [_level("ordinary", "普通会员", 0, "ever", 100), _level("vip", "VIP会员", 5_000, "ever", 95),
          _level("black_gold", "黑金会员", 50_000, "year", 88)]


class People(Chapter):
    member_levels: Annotated[list[MemberLevel], AfterValidator(_rising)] = Field(
        default_factory=lambda: [dict(level) for level in LEVELS], min_length=1, max_length=10,
        json_schema_extra=RISKY,
        description="The levels of members from the first to the highest: key, name, the growth value that each takes,"
        " within a membership year or ever, the percent of the price that its members pay, and whether they pay freight"
        " (A3, docs/membership.md).")
    address_limit: int = Field(20, ge=1, le=50, description="Most addresses a member keeps (A2).")
    session_days: int = Field(30, ge=1, le=90, description="Days a sign-in lasts (A1).")
    member_address_tries: int = Field(
        300, ge=5, le=100_000, description="Member sign-ins over HTTP that one address may try in a window (A1).")
    member_session_tries: int = Field(
        60, ge=5, le=10_000, description="Sign-ins that one member may make by cloud calls in a window (A1).")
    try_minutes: int = Field(
        10, ge=1, le=1440, description="Minutes over which tries are counted: the window of what is named"
        " ..._tries, but for staff_tries (A1, J6).")
    member_uploads_a_day: int = Field(
        60, ge=5, le=1_000, description="Files that one member may upload in 24 hours (A1, docs/uploads.md).")
    staff_uploads_a_day: int = Field(
        2_000, ge=50, le=100_000, description="Files that one of the staff may upload in 24 hours (B2).")
    staff_session_hours: int = Field(12, ge=1, le=168, description="Hours a staff sign-in lasts (J6).")
    staff_tries: int = Field(
        5, ge=3, le=20, description="Wrong passwords from one network until a staff account is locked for it (J6).")
    staff_address_tries: int = Field(
        60, ge=5, le=10_000, description="Staff sign-ins that one network address may try in a window (J6).")
    staff_name_tries: int = Field(
        20, ge=5, le=1_000, description="Staff sign-ins that one network may try of one user name, whether anybody's or"
        " not, in a window; and tries of one of the staff at their own password (J6).")
    staff_account_tries: int = Field(
        100, ge=20, le=10_000, description="Tries at one staff account in a window from all networks together from"
        " which it has not signed in for 30 days; the others go on (J6).")
    staff_lock_minutes: int = Field(
        15, ge=1, le=1440, description="Minutes a staff account stays locked for a network (J6).")
    second_person: bool = Field(
        False, json_schema_extra=RISKY | SELLERS,
        description="Whether risky settings, and what is given away above the limits,"
        " wait for a second person; to be turned on when two of the staff may approve. Another seller's is off until he"
        " turns it on himself, whatever the platform's is (J6, docs/second-person.md).")
    sensitive_change_hours: int = Field(
        72, ge=1, le=720, json_schema_extra=RISKY | SELLERS,
        description="Hours a change waits for its second person (J6).")
    data_key_days: int = Field(
        365, ge=30, le=1095, description="Days a data key seals personal data before a new one takes over (A6).")
    check_in_growth: int = Field(
        1, ge=0, le=10_000, json_schema_extra=RISKY, description="Growth value that a member's first sign-in of a day"
        " brings, while there is a daily sign-in; 0: none (A3, docs/membership.md).")
