"""Invariants (不变量): what must hold between the books, asked piece by piece.

A subject is a kind of thing with a key (orders, payments); its rules are statements that answer with those among
`keys` that break them. One rule is one statement, so that it sees one moment: a shop that sells while it is audited
shows no false breach. A finding is a rule and a key; its sentence holds figures that move while the shop sells.

To add a rule: a `Rule` in the RULES of a domain whose statement takes `keys`. To add a subject: a `Subject` in its
SUBJECTS. `flows/ops/audit.py` lists the domains that have some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, union
from sqlalchemy.sql import ClauseElement

from mall.kit.db import Tx

AT_ONCE = 500  # keys of one slice
SETTLES = timedelta(days=1)  # what may be under way for a while has ended by then (`settled_by`)


class Finding(NamedTuple):
    """A breach: what is compared is the rule and the key."""

    rule: str
    key: str
    sentence: str


class Rule(NamedTuple):
    """`breaches`: the rows of those among `keys` that break the rule; may ask for `settled_by`. `key`: the columns
    that name the breach, the subject's own key first. `sentence` is filled from the row."""

    name: str
    of: str
    key: tuple[str, ...]
    sentence: str
    breaches: ClauseElement


class Subject(NamedTuple):
    """`keys`: the next `most` keys after `after`, as `key`, in their order. `prefix`: an id that begins so is a key.
    `reached_from`: by another subject, the keys (`key`) that hang on some of its (`keys`): they are looked at when
    those have changed. `values`: what else its rules ask for, by the keys."""

    name: str
    keys: ClauseElement
    prefix: str = ""
    reached_from: dict[str, ClauseElement] = {}
    at_once: int = AT_ONCE
    values: Callable[[Sequence[str]], dict[str, Any]] | None = None


class Feed(NamedTuple):
    """A table that only grows, in which changes leave a trace. `rows`: the next `most` after the position `after_*`,
    none that was written after `until`. Columns: `position` names those that make the position; a column named like a
    subject holds keys of it, and in whatever column an id stands, its prefix tells the subject. `begins`: the position
    that a first look starts from."""

    name: str
    rows: ClauseElement
    position: tuple[str, ...]
    begins: Callable[[datetime], tuple[Any, ...]]


def following(*columns: Any) -> ClauseElement:
    """The keys of a subject that are all there is in these columns. Of each column only the next ones are read, so
    that a slice of a large shop takes no longer than one of a small."""
    of_each = [select(column.label("key")).where(column > bindparam("after")).distinct().order_by(column)
               .limit(bindparam("most")) for column in columns]
    if len(of_each) == 1:
        return of_each[0]
    together = union(*(select(keys.subquery().c.key) for keys in of_each)).subquery()
    return select(together.c.key).order_by(together.c.key).limit(bindparam("most"))


def breaches(tx: Tx, subject: Subject, rules: Sequence[Rule], keys: Sequence[str], now: datetime) -> list[Finding]:
    """What is wrong with these keys: what two looks both say, as the second one has it."""
    first = _look(tx, subject, rules, keys, now)
    if not first:
        return []
    seen = {(found.rule, found.key) for found in first}
    again = [rule for rule in rules if any(rule.name == name for name, _ in seen)]
    return [found for found in _look(tx, subject, again, keys, now) if (found.rule, found.key) in seen]


def _look(tx: Tx, subject: Subject, rules: Sequence[Rule], keys: Sequence[str], now: datetime) -> list[Finding]:
    values = {"keys": list(keys), "settled_by": now - SETTLES, **(subject.values(keys) if subject.values else {})}
    answers = tx.fetch(*((rule.breaches, values) for rule in rules))
    return [Finding(rule.name, " ".join(str(getattr(row, name)) for name in rule.key),
                    rule.sentence.format(**row._asdict()))
            for rule, rows in zip(rules, answers, strict=True) for row in rows]


def next_keys(tx: Tx, subject: Subject, after: str) -> list[str]:
    return [row.key for row in tx.all(subject.keys, after=after, most=subject.at_once)]


def slices(tx: Tx, subject: Subject, after: str = "") -> Iterator[list[str]]:
    """All keys of a subject after `after`, some at once."""
    while keys := next_keys(tx, subject, after):
        yield keys
        after = keys[-1]
