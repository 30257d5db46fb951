"""How far a rehearsal over a whole period has come, and what it found so far, day by day (预演结果)."""

from datetime import datetime

from mall.app import Ctx, Id, Input, query
from mall.app.rehearsal_parts import FiguresView, OutcomeView, outcome_fields
from mall.domains.rehearsals import rules, store
from mall.kit.money import each_of


class ViewRehearsal(Input):
    rehearsal_id: Id


class RehearsedDay(FiguresView):
    day: str


class RehearsalView(OutcomeView):
    """The sums of the orders that were looked at so far; of all when it is DONE."""

    rehearsal_id: str
    title: str
    state: str
    percent_done: int
    placed_from: datetime
    placed_until: datetime
    least_percent: int
    average_off_fen: int  # of an order that changes; below zero: dearer
    days: list[RehearsedDay]
    created_at: datetime
    finished_at: datetime | None


@query("pricing.view_rehearsal", allow="staff")
def view_rehearsal(ctx: Ctx, ask: ViewRehearsal) -> RehearsalView:
    """Spec F13. Raises RehearsalNotFound."""
    row = store.find(ctx.tx, ask.rehearsal_id, ctx.seller_id)
    found = rules.Outcome.read(row.found)
    shown = outcome_fields(found)
    return RehearsalView(
        rehearsal_id=row.rehearsal_id, title=row.title, state=row.state, percent_done=rules.percent_done(row),
        placed_from=row.placed_from, placed_until=row.placed_until, least_percent=row.asked["least_percent"],
        average_off_fen=each_of(shown["given_fen"] - shown["taken_fen"], shown["changed"]),
        days=[RehearsedDay(day=day, **vars(found.days[day])) for day in sorted(found.days)],
        created_at=row.created_at, finished_at=row.finished_at, **shown)
