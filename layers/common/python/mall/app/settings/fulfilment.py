"""Fulfilment (履约): pick-up."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mall.app.fields import SHOWS, in_form
from mall.app.settings.chapter import SELLERS, Chapter
from mall.kit import text


class Fulfilment(Chapter):
    pickup_store: Annotated[str, SHOWS, in_form(text.line)] = Field(
        "门店自提点", max_length=128, pattern=text.ONE_LINE, json_schema_extra=SELLERS,
        description="Name and place of the store for pick-up orders (E2).")
    pickup_tries: int = Field(
        120, ge=5, le=10_000, description="Pick-up codes that one of the staff may try in a window (E2).")
