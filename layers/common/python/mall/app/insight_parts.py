"""The window of a chart (统计时段): the words of the actions that draw one."""

from __future__ import annotations

from typing import Any

from mall.app.fields import Day, Input
from mall.domains.insight import store
from mall.domains.insight.rules import Figure, check_window


class Window(Input):
    """Days of Shanghai, 92 at most."""

    from_day: Day
    until_day: Day  # included


def days_of(ctx: Any, ask: Window, figures: dict[str, Figure]) -> list[dict[str, Any]]:
    """{"day": ..., and of each name its figure} of each day until today. Raises BadChartWindow, FiguresNotReady."""
    check_window(ask.from_day, ask.until_day)
    found = store.window(ctx.tx, ctx.seller_id, list(figures.values()), ask.from_day, ask.until_day, ctx.now)
    return [{"day": day, **{name: amounts[figure] for name, figure in figures.items()}} for day, amounts in found]
