"""What staff read in place of the names of fields and values (显示文字): a file a chapter, for the console.

A word stands under the name of a field, or under a longer name where it says more: in all of a domain (`orders.kind`),
in one model (`AddressView.name`), in one action (`orders.search_orders.name`), in one model of one action. The longest
that fits is read. In each file `LABELS` are of plain names, `OWN` of longer ones, `HINTS` say a unit or a meaning that
is not plain, `VALUES` have the words of what a field may hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mall.app.actions import Action

from infra.web.words import (
    common,
    fulfilment,
    goods,
    insight,
    marketing,
    money,
    ops,
    people,
    reach,
    service,
    settings,
    trade,
)

FILES = (common, people, goods, trade, service, money, marketing, fulfilment, reach, insight, ops, settings)
LABELS = {name: word for file in FILES for name, word in [*file.LABELS.items(), *vars(file).get("OWN", {}).items()]}
HINTS = {name: word for file in FILES for name, word in vars(file).get("HINTS", {}).items()}
VALUES: dict[str, Mapping[str, str]] = {
    name: words for file in FILES for name, words in vars(file).get("VALUES", {}).items()}
CHAPTERS = {  # of the menu, in its order: what it is called, and the domains whose actions stand in it
    "insight": ("经营", "Business", ("insight",)),
    "trade": ("订单", "Orders", ("orders", "pricing", "payments")),
    "fulfilment": ("发货与库存", "Shipping and stock", ("fulfilment", "stock")),
    "goods": ("商品", "Goods", ("catalog",)),
    "marketing": ("营销", "Marketing", ("coupons", "promotions", "group_buys")),
    "people": ("会员", "Members", ("members", "points", "wallets", "risk")),
    "service": ("退款与售后", "Refunds and service", ("refunds",)),
    "money": ("资金与对账", "Money", ("ledger", "settlements", "reconciliation", "invoices")),
    "reach": ("消息触达", "Messages", ("messaging",)),
    "ops": ("店铺与系统", "Shop and system", ("staff", "sellers", "ops")),
}
DOMAINS = {
    "orders": "订单", "pricing": "价格与运费", "payments": "支付", "fulfilment": "发货", "refunds": "退款售后",
    "catalog": "商品", "stock": "库存", "coupons": "优惠券", "promotions": "营销活动", "group_buys": "拼团",
    "members": "会员", "points": "积分", "wallets": "储值余额", "risk": "风控", "staff": "员工与设置", "ledger": "账务",
    "settlements": "分账", "reconciliation": "对账", "invoices": "发票", "messaging": "消息模板", "insight": "数据概览",
    "sellers": "商家", "ops": "运维",
}
TITLES = {  # of actions whose own term is long, shared, or the name of what they save
    "catalog.issue_upload_url": "上传文件", "catalog.open_product": "商品详情", "coupons.save_coupon": "保存优惠券",
    "group_buys.save_group_buy": "保存拼团活动", "invoices.export_statement": "导出财务对账表",
    "messaging.save_template": "保存消息模板", "orders.note_order": "添加商家备注",
    "orders.redirect_order": "修改收货地址", "pricing.save_freight_template": "保存运费模板",
    "promotions.save_promotion": "保存营销活动", "refunds.start_refund": "发起退款",
    "sellers.export_statement": "导出商家结算单", "sellers.set_commission": "设置佣金比例",
    "settlements.save_receiver": "保存分账接收方", "stock.save_warehouse": "保存仓库",
    "stock.set_safe_level": "设置安全库存",
}
_TERM = re.compile(r"[(（]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]")
_ENGLISH = {"id": "ID", "ids": "IDs", "no": "no.", "url": "URL", "sku": "SKU", "skus": "SKUs", "spu": "SPU",
            "spus": "SPUs", "openid": "OpenID", "appid": "AppID", "sha1": "SHA-1"}


class Place(NamedTuple):
    """A field of what an action takes or gives; `path`: from the outermost model, lists passed over."""

    action: str
    model: str
    field: str
    path: str
    values: frozenset[str]  # the only ones that it may hold; empty: the model does not say

    def names(self) -> tuple[str, ...]:
        """That a word for it may stand under, the longest first."""
        domain = self.action.partition(".")[0]
        return (f"{self.action}.{self.model}.{self.field}", f"{self.model}.{self.field}", f"{self.action}.{self.field}",
                f"{domain}.{self.field}", self.field)

    def found_in(self, words: Mapping[str, Any]) -> str | None:
        """The name under which its word stands."""
        return next((name for name in self.names() if name in words), None)


def places(action: Action) -> Iterator[Place]:
    """Every field of an action's models, those within others too."""
    for model, mode in ((action.input, "validation"), (action.output, "serialization")):
        if model is not None:
            schema = model.model_json_schema(mode=mode)
            yield from _within(action.name, schema["title"], schema, schema.get("$defs", {}), (), "")


def _within(action: str, model: str, schema: dict[str, Any], known: dict[str, Any], inside: tuple[str, ...],
            prefix: str) -> Iterator[Place]:
    for field, spec in schema.get("properties", {}).items():
        path = f"{prefix}{field}"
        yield Place(action, model, field, path, frozenset(_values(spec, known)))
        for name in _parts(spec):
            if name not in inside and "properties" in known[name]:
                yield from _within(action, name, known[name], known, (*inside, name), f"{path}.")


def _inner(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """What a field may be, or hold many of."""
    below = [*spec.get("anyOf", []), spec.get("items"), spec.get("additionalProperties")]
    return [each for each in below if isinstance(each, dict)]


def _parts(spec: dict[str, Any]) -> Iterator[str]:
    """The models and enums that a field leads to."""
    if "$ref" in spec:
        yield spec["$ref"].rsplit("/", 1)[1]
    for each in _inner(spec):
        yield from _parts(each)


def _values(spec: dict[str, Any], known: dict[str, Any]) -> set[str]:
    """Of a field that holds one of some words, or many of them."""
    given = [*spec.get("enum", []), spec.get("const")]
    for name in _parts(spec):
        given += known[name].get("enum", [])
    return {each for each in given if isinstance(each, str)}.union(*(_values(each, known) for each in _inner(spec)))


def title(action: Action) -> str:
    """The Chinese term of an action: its own in brackets, in its first sentence. Raises LookupError."""
    term = _TERM.search(action.summary)
    if action.name not in TITLES and term is None:
        raise LookupError(f"{action.name}: no Chinese term in brackets in its first sentence")
    return TITLES.get(action.name) or term[1]


def chapter_of(domain: str) -> str:
    """Raises LookupError."""
    for chapter, (_, _, domains) in CHAPTERS.items():
        if domain in domains:
            return chapter
    raise LookupError(f"give the domain {domain!r} a place in CHAPTERS ({__name__})")


def english(name: str) -> str:
    """`order_no`: Order no.; `pay_fen`: Pay; `TO_SHIP`: To ship."""
    words = [_ENGLISH.get(word, word) for word in name.lower().replace("-", "_").split("_") if word]
    if len(words) > 1 and words[-1] == "fen":
        words.pop()
    said = " ".join(words)
    return said[:1].upper() + said[1:]
