"""A fault plan: what a simulator shall do wrong, where, for whom, and how often.

    plan = FaultPlan({"create": {"429": {}}, "notice.payment": {"delay": {"seconds": 5}}})
    plan.add([{"at": "create", "do": "429", "order": "ORD*", "times": 2}])
    fault = plan.take("create", "ORD17")        # Fault(do="429", ...), once less to give
    plan.take("create", "other")                # None

A rule as JSON:

- ``at``     where: a point's full name (``notice.payment``), its first part (``notice``), or ``*``.
- ``do``     which fault; it must be known at one of the points that ``at`` covers.
- ``order``  for whom: an exact number, a prefix that ends in ``*``, or ``*`` (the default).
             A simulator may name this key otherwise (``subject_key``).
- ``times``  how often it is given, 1 when absent, null for always.
- ``chance`` how likely, above 0 and up to 1 (the default).
- every other key is an argument of the fault; those it has, and their defaults, are in the catalogue.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Catalogue = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Point name -> fault name -> argument name -> its default."""


class BadRule(ValueError):
    """A rule that this simulator cannot obey. The message says why."""


@dataclass(frozen=True)
class Fault:
    """One fault to commit now. ``args`` holds every argument, defaults filled in."""

    do: str
    args: dict[str, Any]


@dataclass
class Rule:
    """One line of the plan. ``times_left`` is None when the rule never wears out."""

    at: str
    do: str
    subject: str
    times_left: int | None
    chance: float
    args: dict[str, Any]
    given: int = 0

    def covers(self, point: str) -> bool:
        return self.at in ("*", point) or point.startswith(self.at + ".")

    def concerns(self, subject: str) -> bool:
        if self.subject.endswith("*"):
            return subject.startswith(self.subject[:-1])
        return subject == self.subject


class FaultPlan:
    """The rules in force, tried in the order in which they were given."""

    def __init__(self, catalogue: Catalogue, *, subject_key: str = "order", seed: int | None = None) -> None:
        self.catalogue = catalogue
        self.rules: list[Rule] = []
        self._subject_key = subject_key
        self._dice = random.Random(seed)

    def take(self, point: str, subject: str = "") -> Fault | None:
        """The fault to commit at this point for this subject, using it up once; None means behave."""
        if not self.rules:
            return None
        known = self.catalogue[point]
        for rule in self.rules:
            if rule.times_left == 0 or rule.do not in known:
                continue
            if not (rule.covers(point) and rule.concerns(subject)):
                continue
            if rule.chance < 1 and self._dice.random() >= rule.chance:
                continue
            rule.given += 1
            if rule.times_left is not None:
                rule.times_left -= 1
            return Fault(rule.do, {**known[rule.do], **rule.args})
        return None

    def add(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Append rules given as JSON objects; all of them or, on BadRule, none."""
        self.rules.extend([self._read(rule) for rule in rules])

    def replace(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Put these rules in the place of all others; on BadRule the old ones stay."""
        self.rules = [self._read(rule) for rule in rules]

    def clear(self) -> None:
        self.rules = []

    def to_json(self) -> dict[str, Any]:
        """The plan in the shape that ``replace`` reads, plus how often each rule was ``given``."""
        return {
            "rules": [
                {
                    "at": rule.at,
                    "do": rule.do,
                    self._subject_key: rule.subject,
                    "times": rule.times_left,
                    "chance": rule.chance,
                    "given": rule.given,
                    **rule.args,
                }
                for rule in self.rules
            ]
        }

    def _read(self, given: Mapping[str, Any]) -> Rule:
        if not isinstance(given, Mapping) or not {"at", "do"} <= set(given):
            raise BadRule('a rule is an object with at least "at" and "do"')
        rest = {key: value for key, value in given.items() if key != "given"}
        rule = Rule(
            at=str(rest.pop("at")),
            do=str(rest.pop("do")),
            subject=str(rest.pop(self._subject_key, "*")),
            times_left=rest.pop("times", 1),
            chance=rest.pop("chance", 1),
            args=rest,
        )
        self._check(rule)
        return rule

    def _check(self, rule: Rule) -> None:
        points = [point for point in self.catalogue if rule.covers(point)]
        if not points:
            raise BadRule(f'no point "{rule.at}"; there are: {", ".join(sorted(self.catalogue))}')
        known = [self.catalogue[point][rule.do] for point in points if rule.do in self.catalogue[point]]
        if not known:
            names = sorted({name for point in points for name in self.catalogue[point]})
            raise BadRule(f'no fault "{rule.do}" at "{rule.at}"; there are: {", ".join(names)}')
        unknown = set(rule.args) - {name for arguments in known for name in arguments}
        if unknown:
            raise BadRule(f'"{rule.do}" takes no "{min(unknown)}"')
        times = rule.times_left
        if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 0):
            raise BadRule('"times" is a whole number from 0, or null for always')
        chance = rule.chance
        if isinstance(chance, bool) or not isinstance(chance, (int, float)) or not 0 < chance <= 1:
            raise BadRule('"chance" is above 0 and at most 1')
