"""Reach (触达): messages to buyers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mall.app.settings.chapter import Chapter
from mall.domains.messaging.tells import Template

Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]  # 22:00
MESSAGES = tuple(each.value for each in Template)


def _once_each(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("named twice")
    return names


class Reach(Chapter):
    unpaid_remind_minutes: int = Field(
        10, ge=1, le=720, description="Minutes before an unpaid order closes to remind its buyer, fewer than"
        " pay_within_minutes (I2).")
    templates: dict[Label, Label] = Field(
        max_length=50, default_factory=dict, description="Subscribe-message template id for each kind of message whose"
        " fields are the usual ones; others are set up by messaging.save_template (I1, docs/messages.md).")
    consents_by_push: bool = Field(
        False, description="Whether WeChat's message push tells which messages buyers allow; what clients say is then"
        " not counted beside it (I1, docs/messages.md).")
    quiet_from: ClockTime = Field(
        "00:00", description="When the quiet hours begin, in which only messages_at_night go out, by the shop's clock"
        " (I1).")
    quiet_until: ClockTime = Field(
        "00:00", description="When they end, and what waited is sent if it is still true; the same as quiet_from: there"
        " are none (I1).")
    messages_at_night: list[Literal[MESSAGES]] = Field(
        default_factory=lambda: [Template.ORDER_PAID.value, Template.ORDER_UNPAID.value], max_length=len(MESSAGES),
        description="The kinds of message that do not wait for the morning (I1).")
    message_channels: Annotated[list[Literal["SUBSCRIBE", "TEMPLATE"]], AfterValidator(_once_each)] = Field(
        default_factory=lambda: ["SUBSCRIBE", "TEMPLATE"], min_length=1, max_length=2,
        description="By what members are reached, each where those before it do not: subscribe messages, the service"
        " account's template messages (I1, docs/messages.md).")
    message_member_day_most: int = Field(
        20, ge=1, le=1_000, description="Most messages of one kind that a member gets in a day of the shop (I1).")
    message_day_most: int = Field(
        100_000, ge=1, le=100_000_000, description="Most messages of one kind and channel in a day, to all (I1).")
