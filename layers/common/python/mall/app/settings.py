"""What a merchant may change, each with its meaning, unit and default (printed into docs/settings.md).

One document per seller in `shop_settings`; absent names take the default. The platform's is the shop's, and holds for
all; of what is marked `SELLERS` another seller's document goes over it, for its own goods, orders and staff. Changed by
`staff.save_settings`, which validates with this model and writes the audit log.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict

from mall.app.fields import in_form
from mall.domains.members.levels import check_levels
from mall.domains.messaging.tells import Template
from mall.domains.pricing.stacking import MAX_STACKED_COUPONS
from mall.domains.pricing.stacking import check as check_stacking
from mall.domains.settlements.rules import UNFROZEN_BY
from mall.kit import text
from mall.kit.errors import BadInput
from mall.kit.money import MAX_FEN
from mall.tables.people import shop_settings
from sqlalchemy import bindparam, select

SETTINGS = select(shop_settings.c.document).where(shop_settings.c.seller_id == bindparam("seller_id"))


class BadSetting(BadInput):
    code, message = "BAD_SETTING", "设置项不存在，或取值不在允许范围内"


RISKY = {"risky": True}  # moves money or guards it: where two people decide, a change of it needs both (J6)
SELLERS = {"sellers": True}  # each seller may have his own (E13)


Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


def _real_day(text: str) -> str:
    date.fromisoformat(text)
    return text


class Licence(TypedDict):
    """As the authority published it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    number: Annotated[str, Field(min_length=4, max_length=64, pattern=r"^[0-9A-Za-z\u4e00-\u9fff()（）〔〕\[\]-]+$")]
    issuer: Annotated[str, Field(min_length=2, max_length=64)]
    valid_until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_real_day)]


class MemberLevel(TypedDict):
    """A level of members (会员等级), as buyers see it and as prices use it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    level: Annotated[str, Field(max_length=32, pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    name: Annotated[str, Field(min_length=1, max_length=16, pattern=text.ONE_LINE), in_form(text.line)]
    growth: Annotated[int, Field(ge=0, le=1_000_000_000)]
    within: Literal["ever", "year"]
    percent: Annotated[int, Field(ge=1, le=100)]
    free_freight: bool


def _rising(levels: list[MemberLevel]) -> list[MemberLevel]:
    check_levels(levels)
    return levels


class StackingRow(TypedDict):
    """A group of price rules (叠加规则), see `domains.pricing.stacking`."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    group: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]
    not_with: Annotated[list[Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")]], Field(max_length=20)]
    several: bool


class Stacking(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid")

    rows: Annotated[list[StackingRow], Field(max_length=20)]
    goods_coupons: Annotated[int, Field(ge=0, le=MAX_STACKED_COUPONS)]
    free_shipping_coupons: Annotated[int, Field(ge=0, le=MAX_STACKED_COUPONS)]


def _clear(table: Stacking) -> Stacking:
    check_stacking(table)
    return table


def _level(level: str, name: str, growth: int, within: Literal["ever", "year"], percent: int) -> MemberLevel:
    return {"level": level, "name": name, "growth": growth, "within": within, "percent": percent,
            "free_freight": False}


LEVELS = [_level("ordinary", "普通会员", 0, "ever", 100), _level("vip", "VIP会员", 5_000, "ever", 95),
          _level("black_gold", "黑金会员", 50_000, "year", 88)]


ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]  # 22:00
MESSAGES = tuple(each.value for each in Template)


def _once_each(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("named twice")
    return names


class ShopSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shop_name: Annotated[str, in_form(text.line)] = Field(
        "好物商城", min_length=1, max_length=32, pattern=text.ONE_LINE,
        description="Name shown to buyers and in messages.")
    pay_within_minutes: int = Field(30, ge=5, le=1440, description="Minutes an unpaid order is kept (E4).")
    unpaid_orders_most: int = Field(
        20, ge=1, le=100_000, description="Most orders of one member that wait for payment at a time (E1).")
    receive_after_days: int = Field(
        10, ge=1, le=60, description="Days after shipping until an order counts as received (E4).")
    cart_item_limit: int = Field(100, ge=1, le=200, description="Most different SKUs in one cart.")
    address_limit: int = Field(20, ge=1, le=50, description="Most addresses a member keeps (A2).")
    member_levels: Annotated[list[MemberLevel], AfterValidator(_rising)] = Field(
        default_factory=lambda: [dict(level) for level in LEVELS], min_length=1, max_length=10,
        json_schema_extra=RISKY,
        description="The levels of members from the first to the highest: key, name, the growth value that each takes,"
        " within a membership year or ever, the percent of the price that its members pay, and whether they pay freight"
        " (A3, docs/membership.md).")
    coupons_combine: bool = Field(
        True, description="Whether coupons may be used together with full reductions (D2).")
    stacking: Annotated[Stacking, AfterValidator(_clear)] | None = Field(
        None, json_schema_extra=RISKY, description="Which price rules combine: a row for each group with those that it"
        " does not combine with, in the order in which they are taken off, whether one line takes several of the group,"
        " and how many coupons there may be. With it coupons_combine and points_with_group_price say nothing (D2,"
        " docs/pricing.md).")
    coupon_remind_days: int = Field(3, ge=1, le=30, description="Days before expiry to remind of a coupon (D4).")
    unpaid_remind_minutes: int = Field(
        10, ge=1, le=720, description="Minutes before an unpaid order closes to remind its buyer, fewer than"
        " pay_within_minutes (I2).")
    group_hours: int = Field(
        48, ge=1, le=168, json_schema_extra=SELLERS,
        description="Hours a group stays open, unless the activity says (F1).")
    pay_fee_per_ten_thousand: int = Field(
        60, ge=0, le=1000, json_schema_extra=RISKY,
        description="WeChat Pay's contracted fee, of ten thousand; bills are checked by it (E10).")
    session_days: int = Field(30, ge=1, le=90, description="Days a sign-in lasts (A1).")
    staff_session_hours: int = Field(12, ge=1, le=168, description="Hours a staff sign-in lasts (J6).")
    staff_tries: int = Field(
        5, ge=3, le=20, description="Wrong passwords from one network until a staff account is locked for it (J6).")
    try_minutes: int = Field(
        10, ge=1, le=1440, description="Minutes over which tries are counted: the window of what is named"
        " ..._tries, but for staff_tries (A1, J6).")
    staff_address_tries: int = Field(
        60, ge=5, le=10_000, description="Staff sign-ins that one network address may try in a window (J6).")
    member_address_tries: int = Field(
        300, ge=5, le=100_000, description="Member sign-ins over HTTP that one address may try in a window (A1).")
    code_tries: int = Field(
        20, ge=3, le=1_000, description="Coupon codes that one member may try in a window (D4).")
    staff_name_tries: int = Field(
        20, ge=5, le=1_000, description="Staff sign-ins that one network may try of one user name, whether anybody's or"
        " not, in a window; and tries of one of the staff at their own password (J6).")
    staff_account_tries: int = Field(
        100, ge=20, le=10_000, description="Tries at one staff account in a window from all networks together from"
        " which it has not signed in for 30 days; the others go on (J6).")
    member_session_tries: int = Field(
        60, ge=5, le=10_000, description="Sign-ins that one member may make by cloud calls in a window (A1).")
    pickup_tries: int = Field(
        120, ge=5, le=10_000, description="Pick-up codes that one of the staff may try in a window (E2).")
    payment_tries: int = Field(
        60, ge=5, le=10_000, description="Payments, top-ups and cancellations that one member may ask WeChat for in a"
        " window (E5).")
    staff_lock_minutes: int = Field(
        15, ge=1, le=1440, description="Minutes a staff account stays locked for a network (J6).")
    data_key_days: int = Field(
        365, ge=30, le=1095, description="Days a data key seals personal data before a new one takes over (A6).")
    second_person: bool = Field(
        False, json_schema_extra=RISKY | SELLERS,
        description="Whether risky settings, and what is given away above the limits,"
        " wait for a second person; to be turned on when two of the staff may approve (J6, docs/second-person.md).")
    refund_approval_limit_fen: int = Field(
        50_000, ge=0, le=100_000_000_00, json_schema_extra=RISKY | SELLERS,
        description="Fen that may go out of one order, by"
        " refunds and by its price, before a second person is needed, at most the next; 0: always (J6,"
        " docs/second-person.md).")
    refund_day_limit_fen: int = Field(
        500_000, ge=0, le=100_000_000_00, json_schema_extra=RISKY | SELLERS,
        description="Fen that one person may give away alone"
        " in a day of the shop, by refunds, prices and coupons together; 0: nothing (J6, docs/second-person.md).")
    sensitive_change_hours: int = Field(
        72, ge=1, le=720, json_schema_extra=RISKY | SELLERS,
        description="Hours a change waits for its second person (J6).")
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
    refund_order: Literal["wechat_first", "balance_first"] = Field(
        "wechat_first", json_schema_extra=RISKY,
        description="Of an order that stored value paid a part of: who gives back first when it is"
        " refunded (E8, docs/wallets.md).")
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
    points_per_yuan: int = Field(
        1, ge=0, le=1_000, json_schema_extra=RISKY, description="Points that a yuan paid for goods earns, of orders"
        " placed from now on; 0: none are earned. A hundred points take a yuan off (A4, docs/points.md).")
    points_days: int = Field(
        365, ge=1, le=1_825, json_schema_extra=RISKY,
        description="Days from receipt or sign-in until points expire (A4).")
    points_grace_days: int = Field(
        7, ge=0, le=365, json_schema_extra=RISKY,
        description="Days that points given back with a refund live at the least, whenever they would expire; at most"
        " points_days (A4).")
    points_most_percent: int = Field(
        50, ge=0, le=100, json_schema_extra=RISKY,
        description="Most percent of an order's goods, all discounts taken off, that points pay; 0: none (A4).")
    points_with_group_price: bool = Field(
        False, json_schema_extra=RISKY, description="Whether points may pay for goods at a group price (A4, F1).")
    check_in_points: Annotated[list[Annotated[int, Field(ge=0, le=10_000)]], Field(max_length=31)] = Field(
        default_factory=lambda: [5, 5, 5, 5, 5, 5, 20], json_schema_extra=RISKY,
        description="Points of the first, second ... day in a row that a member signs in; after the last it begins"
        " anew; none: there is no daily sign-in (A4).")
    check_in_growth: int = Field(
        1, ge=0, le=10_000, json_schema_extra=RISKY, description="Growth value that a member's first sign-in of a day"
        " brings, while there is a daily sign-in; 0: none (A3, docs/membership.md).")
    templates: dict[Label, Label] = Field(
        max_length=50, default_factory=dict, description="Subscribe-message template id for each kind of message whose"
        " fields are the usual ones; others are set up by messaging.save_template (I1, docs/messages.md).")
    consents_by_push: bool = Field(
        False, description="Whether WeChat's message push tells which messages buyers allow; what clients say is then"
        " not counted beside it (I1, docs/messages.md).")
    quiet_from: ClockTime = Field(
        "00:00", description="When the quiet hours begin, in which only messages_at_night go out, by the shop's clock"
        " (I1).")
    quiet_until: ClockTime = Field(
        "00:00", description="When they end, and what waited is sent if it is still true; the same as quiet_from: there"
        " are none (I1).")
    messages_at_night: list[Literal[MESSAGES]] = Field(
        default_factory=lambda: [Template.ORDER_PAID.value, Template.ORDER_UNPAID.value], max_length=len(MESSAGES),
        description="The kinds of message that do not wait for the morning (I1).")
    message_channels: Annotated[list[Literal["SUBSCRIBE", "TEMPLATE"]], AfterValidator(_once_each)] = Field(
        default_factory=lambda: ["SUBSCRIBE", "TEMPLATE"], min_length=1, max_length=2,
        description="By what members are reached, each where those before it do not: subscribe messages, the service"
        " account's template messages (I1, docs/messages.md).")
    message_member_day_most: int = Field(
        20, ge=1, le=1_000, description="Most messages of one kind that a member gets in a day of the shop (I1).")
    message_day_most: int = Field(
        100_000, ge=1, le=100_000_000, description="Most messages of one kind and channel in a day, to all (I1).")
    seller_commission_per_ten_thousand: int = Field(
        500, ge=0, le=10_000, json_schema_extra=RISKY, description="Commission of a new seller, of ten thousand of what"
        " its orders bring; each one's own is changed by sellers.set_commission (E13, docs/sellers.md).")
    pickup_store: Annotated[str, in_form(text.line)] = Field(
        "门店自提点", max_length=128, pattern=text.ONE_LINE, json_schema_extra=SELLERS,
        description="Name and place of the store for pick-up orders (E2).")


PAIRS = (  # (what is never more, than what, by how much less): the wider ones first, so that one pass makes all fit
    ("top_up_most_fen", "wallet_most_fen", 0), ("top_up_least_fen", "top_up_most_fen", 0),
    ("refund_approval_limit_fen", "refund_day_limit_fen", 0), ("flash_refund_most_fen", "refund_approval_limit_fen", 0),
    ("unpaid_remind_minutes", "pay_within_minutes", 1), ("points_grace_days", "points_days", 0),
)


def _made_fit(settings: ShopSettings) -> ShopSettings:
    """The lesser of each pair is held down to the greater: a default beside a value that is smaller than it, and what
    another version stored."""
    for lesser, greater, gap in PAIRS:
        most = getattr(settings, greater) - gap
        if getattr(settings, lesser) > most:
            settings = settings.model_copy(update={lesser: most})
    return settings


def _check_pairs(given: dict[str, Any], changes: dict[str, Any], settings: ShopSettings) -> None:
    """What was said of both sides must fit; what nobody said is made to. Raises BadSetting for a pair that the changes
    touch."""
    for lesser, greater, gap in PAIRS:
        told = given.get(lesser) is not None
        if told and {lesser, greater} & set(changes) and getattr(settings, lesser) > getattr(settings, greater) - gap:
            than = "小于" if gap else "不大于"
            raise BadSetting(f"{lesser} 须{than} {greater}，请一并调整", field=lesser if lesser in changes else greater,
                             pair=[lesser, greater])


def _check_sharing(changes: dict[str, Any], settings: ShopSettings) -> None:
    """An order that nobody confirms counts as received and is shared while its money is still frozen. Raises
    BadSetting."""
    days = ("receive_after_days", "sharing_after_days")
    touched = [name for name in (*days, "sharing_mode") if name in changes]
    most = UNFROZEN_BY.days - 1  # a day for the parcel to leave
    if touched and settings.sharing_mode == "on_receipt" and sum(getattr(settings, name) for name in days) > most:
        raise BadSetting(f"{days[0]} 与 {days[1]} 之和须不大于 {most}：付款 {UNFROZEN_BY.days} 天后资金已解冻",
                         field=touched[0], pair=list(days))


@lru_cache(maxsize=64)
def read_settings(document: str | None) -> ShopSettings:
    """The validated settings of a stored document; kept per document text, so a change shows at once. A name that
    this version does not know, also within a setting, is passed over: while a deployment is under way, or after one
    was taken back, a newer version has written it. A value that this version does not allow is too (`misfits`): it
    has its default."""
    return _made_fit(ShopSettings.model_validate(_valid(document)))


@lru_cache(maxsize=256)
def settings_over(shop_document: str | None, own_document: str | None) -> ShopSettings:
    """The settings as they hold for a seller who has his own over the shop's."""
    own = {name: value for name, value in _valid(own_document).items() if name in SELLERS_NAMES}
    return _made_fit(ShopSettings.model_validate({**_valid(shop_document), **own}))


def _valid(document: str | None) -> dict[str, Any]:
    """What is stored that this version knows and allows."""
    wrong = misfits(document)
    return {name: value for name, value in _known(document).items() if name not in wrong}


@lru_cache(maxsize=64)
def misfits(document: str | None) -> tuple[str, ...]:
    """The stored names whose values another version allowed and this one does not."""
    return tuple(sorted({str(each["loc"][0]) for each in _problems(_known(document))}))


def _known(document: str | None) -> dict[str, Any]:
    """What is stored, without the names that this version does not know, at any depth."""
    stored = json.loads(document) if document else {}
    known = {name: value for name, value in stored.items() if name in _NAMES}
    for each in _problems(known):
        if each["type"] == "extra_forbidden":
            *above, name = each["loc"]
            holder = known
            for step in above:
                holder = holder[step]
            del holder[name]
    return known


def _problems(known: dict[str, Any]) -> list[Any]:
    try:
        ShopSettings.model_validate(known)
    except ValidationError as problem:
        return problem.errors(include_url=False, include_input=False)
    return []


def merge_settings(document: str | None, changes: dict[str, Any],
                   shop_document: str | None = None) -> tuple[str, ShopSettings]:
    """The stored document with `changes` over it, and what it then means. A change to None takes the setting
    back to its default; what was never changed is not stored, so that new defaults reach old shops. A stored name
    of another version stays, a value that this one does not allow goes. `shop_document`: of the
    shop, where the document is another seller's. Raises BadSetting with the setting's name as the field."""
    stored, wrong = json.loads(document) if document else {}, misfits(document)
    merged = {**{name: value for name, value in stored.items() if name not in wrong}, **changes}
    kept = {name: value for name, value in sorted(merged.items()) if value is not None or name not in _NAMES}
    own = {**_valid(document), **changes}
    known = {**_valid(shop_document),
             **{name: value for name, value in own.items() if value is not None or name not in _NAMES}}
    try:
        settings = ShopSettings.model_validate(known, strict=True)
    except ValidationError as problem:
        where = problem.errors(include_url=False, include_input=False)[0]["loc"]
        raise BadSetting(field=".".join(str(part)[:64] for part in where)) from None
    _check_pairs(known, changes, settings)
    _check_sharing(changes, settings)
    return json.dumps(kept, ensure_ascii=False), _made_fit(settings)


_NAMES = frozenset(ShopSettings.model_fields)
RISKY_NAMES = frozenset(name for name, field in ShopSettings.model_fields.items()
                        if (field.json_schema_extra or {}).get("risky"))


SELLERS_NAMES = frozenset(name for name, field in ShopSettings.model_fields.items()
                          if (field.json_schema_extra or {}).get("sellers"))


def check_sellers(changes: dict[str, Any]) -> None:
    """What another seller changes is his to have. Raises BadSetting."""
    for name in changes:
        if name in _NAMES and name not in SELLERS_NAMES:
            raise BadSetting("此项由平台统一设置", field=name)


def risky_changes(before: ShopSettings, after: ShopSettings) -> dict[str, list[Any]]:
    """The risky settings that differ: {name: [value before, value after]}."""
    return {name: [getattr(before, name), getattr(after, name)] for name in sorted(RISKY_NAMES)
            if getattr(before, name) != getattr(after, name)}
