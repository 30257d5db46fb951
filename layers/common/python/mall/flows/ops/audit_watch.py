"""The timer's look at the books: what has changed since the last one, then a piece of everything (spec E9).

What has changed is read off tables that only grow (orders' events, stock and ledger entries ...), each from where the
last look ended. The round over everything goes on from where it stopped, some keys of each subject in turn, and begins
anew when it is over; one that takes longer than PASS_DAYS is a case. Each look ends in time and says so: a run that
did not end is a case, opened by the next one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from mall.domains.cases import looks
from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.flows.ops.audit import FEEDS, RULES, SUBJECTS, open_cases
from mall.kit import invariants
from mall.kit.db import Tx
from mall.kit.invariants import Feed, Subject
from mall.kit.schema import DEFAULT_SELLER

BUDGET_S = 40  # of one look; the last slice may take longer
FEEDS_S = 25  # of it, for what has changed
PASS_DAYS = 7  # within which everything is looked at
ROWS_AT_ONCE = 500  # of a feed
MOST_FINDINGS = 200  # of one look: then a person has enough to do
DEAD = timedelta(minutes=10)  # a run that has not ended by then never will
SETTLED = timedelta(minutes=10)  # a row may be committed so long after the moment that is written in it
FIRST_LOOK = timedelta(days=1)  # how far back the first look follows changes
KEPT = timedelta(days=90)


class Look:
    """One run: its clock, what it found, and how far each subject and feed has come."""

    def __init__(self, ctx: Any):
        self.ctx, self.now, self.began = ctx, ctx.now, time.monotonic()
        self.checked, self.found = 0, set()
        self.followed: dict[str, set[str]] = {subject.name: set() for subject in SUBJECTS}  # as changed, in this look
        self.positions = ctx.read(looks.positions)

    def has_time(self, seconds: float) -> bool:
        return time.monotonic() - self.began < seconds and len(self.found) < MOST_FINDINGS

    def check(self, subject: Subject, keys: list[str]) -> None:
        found = self.ctx.read(invariants.breaches, subject, RULES[subject.name], keys, self.now)
        self.checked += len(keys)
        self.found |= {(each.rule, each.key) for each in found}
        if found:
            self.ctx.transact(open_cases, found, self.now)

    def check_with_dependants(self, keys: dict[str, set[str]]) -> None:
        """These keys by subject, and those that hang on them."""
        for subject in SUBJECTS:
            mine = keys.setdefault(subject.name, set())
            for source, statement in subject.reached_from.items():
                for some in _in_parts(keys.get(source, ()), invariants.AT_ONCE):
                    mine |= self.ctx.read(_keys, statement, some)
            mine -= self.followed[subject.name]
            self.followed[subject.name] |= mine
            for some in _in_parts(mine, subject.at_once):
                self.check(subject, some)

    def move(self, name: str, position: list[Any], *, began_at: datetime | None = None,
             passed_at: datetime | None = None) -> None:
        self.ctx.transact(looks.move, name, self.positions.get(name), position, began_at=began_at,
                          passed_at=passed_at)
        self.positions = self.ctx.read(looks.positions)


def look(ctx: Any) -> dict[str, int]:
    """Counts: findings."""
    last = ctx.read(looks.last_done)
    ctx.transact(_report_lost, ctx.now)
    run_id = ctx.transact(looks.begin, ctx.now)
    at_work = Look(ctx)
    _look_again(at_work, last or ctx.now)
    for feed in FEEDS:
        _follow(at_work, feed)
    _go_round(at_work)
    ctx.transact(looks.end, run_id, at_work.checked, len(at_work.found), ctx.now)
    ctx.figures["checked"] = at_work.checked
    return {"findings": len(at_work.found)}


def _look_again(at_work: Look, since: datetime) -> None:
    """At what was found and resolved since the last look: it is open again where it stands."""
    keys: dict[str, set[str]] = defaultdict(set)
    subjects = {rule.name: name for name, rules in RULES.items() for rule in rules}
    for data in at_work.ctx.read(looks.resolved_since, since):
        if data.get("rule") in subjects:
            keys[subjects[data["rule"]]].add(data["key"].split(" ")[0])
    for subject in SUBJECTS:
        for some in _in_parts(keys[subject.name], subject.at_once):
            at_work.check(subject, some)


# what has changed


def _follow(at_work: Look, feed: Feed) -> None:
    """Look at everything that the feed tells of since the last time, batch by batch."""
    seen = at_work.positions.get(f"feed {feed.name}")
    position = _loaded(feed, seen.position) if seen else feed.begins(at_work.now - FIRST_LOOK)
    until = at_work.now - SETTLED
    while at_work.has_time(FEEDS_S):
        rows = at_work.ctx.read(_rows, feed, position)
        ripe = _ripe(rows, until)
        if not ripe:
            return
        at_work.check_with_dependants(_told(feed, ripe))
        position = tuple(getattr(ripe[-1], name) for name in feed.position)
        at_work.move(f"feed {feed.name}", [_storable(part) for part in position])
        if len(ripe) < ROWS_AT_ONCE:
            return


def _rows(tx: Tx, feed: Feed, position: tuple[Any, ...]) -> list[Any]:
    after = {f"after_{name}": part for name, part in zip(feed.position, position, strict=True)}
    return tx.all(feed.rows, most=ROWS_AT_ONCE, **after)


def _ripe(rows: list[Any], until: datetime) -> list[Any]:
    """Those before the first that may still have a neighbour that is not committed."""
    fresh = next((number for number, row in enumerate(rows) if row.created_at > until), len(rows))
    return rows[:fresh]


def _told(feed: Feed, rows: list[Any]) -> dict[str, set[str]]:
    """The keys by subject in these rows."""
    names, by_prefix = {subject.name for subject in SUBJECTS}, {s.prefix: s.name for s in SUBJECTS if s.prefix}
    keys: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for column, value in row._asdict().items():
            if not isinstance(value, str):
                continue
            if column in names:
                keys[column].add(value)
            told = value.rpartition("/")[2].partition("#")[0].partition(":")[0]  # points/mem_01..#held, ord_01..:ended
            if told[:4] in by_prefix:
                keys[by_prefix[told[:4]]].add(told)
    return keys


def _keys(tx: Tx, statement: Any, keys: list[str]) -> set[str]:
    return {row.key for row in tx.all(statement, keys=keys)}


def _in_parts(keys: Any, size: int) -> list[list[str]]:
    ordered = sorted(keys)
    return [ordered[first:first + size] for first in range(0, len(ordered), size)]


def _storable(part: Any) -> Any:
    return part.isoformat() if isinstance(part, datetime) else part


def _loaded(feed: Feed, position: list[Any]) -> tuple[Any, ...]:
    return tuple(datetime.fromisoformat(part) if name.endswith("_at") else part
                 for name, part in zip(feed.position, position, strict=True))


# everything, in turn


def _go_round(at_work: Look) -> None:
    """A slice of each subject in turn, until time is up or all are through; the next look begins a round anew then.
    Each hour another one is the first, so that one whose slice kills the run keeps none of the others waiting for
    good."""
    waiting = _waiting(at_work)
    if not waiting:
        at_work.move("round", [], began_at=at_work.now)
        waiting = list(SUBJECTS)
    first = int(at_work.now.timestamp() // 3600) % len(waiting)
    waiting = [*waiting[first:], *waiting[:first]]
    while waiting and at_work.has_time(BUDGET_S):
        for subject in list(waiting):
            if at_work.has_time(BUDGET_S) and not _take_slice(at_work, subject):
                waiting.remove(subject)
    began_at = at_work.positions["round"].began_at
    if waiting and at_work.now - began_at > timedelta(days=PASS_DAYS):
        at_work.ctx.transact(_report_slow, began_at, at_work.now)


def _waiting(at_work: Look) -> list[Subject]:
    """The subjects that this round has not been through yet."""
    began = at_work.positions.get("round")
    passed_at = {subject.name: getattr(at_work.positions.get(f"subject {subject.name}"), "passed_at", None)
                 for subject in SUBJECTS}
    return [subject for subject in SUBJECTS if began and (
        passed_at[subject.name] is None or passed_at[subject.name] < began.began_at)]


def _take_slice(at_work: Look, subject: Subject) -> bool:
    """Whether there is more of the subject."""
    name = f"subject {subject.name}"
    seen = at_work.positions.get(name)
    keys = at_work.ctx.read(invariants.next_keys, subject, seen.position[0] if seen and seen.position else "")
    if keys:
        at_work.check(subject, keys)
    if len(keys) < subject.at_once:
        at_work.move(name, [], passed_at=at_work.now)
        return False
    at_work.move(name, [keys[-1]], passed_at=seen.passed_at if seen else None)
    return True


# its own health


def _report_lost(tx: Tx, now: datetime) -> None:
    """A case where a run before this one has not ended; old runs are forgotten on the way."""
    looks.drop_before(tx, now - KEPT)
    lost_at = looks.lose(tx, now - DEAD)
    if lost_at:
        _open_case(tx, "run", f"{lost_at:%Y-%m-%d %H:%M} UTC 开始的账目核对没有做完（超时或被中断）", now)


def _report_slow(tx: Tx, began_at: datetime, now: datetime) -> None:
    _open_case(tx, "round", f"{PASS_DAYS} 天内没有核对完全部账目（{began_at:%Y-%m-%d} 开始）", now)


def _open_case(tx: Tx, reference: str, sentence: str, now: datetime) -> None:
    cases.open_case(tx, kind=CaseKind.AUDIT_LATE, reference=reference, seller_id=DEFAULT_SELLER, sentence=sentence,
                    next_step="查看 ops.audit_invariants 的日志与耗时；需要时调高它的执行频率（docs/ledger.md）",
                    data={}, now=now, comes_again=True)
