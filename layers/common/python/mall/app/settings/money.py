"""Money (资金): payments, refunds, profit sharing, stored value."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import TypedDict

from mall.app.fields import SHOWS, in_form
from mall.app.settings.chapter import RISKY, SELLERS, Chapter
from mall.kit import text
from mall.kit.money import MAX_FEN


def _real_day(told: str) -> str:
    date.fromisoformat(told)
    return told


class Licence(TypedDict):
    """As the authority published it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    number: Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[0-9A-Za-z\u4e00-\u9fff()（）〔〕\[\]-]+$")]
    issuer: Annotated[str, Field(min_length=2, max_length=64, pattern=text.ONE_LINE), SHOWS, in_form(text.line)]
    valid_until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day)]


class Money(Chapter):
    pay_fee_per_ten_thousand: int = Field(
        60, ge=0, le=1000, json_schema_extra=RISKY,
        description="WeChat Pay's contracted fee, of ten thousand; bills are checked by it (E10).")
    payment_tries: int = Field(
        60, ge=5, le=10_000, description="Payments, top-ups and cancellations that one member may ask WeChat for in a"
        " window (E5).")
    refund_approval_limit_fen: int = Field(
        50_000, ge=0, le=100_000_000_00, json_schema_extra=RISKY | SELLERS,
        description="Fen that may go out of one order, by"
        " refunds and by its price, before a second person is needed, at most the next; 0: always (J6,"
        " docs/second-person.md).")
    refund_day_limit_fen: int = Field(
        500_000, ge=0, le=100_000_000_00, json_schema_extra=RISKY | SELLERS,
        description="Fen that one person may give away alone"
        " in a day of the shop, by refunds, prices and coupons together; 0: nothing (J6, docs/second-person.md).")
    flash_refund_most_fen: int = Field(
        0, ge=0, le=100_000_000_00, json_schema_extra=RISKY, description="Most fen of one refund that is decided at"
        " once for a trusted member, never above refund_approval_limit_fen; 0: none are (E6, docs/refunds.md).")
    flash_refund_finished_orders: int = Field(
        3, ge=0, le=1_000, json_schema_extra=RISKY, description="Received orders that make a member trusted (E6).")
    flash_refund_member_days: int = Field(
        30, ge=0, le=3_650, json_schema_extra=RISKY, description="Days since joining that do, together with them (E6).")
    flash_refund_times: int = Field(
        2, ge=1, le=100, json_schema_extra=RISKY, description="Flash refunds of a member within 30 days (E6).")
    refund_request_days: int = Field(
        15, ge=0, le=365, json_schema_extra=SELLERS,
        description="Days after receipt in which a buyer may ask for a refund; 0: nobody may ask, at"
        " any time (E6, docs/refunds.md).")
    refund_requests_most: int = Field(
        5, ge=1, le=20, json_schema_extra=SELLERS,
        description="How often a buyer may ask for a refund of one order (E6).")
    refund_threshold_rule: Literal["keep", "take_back"] = Field(
        "keep", json_schema_extra=RISKY | SELLERS,
        description="When a partial refund leaves less than a full reduction asks"
        " for: the buyer keeps the reduction on what remains, or its share is taken off the refund (E6,"
        " docs/refunds.md).")
    refund_order: Literal["wechat_first", "balance_first"] = Field(
        "wechat_first", json_schema_extra=RISKY,
        description="Of an order that stored value paid a part of: who gives back first when it is"
        " refunded (E8, docs/wallets.md).")
    sharing_mode: Literal["off", "at_once", "on_receipt"] = Field(
        "off", json_schema_extra=RISKY,
        description="Profit sharing of orders paid from now on: none, as soon as they are paid, or frozen until"
        " receipt (E7, docs/sharing.md).")
    sharing_after_days: int = Field(
        7, ge=0, le=15, json_schema_extra=RISKY,
        description="Days after receipt until an order is shared, if frozen until receipt; with receive_after_days at"
        " most 27, as the money is unfrozen after 28 (E7).")
    sharing_most_per_ten_thousand: int = Field(
        3000, ge=1, le=10_000, json_schema_extra=RISKY,
        description="Most of an order that receivers get together, of ten thousand: the"
        " merchant's maximum at WeChat Pay; never below what they get (E7).")
    stored_value_licence: Licence | None = Field(
        None, json_schema_extra=RISKY,
        description="The filing for prepaid cards (单用途商业预付卡备案): `number`, `issuer`, `valid_until`"
        " (its last day, 2027-12-31). Stored value is off until it is recorded; after its last day nobody tops up"
        " (E8).")
    top_up_least_fen: int = Field(100, ge=1, le=MAX_FEN, description="Least fen of one top-up, at most the next (E8).")
    top_up_most_fen: int = Field(
        100_000, ge=1, le=MAX_FEN, json_schema_extra=RISKY,
        description="Most fen of one top-up, at most wallet_most_fen (E8).")
    wallet_most_fen: int = Field(
        500_000, ge=1, le=MAX_FEN, json_schema_extra=RISKY,
        description="Most fen in one wallet after a top-up; 5,000 yuan is the limit of"
        " a card in a person's name (E8).")
    safeguard_percent: int = Field(
        40, ge=1, le=100, json_schema_extra=RISKY,
        description="Percent of what is owed to members that lies in the safeguarding account: 20, 30"
        " or 40 by the kind of issuer (E8).")
    seller_commission_per_ten_thousand: int = Field(
        500, ge=0, le=10_000, json_schema_extra=RISKY, description="Commission of a new seller, of ten thousand of what"
        " its orders bring; each one's own is changed by sellers.set_commission (E13, docs/sellers.md).")
