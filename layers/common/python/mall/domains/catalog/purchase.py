"""Purchase rules (起购、倍购、限购): how many of some goods, how often, and for which members (spec B9).

A rule stands with a SKU, or with a product and then counts all its SKUs together. Quantities are those of the whole
order, the same SKU on two lines merged. What was bought is what orders hold that are not closed: an order that closes
unpaid, or is refunded whole, frees its pieces; pieces that are refunded out of an order that stands still count, so
that buying and giving back by turns gets nobody beyond the limit. A day is the shop's own. What the kind of one order
asks of its quantities, whoever buys, is `orders/terms.Limits`; where both speak, both hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import lcm
from typing import Any, NamedTuple

from mall.kit.bounds import MAX_QUANTITY
from mall.kit.errors import BadInput, RuleBroken

MOST_EVER = 1_000_000
MOST_LEVELS = 10


class BelowLeast(RuleBroken):
    code, message = "BELOW_LEAST", "未达到起购数量"


class NotAMultiple(RuleBroken):
    code, message = "NOT_A_MULTIPLE", "购买数量须为规定数量的整数倍"


class OverLimit(RuleBroken):
    code, message = "OVER_LIMIT", "超出限购数量"


class NotForYourLevel(RuleBroken):
    code, message = "NOT_FOR_YOUR_LEVEL", "该商品仅限指定等级的会员购买"


class RulesAllowNothing(BadInput):
    code, message = "RULES_ALLOW_NOTHING", "起购、倍购与限购相互矛盾，没有可以购买的数量"


class LevelUnknown(BadInput):
    code, message = "LEVEL_UNKNOWN", "没有这个会员等级，请重新选择"


class Rules(NamedTuple):
    """Of one SKU, or of all SKUs of a product together."""

    least: int = 1  # 起购
    multiple: int = 1  # 倍购
    most_ever: int | None = None  # 每人限购
    most_per_day: int | None = None  # 每人每日限购
    levels: tuple[str, ...] = ()  # of members who may buy it; none: everybody

    @property
    def has_limit(self) -> bool:
        """Whether it has to be known what the member bought before."""
        return self.most_ever is not None or self.most_per_day is not None

    @property
    def first(self) -> int:
        """The least quantity that may be bought: 起购 3 of 倍购 2 is 4."""
        return -(-self.least // self.multiple) * self.multiple

    @property
    def most(self) -> int:
        """The most that one order may have of it."""
        return min(MAX_QUANTITY, self.most_ever or MAX_QUANTITY, self.most_per_day or MAX_QUANTITY)


NONE = Rules()


class Bought(NamedTuple):
    """Pieces in the member's orders that are not closed."""

    ever: int = 0
    today: int = 0


class Goods(NamedTuple):
    """What is wanted of one SKU."""

    sku_id: str
    spu_id: str
    title: str
    quantity: int
    of_sku: Rules
    of_product: Rules


def rules_of(document: Mapping[str, Any] | None) -> Rules:
    """As it is stored; None: there are none."""
    if not document:
        return NONE
    return Rules(document.get("least", 1), document.get("multiple", 1), document.get("most_ever"),
                 document.get("most_per_day"), tuple(document.get("levels") or ()))


def document_of(rules: Rules) -> dict[str, Any] | None:
    return None if rules == NONE else {**rules._asdict(), "levels": list(rules.levels)}


def in_form(rules: Rules, field: str) -> Rules:
    """The rules as they are kept: each level once. Raises BadInput, RulesAllowNothing."""
    for name, most in (("least", MAX_QUANTITY), ("multiple", MAX_QUANTITY), ("most_ever", MOST_EVER),
                       ("most_per_day", MOST_EVER)):
        value = getattr(rules, name)
        if value is not None and not 1 <= value <= most:
            raise BadInput(f"应为 1 至 {most}", field=f"{field}.{name}")
    if len(rules.levels) > MOST_LEVELS:
        raise BadInput(f"最多 {MOST_LEVELS} 个等级", field=f"{field}.levels")
    if rules.first > rules.most:
        raise RulesAllowNothing(field=field)
    return rules._replace(levels=tuple(dict.fromkeys(rules.levels)))


def check_together(of_product: Rules, of_sku: Rules, field: str) -> None:
    """A SKU is bought by both, so both must leave something. Raises RulesAllowNothing."""
    levels = (set(of_product.levels), set(of_sku.levels))
    if of_sku.first > of_product.most or all(levels) and levels[0].isdisjoint(levels[1]):
        raise RulesAllowNothing("商品与规格的购买规则相互矛盾，该规格无法购买", field=field)


def fits(of_product: Rules, of_sku: Rules, most: int) -> bool:
    """Whether an order of this SKU alone may have some quantity, of at most so many pieces."""
    step = lcm(of_product.multiple, of_sku.multiple)
    first = -(-max(of_product.least, of_sku.least) // step) * step
    return first <= min(most, of_product.most, of_sku.most)


def check_levels(levels: Iterable[str], known: Iterable[str], field: str = "purchase_rules") -> None:
    """That each level is one of the shop's. Raises LevelUnknown."""
    names = set(known)
    for level in levels:
        if level not in names:
            raise LevelUnknown(f"没有会员等级 {level}，请重新选择", field=field, level=level)


def check(wanted: Iterable[Goods], bought: Mapping[str, Bought], level: str, level_names: Mapping[str, str]) -> None:
    """Whether a member of this level may order this: one rule for the cart, the price and the order. `bought`: by SKU
    and by product, of goods with a limit. Raises NotForYourLevel, BelowLeast, NotAMultiple, OverLimit for the first
    goods at fault, with what is allowed."""
    wanted = list(wanted)
    for each in wanted:
        _check(each.of_sku, each.quantity, bought.get(each.sku_id, Bought()), each, level, level_names)
    products: dict[str, list[Goods]] = {}
    for each in wanted:
        products.setdefault(each.spu_id, []).append(each)
    for spu_id, own in products.items():
        of_product = bought.get(spu_id, Bought())
        _check(own[0].of_product, sum(each.quantity for each in own), of_product, own[0], level, level_names)


def _check(rules: Rules, quantity: int, bought: Bought, goods: Goods, level: str,
           level_names: Mapping[str, str]) -> None:
    if rules is NONE:
        return
    about = {"field": "lines", "sku_id": goods.sku_id}
    title = f"“{goods.title}”"
    if rules.levels and level not in rules.levels:
        names = "、".join(level_names.get(each, each) for each in rules.levels)
        raise NotForYourLevel(f"{title}仅限{names}购买", **about, levels=list(rules.levels))
    if quantity < rules.least:
        raise BelowLeast(f"{title}{rules.first} 件起购", **about, least=rules.first)
    if quantity % rules.multiple:
        raise NotAMultiple(f"{title}须按 {rules.multiple} 件的整数倍购买", **about, multiple=rules.multiple)
    for words, most, before in (("每人限购", rules.most_ever, bought.ever), ("每人每日限购", rules.most_per_day,
                                                                         bought.today)):
        if most is not None and before + quantity > most:
            left = allowed(rules, bought)
            still = f"还可购买 {left} 件" if left else "您已买满"
            raise OverLimit(f"{title}{words} {most} 件，{still}", **about, most=most, bought=before, left=left)


def allowed(rules: Rules, bought: Bought) -> int:
    """The most that may still be ordered: a quantity that holds every rule, or 0."""
    most = min(MAX_QUANTITY, *(limit - before for limit, before in (
        (rules.most_ever, bought.ever), (rules.most_per_day, bought.today)) if limit is not None), MAX_QUANTITY)
    fits = max(most, 0) // rules.multiple * rules.multiple
    return fits if fits >= rules.least else 0


def sentence(rules: Rules, level_names: Mapping[str, str]) -> str:
    """What a page says of it: 2 件起购，每人限购 5 件. Empty where there is nothing to say."""
    parts = []
    if rules.levels:
        parts.append(f"仅限{'、'.join(level_names.get(each, each) for each in rules.levels)}购买")
    if rules.first > 1:
        parts.append(f"{rules.first} 件起购")
    if rules.multiple > 1:
        parts.append(f"须按 {rules.multiple} 件的整数倍购买")
    if rules.most_ever is not None:
        parts.append(f"每人限购 {rules.most_ever} 件")
    if rules.most_per_day is not None:
        parts.append(f"每人每日限购 {rules.most_per_day} 件")
    return "，".join(parts)
