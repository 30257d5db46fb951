"""Send what was composed: lease one message, call WeChat outside any transaction, write what it said; where one
channel does not reach the member, the next one is tried.

Twice or never? An instance may die after WeChat took the message and before that is written; the same
with an answer that was lost. WeChat has no key by which a repetition could be known. Such a message is
sent again after its lease: at least once, and only where WeChat said nothing. A template message has such a
key, good for ten minutes (client_msg_id). A buyer mostly allows one
message of a kind, so WeChat itself refuses the second copy (43101); and a "refund done" that never
arrives costs more than one that arrives twice. Whatever WeChat did say is final.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mall.domains.cases import store as cases
from mall.domains.cases.rules import CaseKind
from mall.domains.messaging import days, followers, rules, store, templates, timing
from mall.domains.messaging.rules import MessageState, Outcome
from mall.domains.messaging.tells import Channel, Mapped, Template, filled
from mall.flows.reach.compose_messages import OF_KINDS, Reach, open_channels, reach_of
from mall.kit import telemetry
from mall.kit.db import Tx
from mall.kit.errors import MallError
from mall.kit.schema import DEFAULT_SELLER

BATCH = 500


WAITS, TAKEN, DROPPED = "waits", "taken", "dropped"


class Desk(NamedTuple):
    """What a sender has to know."""

    settings: Any
    appid: str  # the mini program
    reach: Reach
    known: Mapping[Channel, Mapping[str, Mapped]]  # the merchant's templates by our names


def desk_of(ctx: Any) -> Desk:
    known = {Channel.SUBSCRIBE: ctx.read(set_up, ctx.settings.templates), Channel.TEMPLATE: ctx.read(set_up_service)}
    return Desk(ctx.settings, ctx.world.deployment.require("wechat_appid"), reach_of(ctx), known)


def due(tx: Tx, appid: str, now: datetime) -> list:
    return store.due(tx, appid, now, BATCH)


def take(tx: Tx, message: Any, desk: Desk, now: datetime) -> str:
    """Take one message: PENDING, it is ours to send; SKIPPED, it is not true any more; DROPPED, it is one too many
    today; WAITS for the morning; TAKEN by another sender. What was true when it was composed is looked at again here,
    as late as can be."""
    settings = desk.settings
    morning = timing.morning(now, settings.quiet_from, settings.quiet_until)
    if morning and message.template not in settings.messages_at_night:
        return WAITS if store.put_off(tx, message, morning) else TAKEN
    limits = timing.Limits(settings.message_member_day_most, settings.message_day_most)
    too_many = timing.is_too_many(*days.told(tx, message, now), limits)
    if not store.lease(tx, message, now):
        return TAKEN
    outdated = _outdated(tx, message, now)
    if outdated is None and not too_many:
        return MessageState.PENDING.value
    store.settle(tx, message, Outcome(MessageState.SKIPPED, outdated or timing.DAILY_CAP), now)
    if outdated:
        return MessageState.SKIPPED.value
    days.count(tx, message, now, dropped=1)
    return DROPPED


def _outdated(tx: Tx, message: Any, now: datetime) -> str | None:
    """Why the message is no longer true; None when it is."""
    template, subject = Template(message.template), rules.subject_of(message)
    if template is Template.COUPON_EXPIRING:
        return rules.outdated_coupon(store.coupon(tx, subject), now)
    if template is Template.REFUND_DONE:
        refund = store.refund(tx, subject)
        return None if refund is not None and refund.state == "DONE" else rules.OUTDATED
    if template is Template.REFUND_REFUSED:
        return None  # it stays so
    for said in OF_KINDS:
        if template in said.outdated:
            return said.outdated[template](tx, message, subject, now)
    order_no, parcel, correction = rules.parcel_of(subject)
    if template is Template.ORDER_SHIPPED and rules.corrected_since(store.shipment(tx, order_no, parcel), correction):
        return f"{rules.OUTDATED} CORRECTED"
    order = store.order(tx, order_no)[0]
    if template is Template.ORDER_UNPAID and order is not None:  # it told of all that is to be paid together
        due_fen = sum(each.due_fen for each in store.together(tx, order_no)[0] if each.state in store.TO_PAY)
        order = order._replace(due_fen=due_fen or order.due_fen)
    return rules.outdated_order(template, order, message.fields, now)


def set_up(tx: Tx, named: Mapping[str, str]) -> dict[str, Mapped]:
    """The merchant's templates of subscribe messages by our names; `named`: those that stand in the settings."""
    return rules.set_up(templates.every(tx), named)


def set_up_service(tx: Tx) -> dict[str, Mapped]:
    """Those of the service account."""
    return rules.set_up(templates.every(tx, Channel.TEMPLATE), {})


def send(ctx: Any, message: Any, desk: Desk, now: datetime) -> Outcome:
    """One call, unless it is known beforehand to be useless."""
    channel = Channel(message.channel)
    mapped = desk.known[channel].get(message.template)
    openid = message.openid if channel is Channel.SUBSCRIBE else ctx.read(_follower, message, desk)
    if openid is None:
        return Outcome(MessageState.SKIPPED, rules.NO_OPENID)
    if mapped is None:
        return Outcome(MessageState.SKIPPED, rules.TEMPLATE_NOT_SET)
    if message.attempts >= rules.ATTEMPTS:
        return Outcome(MessageState.FAILED, "GIVEN_UP")  # its senders died, all of them
    fields = message.fields if message.facts is None else filled(
        Template(message.template), mapped.fields, message.facts)
    try:
        with telemetry.serving(message.request_id, f"send {message.template}"):
            if channel is Channel.SUBSCRIBE:
                ctx.world.wechat_api.send_subscribe_message(openid, mapped.template_id, message.page, fields)
            else:
                ctx.world.wechat_service.send_template_message(
                    openid, mapped.template_id, fields, mini_program=(desk.appid, message.page),
                    once=message.message_id)
    except MallError as refusal:
        data = refusal.data
        return rules.after_refusal(refusal.code, data.get("errcode"), message.attempts + 1, now, data.get("key"))
    return Outcome(MessageState.SENT)


def _follower(tx: Tx, message: Any, desk: Desk) -> str | None:
    return followers.following(tx, desk.reach.web_appid, [message.member_id]).get(message.member_id)


def keep(tx: Tx, message: Any, outcome: Outcome, desk: Desk, now: datetime) -> Outcome:
    """Write the outcome; a message that arrived has used one consent, a refusal for want of one all. Where the channel
    does not reach the member, the next fire tries the next one that does. Where the template is at fault, a case says
    which and which of its fields, until it is saved anew."""
    channel, used = Channel(message.channel), outcome
    if outcome.problem in rules.UNREACHED:
        outcome = _by_another(tx, message, outcome, desk, now)
    store.settle(tx, message, outcome, now)
    if outcome.setup:
        template_id = desk.known[channel][message.template].template_id
        cases.open_case(
            tx, kind=CaseKind.MESSAGE_TEMPLATE_WRONG, reference=rules.case_about(channel, message.template),
            seller_id=DEFAULT_SELLER,
            sentence=rules.setup_sentence(message.template, template_id, outcome.setup),
            next_step="对照微信公众平台的模板，用 messaging.save_template 改正字段后保存",
            data={"template": message.template, "template_id": template_id, **outcome.setup}, now=now,
            comes_again=True)
    if used.problem == rules.NO_CONSENT:
        store.forget_consents(tx, message.member_id, message.template, now)
    if outcome.state is MessageState.SENT:
        if channel is Channel.SUBSCRIBE:
            store.spend_consent(tx, message.member_id, message.template)
        days.count(tx, message, now, sent=1)
    return outcome


def _by_another(tx: Tx, message: Any, outcome: Outcome, desk: Desk, now: datetime) -> Outcome:
    """The same message by the next channel of the shop's order that is open to the member; else as it is."""
    reached = open_channels(tx, message.template, [message.member_id], desk.reach)
    open_to = {channel for channel, members in reached.items() if message.member_id in members}
    channel = rules.channel_after(Channel(message.channel), desk.reach.channels, open_to)
    return Outcome(MessageState.PENDING, outcome.problem, now, channel=channel) if channel else outcome
