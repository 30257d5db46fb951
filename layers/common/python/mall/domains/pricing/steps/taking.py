"""How the promotions of one group are taken off the goods.

A line takes part in one promotion of a group, unless the policy lets it take several. A higher priority chooses first;
of equal priority the one that takes more off, then the smaller id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mall.domains.pricing.quote import Reason
from mall.domains.pricing.steps.work import Work, price_words, skip


def take_group(group: str, rules: Sequence[Any], work: Work) -> None:
    """What each rule gives, or why not, in `work`."""
    rules = sorted(rules, key=lambda each: each.promotion_id)
    if group in work.back:
        work.skipped.extend(_stands_back(rule) for rule in rules)
        return
    open_lines, several = work.open_to(group), group in work.basket.policy.several
    bought = work.lines[:work.bought]
    scopes = {rule.promotion_id: rule.bears(bought) for rule in rules}
    free, waiting = set(open_lines), []
    for rule in rules:
        refused = rule.why_not(work.basket)
        if refused:
            work.skipped.append(refused)
        else:
            waiting.append(rule)
    while waiting and free:
        best = _best(waiting, scopes, free, work)
        if best is None:
            break
        rule, indexes, off_fen = best
        near = rule.near(work, indexes, off_fen)
        rule.take(work, indexes, off_fen)
        work.skipped.extend(near)
        waiting.remove(rule)
        if not several:
            free.difference_update(indexes)
    for rule in waiting:
        _say_why(rule, scopes[rule.promotion_id], open_lines, free, work)


def _best(waiting: Sequence[Any], scopes: dict[str, Sequence[int]], free: set[int],
          work: Work) -> tuple[Any, list[int], int] | None:
    """The rule whose turn it is, with the lines that it has, and what it takes off."""
    best = None
    for rule in waiting:
        indexes = [index for index in scopes[rule.promotion_id] if index in free]
        off_fen = rule.off(work, indexes) if indexes else 0
        if off_fen:
            turn = -rule.priority, -off_fen, rule.promotion_id
            if best is None or turn < best[0]:
                best = turn, (rule, indexes, off_fen)
    return best and best[1]


def _stands_back(rule: Any) -> Any:
    words = "满减不与优惠券同享" if rule.kind.value == "full_reduction" else "不与本单已享的优惠同享"
    return skip(rule, Reason.DOES_NOT_COMBINE, words)


def _say_why(rule: Any, scope: Sequence[int], open_lines: frozenset[int], free: set[int], work: Work) -> None:
    if not scope:
        absent = getattr(rule, "absent", None)
        found = absent(work, (), 0) if absent else [skip(rule, Reason.OUT_OF_SCOPE, "没有参加该活动的商品")]
    elif open_lines.isdisjoint(scope):
        found = [skip(rule, Reason.KIND_PRICE, f"{price_words(work, scope)}不参加该活动")]
    elif free.isdisjoint(scope):
        found = [skip(rule, Reason.LINES_TAKEN, "商品已参加其他同类活动")]
    else:
        found = rule.near(work, [index for index in scope if index in free], 0)
    work.skipped.extend(found)
