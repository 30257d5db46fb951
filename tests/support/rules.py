"""What the rules of one domain, or of some, say of everything that is in the database."""

from __future__ import annotations

from typing import Any

from mall.flows.ops import audit
from mall.kit import clock
from mall.kit.db import Tx
from mall.kit.invariants import breaches, slices


def said(tx: Tx, *domains: Any) -> list[str]:
    """A sentence for each breach that the RULES of these modules find."""
    rules = [rule for domain in domains for rule in domain.RULES]
    asked = [(subject, [rule for rule in rules if rule.of == subject.name]) for subject in audit.SUBJECTS]
    return [found.sentence for subject, mine in asked if mine for keys in slices(tx, subject)
            for found in breaches(tx, subject, mine, keys, clock.now())]
