"""Who of the listed members gets a coupon (定向发券), and why not the others (spec D4): decided under the locks under
which it is given, and so exact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.coupons import rules, store
from mall.domains.coupons.rules import Channel, Outcome
from mall.domains.members.blocked import is_blocked
from mall.kit.db import Tx


@dataclass(frozen=True)
class Plan:
    template: Any
    taken: dict[str, int]  # of the template, by member
    outcomes: dict[str, Outcome]  # in the order of the list

    @property
    def getting(self) -> list[str]:
        return [member_id for member_id, outcome in self.outcomes.items() if outcome is Outcome.ISSUED]


def plan(tx: Tx, template_id: str, member_ids: list[str], seller_id: str, now: datetime) -> Plan:
    """The template is locked first, as only this gives of its channel; then the members, who stay who they are. In the
    order of the list, until the quota is reached. Raises MemberListedTwice, TemplateNotFound, WrongChannel,
    ClaimNotOpen."""
    rules.check_listed(member_ids)
    template, _ = store.lock_template(tx, template_id)
    rules.check_owner(template, seller_id)
    rules.check_open(template, Channel.STAFF, now)
    members, taken = store.listed(tx, template_id, member_ids)
    left, outcomes = template.quota - template.claimed, {}
    for member_id in member_ids:
        outcome = rules.outcome_of(members.get(member_id), taken.get(member_id, 0), template.per_member,
                                   is_blocked=member_id in members and is_blocked(members[member_id], now))
        if outcome is Outcome.ISSUED and left == 0:
            outcome = Outcome.GONE
        left -= outcome is Outcome.ISSUED
        outcomes[member_id] = outcome
    return Plan(template, taken, outcomes)
