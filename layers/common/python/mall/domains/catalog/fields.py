"""What each field of a product may hold (spec B2 B4): one rule for a form, a file, a copy and whatever comes next.

`in_form` brings a draft into the form in which it is kept and refuses what is none. Nothing is written into the tables
of goods that did not come through here, so that what was taken once can be saved again for ever after.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mall.domains.catalog import purchase
from mall.domains.catalog.rules import MAX_SKUS, ProductDraft, SkuDraft
from mall.kit import text
from mall.kit.bounds import MAX_FEN, MAX_QUANTITY, MAX_WEIGHT_GRAMS
from mall.kit.errors import BadInput

TITLE_LENGTH, LINE_LENGTH, NAME_LENGTH, TAG_LENGTH, DESCRIPTION_LENGTH = 128, 255, 64, 32, 20_000
MAX_SPECS, MAX_VALUES, MAX_TAGS, MAX_TIERS = 4, 100, 20, 10
MAX_CAROUSEL, MAX_SCENES, URL_LENGTH = 15, 30, 512
CARD_LENGTH = 255  # of a code that an order delivers (卡密)


def in_form(draft: ProductDraft) -> ProductDraft:
    """The draft as it is kept. Raises BadInput with the field: title, skus.3.sku_code ..."""
    _number(draft.specs, MAX_SPECS, "specs")
    _number(draft.tags, MAX_TAGS, "tags")
    _number(draft.skus, MAX_SKUS, "skus", least=1)
    kept = replace(
        draft,
        title=one_line(draft.title, TITLE_LENGTH, "title"),
        subtitle=any_lines(draft.subtitle, LINE_LENGTH, "subtitle"),
        description=any_lines(draft.description, DESCRIPTION_LENGTH, "description"),
        tags=tuple(dict.fromkeys(one_line(tag, TAG_LENGTH, "tags") for tag in draft.tags)),
        specs=tuple(_spec(name, values, f"specs.{number}") for number, (name, values) in enumerate(draft.specs)),
        media=_media(draft.media),
        purchase_rules=purchase.in_form(draft.purchase_rules, "purchase_rules"),
        skus=tuple(_sku(sku, f"skus.{number}") for number, sku in enumerate(draft.skus)),
    )
    for number, sku in enumerate(kept.skus):
        purchase.check_together(kept.purchase_rules, sku.purchase_rules, f"skus.{number}.purchase_rules")
    return kept


def one_line(given: str, most: int, field: str) -> str:
    """A name that a screen shows. Raises BadInput."""
    value = text.line(given)
    if not text.shows(value):
        raise BadInput("不能为空，且须有可见的文字", field=field)
    return _fits(value, most, text.ONE_LINE, field)


def sku_code(given: str, field: str = "sku_code") -> str:
    """Letters count as they are written: ab and AB are two codes. Raises BadInput."""
    return _fits(text.code(given), 64, text.SKU_CODE, field)


def card(given: str) -> str:
    """A code that an order delivers: nothing in it that a buyer cannot see to type. Raises BadInput."""
    value = text.code(given)
    if not text.shows(value) or text.hides(value):
        raise BadInput("卡密含有不可见的字符", field="codes")
    return _fits(value, CARD_LENGTH, text.ONE_LINE, "codes")


def url(given: str, field: str) -> str:
    return _fits(given, URL_LENGTH, text.URL, field)


def _spec(name: str, values: Sequence[str], field: str) -> tuple[str, tuple[str, ...]]:
    _number(values, MAX_VALUES, f"{field}.values", least=1)
    return (one_line(name, NAME_LENGTH, f"{field}.name"),
            tuple(one_line(value, NAME_LENGTH, f"{field}.values") for value in values))


def _media(media: dict[str, Any]) -> dict[str, Any]:
    video, carousel, scenes = media.get("video"), media.get("carousel") or [], media.get("scenes") or []
    _number(carousel, MAX_CAROUSEL, "media.carousel")
    _number(scenes, MAX_SCENES, "media.scenes")
    return {"video": None if video is None else url(video, "media.video"),
            "carousel": [url(each, "media.carousel") for each in carousel],
            "scenes": [url(each, "media.scenes") for each in scenes]}


def _sku(sku: SkuDraft, field: str) -> SkuDraft:
    _between(sku.price_fen, 1, MAX_FEN, f"{field}.price_fen")
    if sku.member_price_fen is not None:
        _between(sku.member_price_fen, 1, MAX_FEN, f"{field}.member_price_fen")
    _between(sku.commission_percent, 0, 100, f"{field}.commission_percent")
    _between(sku.weight_grams, 0, MAX_WEIGHT_GRAMS, f"{field}.weight_grams")
    _number(sku.price_tiers, MAX_TIERS, f"{field}.price_tiers")
    for quantity, price_fen in sku.price_tiers:
        _between(quantity, 1, MAX_QUANTITY, f"{field}.price_tiers")
        _between(price_fen, 1, MAX_FEN, f"{field}.price_tiers")
    return replace(
        sku, sku_code=sku_code(sku.sku_code, f"{field}.sku_code"),
        spec_values=tuple(one_line(value, NAME_LENGTH, f"{field}.spec_values") for value in sku.spec_values),
        picture_url=None if sku.picture_url is None else url(sku.picture_url, f"{field}.picture_url"),
        purchase_rules=purchase.in_form(sku.purchase_rules, f"{field}.purchase_rules"))


def any_lines(given: str, most: int, field: str) -> str:
    return _fits(text.lines(given), most, text.LINES, field)


def _fits(value: str, most: int, pattern: str, field: str) -> str:
    if len(value) > most:
        raise BadInput(f"内容太长，最多 {most} 个字", field=field)
    if re.fullmatch(pattern, value) is None:
        raise BadInput("格式不正确", field=field)
    return value


def _between(value: int, least: int, most: int, field: str) -> None:
    if not least <= value <= most:
        raise BadInput(f"应为 {least} 至 {most}", field=field)


def _number(values: Sequence[Any], most: int, field: str, *, least: int = 0) -> None:
    if not least <= len(values) <= most:
        raise BadInput(f"应有 {least} 至 {most} 项", field=field)
