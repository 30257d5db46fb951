"""The pages for people: where to go and what to try; and the API, to read and to try."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any

from mall.app.actions import Action

from infra.local.settings import Settings


def api_page() -> str:
    """Self-contained: it reads /openapi.json in the browser and signs there."""
    return _read("api.html")


def landing_page(settings: Settings, actions: Iterable[Action], clock: dict[str, Any], faces: dict[str, str]) -> str:
    """`faces`: of the console and of the shop, whether they are built."""
    values = {
        "GATEWAY": settings.gateway_url, "PAY": settings.pay_url, "WECHAT": settings.api_url,
        "STORE": settings.store_url, "FOLDER": str(settings.folder), "SHOP_TIME": clock["shop_time"],
        "AHEAD": f"{clock['ahead_minutes']:g}", **{name.upper(): said for name, said in faces.items()},
    }
    page = _read("landing.html")
    for name, value in values.items():
        page = page.replace(f"@{name}@", escape(value))
    return page.replace("@TIMERS@", "".join(_timer_row(action) for action in actions if action.schedule))


def _timer_row(action: Action) -> str:
    when = action.schedule.daily_at or f"every {action.schedule.every_minutes} min"
    return (f'<tr><td><code>{escape(action.name)}</code></td><td class=when>{escape(when)}</td>'
            f'<td>{escape(action.summary)}</td>'
            f'<td><button data-tick="{escape(action.name.replace(".", "/"))}">fire</button></td></tr>')


@lru_cache
def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
