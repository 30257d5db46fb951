"""Reach (触达): messages to buyers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mall.app.settings.chapter import Chapter

Label = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


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
