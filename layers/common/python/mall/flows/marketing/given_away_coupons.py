"""What coupons give away (双人复核, spec J6): each fen is counted where it leaves the house, and once.

That is where a coupon can be claimed by anybody (a template of the claim centre, by its quota), where it is issued
to somebody, and where its code is made. One without a bound of its own, such as a discount without a cap, has none.
"""

from __future__ import annotations

import hashlib
from typing import Any

from mall.domains.coupons import rules, store
from mall.domains.coupons.rules import Channel, TemplateState
from mall.domains.sensitive.rules import GivenAway
from mall.flows.marketing import issue_coupons
from mall.kit.money import yuan


def issued(ctx: Any, cmd: Any) -> GivenAway | None:
    """By those who get one. Raises what `issue_coupons.plan` raises."""
    decided = issue_coupons.plan(ctx.tx, cmd.template_id, cmd.member_ids, ctx.seller_id, ctx.now)
    number = len(decided.getting)
    return _of_coupons(decided.template, number, "发给", "位会员", cmd) if number else None


def codes_made(ctx: Any, cmd: Any) -> GivenAway:
    """Raises TemplateNotFound."""
    template, _ = store.lock_template(ctx.tx, cmd.template_id)
    rules.check_owner(template, ctx.seller_id)
    return _of_coupons(template, cmd.count, "生成", "个兑换码", cmd)


def template_saved(ctx: Any, cmd: Any) -> GivenAway | None:
    """What can go out by itself afterwards and could not before. Raises TemplateNotFound."""
    terms = cmd.terms.model_dump()
    wanted = {"kind": cmd.kind, "channel": cmd.channel, "quota": cmd.quota, "claim_until": cmd.claim_until.isoformat(),
              "terms": terms}
    after, before, held = _each_fen(cmd.kind, terms), 0, None
    number = cmd.quota if cmd.channel == Channel.CENTRE.value else 0
    number_before = 0
    if cmd.template_id is not None:
        template, codes = store.lock_template(ctx.tx, cmd.template_id)
        rules.check_owner(template, ctx.seller_id)
        before = _each_fen(template.kind, template.document)
        number, number_before = (_left(template, cmd.channel, cmd.quota, cmd.claim_until > ctx.now, codes),
                                 _left(template, template.channel, template.quota, _is_open(template, ctx.now), codes))
        held = {"title": template.title, "channel": template.channel, "quota": template.quota,
                "claim_until": template.claim_until.isoformat(), "terms": template.document}
    value_fen = _more_fen(before, number_before, after, number)
    if value_fen == 0:
        return None
    return GivenAway(
        cmd.template_id or f"new {_digest(cmd)}", value_fen, one_order_fen=after,
        says=f"优惠券“{cmd.title}”：每张最多 {_words(after)}，可领 {number} 张", before=held or {}, after=wanted)


def _of_coupons(template: Any, number: int, verb: str, unit: str, cmd: Any) -> GivenAway:
    each_fen = _each_fen(template.kind, template.document)
    return GivenAway(
        f"{template.template_id} {_digest(cmd)}", None if each_fen is None else each_fen * number,
        one_order_fen=each_fen, says=f"优惠券“{template.title}”{verb} {number} {unit}，每张最多 {_words(each_fen)}",
        before={"title": template.title, "kind": template.kind, "terms": template.document},
        after={"number": number, "each_fen": each_fen})


def _each_fen(kind: str, document: dict[str, Any]) -> int | None:
    """The most that one coupon takes off one order; None: as much as the order is worth."""
    return document["off_fen"] if kind in ("full_reduction", "no_threshold") else document["cap_fen"]


def _is_open(template: Any, now: Any) -> bool:
    return template.state == TemplateState.ACTIVE.value and template.claim_until > now


def _left(template: Any, channel: str, quota: int, is_open: bool, codes: int) -> int:
    """How many can still go out without anybody's further decision: by claims, or by codes that are out there."""
    if not is_open:
        return 0
    out_there = {Channel.CENTRE.value: quota, Channel.CODE.value: codes}.get(channel, 0)
    return max(0, out_there - template.claimed)


def _more_fen(before_fen: int | None, number_before: int, after_fen: int | None, number: int) -> int | None:
    """None: without a bound."""
    if not number:
        return 0
    if after_fen is None:
        return 0 if before_fen is None and number <= number_before else None
    if before_fen is None:
        return after_fen * max(0, number - number_before)
    return max(0, after_fen * number - before_fen * number_before)


def _words(each_fen: int | None) -> str:
    return "优惠不限额" if each_fen is None else f"{yuan(each_fen)} 元"


def _digest(cmd: Any) -> str:
    return hashlib.sha256(cmd.model_dump_json().encode()).hexdigest()[:24]
