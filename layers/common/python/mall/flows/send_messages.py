"""Send what was composed: lease one message, call WeChat outside any transaction, write what it said.

Twice or never? An instance may die after WeChat took the message and before that is written; the same
with an answer that was lost. WeChat has no key by which a repetition could be known. Such a message is
sent again after its lease: at least once, and only where WeChat said nothing. A buyer mostly allows one
message of a kind, so WeChat itself refuses the second copy (43101); and a "refund done" that never
arrives costs more than one that arrives twice. Whatever WeChat did say is final.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.messaging import rules, store, templates
from mall.domains.messaging.rules import MessageState, Outcome
from mall.domains.messaging.tells import Mapped, Template, filled
from mall.flows.compose_messages import OF_KINDS
from mall.kit import telemetry
from mall.kit.db import Tx
from mall.kit.errors import MallError
from mall.kit.schema import DEFAULT_SELLER

BATCH = 500


def due(tx: Tx, appid: str, now: datetime) -> list:
    return store.due(tx, appid, now, BATCH)


def take(tx: Tx, message: Any, now: datetime) -> MessageState | None:
    """Take one message: PENDING, it is ours to send; SKIPPED, it is not true any more and nobody gets it; None, another
    sender has it. What was true when it was composed is looked at again here, as late as can be."""
    if not store.lease(tx, message, now):
        return None
    outdated = _outdated(tx, message, now)
    if outdated is None:
        return MessageState.PENDING
    store.settle(tx, message, Outcome(MessageState.SKIPPED, outdated), now)
    return MessageState.SKIPPED


def _outdated(tx: Tx, message: Any, now: datetime) -> str | None:
    """Why the message is no longer true; None when it is."""
    template, subject = Template(message.template), rules.subject_of(message)
    if template is Template.COUPON_EXPIRING:
        return rules.outdated_coupon(store.coupon(tx, subject), now)
    if template is Template.REFUND_DONE:
        refund = store.refund(tx, subject)
        return None if refund is not None and refund.state == "DONE" else rules.OUTDATED
    for said in OF_KINDS:
        if template in said.outdated:
            return said.outdated[template](tx, message, subject, now)
    order_no, _, correction = subject.partition(":")
    if template is Template.ORDER_SHIPPED and rules.corrected_since(store.shipment(tx, order_no), correction):
        return f"{rules.OUTDATED} CORRECTED"
    return rules.outdated_order(template, store.order(tx, order_no)[0], message.fields, now)


def set_up(tx: Tx, named: Mapping[str, str]) -> dict[str, Mapped]:
    """The merchant's templates by our names; `named`: those that stand in the settings."""
    return rules.set_up(templates.every(tx), named)


def send(call: Callable[..., None], message: Any, known: Mapping[str, Mapped], now: datetime) -> Outcome:
    """One call, unless it is known beforehand to be useless. `known`: the merchant's templates."""
    mapped = known.get(message.template)
    if message.openid is None:
        return Outcome(MessageState.SKIPPED, "NO_OPENID")
    if mapped is None:
        return Outcome(MessageState.SKIPPED, "TEMPLATE_NOT_SET")
    if message.attempts >= rules.ATTEMPTS:
        return Outcome(MessageState.FAILED, "GIVEN_UP")  # its senders died, all of them
    fields = message.fields if message.facts is None else filled(
        Template(message.template), mapped.fields, message.facts)
    try:
        with telemetry.serving(message.request_id, f"send {message.template}"):
            call(message.openid, mapped.template_id, message.page, fields)
    except MallError as refusal:
        data = refusal.data
        return rules.after_refusal(refusal.code, data.get("errcode"), message.attempts + 1, now, data.get("key"))
    return Outcome(MessageState.SENT)


def keep(tx: Tx, message: Any, outcome: Outcome, known: Mapping[str, Mapped], now: datetime) -> None:
    """Write the outcome; a message that arrived has used one consent, a refusal for want of one all. Where the template
    is at fault, a case says which and which of its fields, until it is saved anew."""
    store.settle(tx, message, outcome, now)
    if outcome.setup:
        template_id = known[message.template].template_id
        cases.open_case(
            tx, kind=CaseKind.MESSAGE_TEMPLATE_WRONG, reference=message.template, seller_id=DEFAULT_SELLER,
            sentence=rules.setup_sentence(message.template, template_id, outcome.setup),
            next_step="对照微信公众平台的模板，用 messaging.save_template 改正字段后保存",
            data={"template": message.template, "template_id": template_id, **outcome.setup}, now=now,
            comes_again=True)
    if outcome.state is MessageState.SENT:
        store.spend_consent(tx, message.member_id, message.template)
    elif outcome.problem == rules.NO_CONSENT:
        store.forget_consents(tx, message.member_id, message.template, now)
