"""The second person (双人复核, spec J6): declared at the decorator, and nothing of it is wired in a body.

    @command("refunds.start_refund", ..., two_people=TwoPeople("REFUND", worth))

`worth(ctx, cmd)` says in the open transaction what the input gives away (`GivenAway`), None for nothing. Where one
person may not, nothing is done: the action's own input is kept, sealed, and the call answers `WaitsForSecondPerson`.
The approval says anew what it is worth, compares it with what was shown, and runs the action's own body.

A remote says which of its transactions gives the value: `ctx.giving(work, ...)` instead of `ctx.transact`. The look
before its body keeps the outside untouched by what has to wait; what counts is the one in that transaction. Where
only a remote's body finds out what is given, `worth` is None and the body says it: `ctx.giving(work, worth=...)`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from pydantic import ValidationError

from mall.app.declared import Worth
from mall.app.fields import Output
from mall.domains.sensitive import rules
from mall.domains.sensitive import store as sensitive
from mall.domains.sensitive.rules import ChangeDecided, ChangeOutdated, ChangeState, GivenAway, Limits, OwnChange
from mall.kit.db import Unprepared
from mall.kit.errors import ChangedMeanwhile
from mall.kit.scope import is_platform

ALWAYS = "这项变更需要两个人决定"


class WaitsForSecondPerson(Output):
    """The answer of any action whose call needs a second person: nothing has changed yet."""

    state: Literal["WAITS"] = "WAITS"
    change_id: str
    value_fen: int | None  # what it gives away; null: without a bound
    says: str
    why: str


class Waiting(Exception):
    """Leaves a remote's body, after what was asked is written down."""

    def __init__(self, answer: WaitsForSecondPerson):
        super().__init__(answer.change_id)
        self.answer = answer


def held(ctx: Any, action: Any, cmd: Any, *, counts: bool, worth: Worth | None = None) -> WaitsForSecondPerson | None:
    """The answer when it has to wait; else None, and what it is worth is counted in this transaction if it `counts`:
    then it has to be given in it. Raises ChangeWaits, and what `worth` raises."""
    asking = worth or action.two_people.worth
    given = asking(ctx, cmd) if asking else None
    if given is None:
        return None
    why = ALWAYS if action.two_people.always else why_not_alone(ctx, given, counts=counts)
    if why is None:
        return None
    why = f"{why}；已提交双人复核，请另一位同事处理"
    if action.kind == "command" and not ctx.is_rehearsed:  # what cannot be done is refused, and asks nobody
        raise Unprepared(lambda database: _rehearse(ctx, action, cmd, database))
    change_id = sensitive.ask(
        ctx.tx, given, kind=action.two_people.kind, action=action.name, sent=_sent(ctx), why=why,
        seller_id=ctx.seller_id, staff_id=ctx.staff.staff_id, hours=ctx.settings.sensitive_change_hours, now=ctx.now)
    ctx.noted = {"change_id": change_id}  # and not what the rehearsal noted
    waits = WaitsForSecondPerson(change_id=change_id, value_fen=given.value_fen, says=given.says, why=why)
    _keep(ctx.tx, ctx, waits)  # a remote that dies from here on has asked, and answers so
    return waits


class _Rehearsed(Exception):
    """Takes the rehearsal back."""


def _rehearse(ctx: Any, action: Any, cmd: Any, database: Any) -> None:
    """Raises what the action would raise."""

    def try_out(tx: Any) -> None:
        tx.request_id, ctx.tx = ctx.request_id, tx
        action.body(ctx, cmd)
        tx.flush()
        raise _Rehearsed()

    try:
        database.run(try_out)
    except _Rehearsed:
        ctx.is_rehearsed = True


def watch(ctx: Any, action: Any, cmd: Any) -> None:
    """From here on the remote's giving transaction is looked at. Raises Waiting when it waits at once."""
    ctx.before_giving = lambda worth: held(ctx, action, cmd, counts=True, worth=worth)
    waits = ctx.transact(lambda tx: held(ctx, action, cmd, counts=False))
    if waits:
        raise Waiting(waits)


def approve(ctx: Any, change_id: str, note: str, told: Callable[[str, dict[str, Any]], Any]) -> Any:
    """`told(state, what the action answers)`. It takes effect in the transaction that decides; sent again under the
    same key it answers the same. Raises ChangeNotFound, ChangeDecided, OwnChange, ChangeOutdated, and what the action
    itself would raise."""
    try:
        return _approve(ctx, change_id, note, told)
    except ChangedMeanwhile as changed:  # of what was read when it was asked; that the approver looks anew helps nobody
        raise ChangeOutdated(**changed.data) from None


def _approve(ctx: Any, change_id: str, note: str, told: Callable[[str, dict[str, Any]], Any]) -> Any:
    change = ctx.read(sensitive.find, change_id, ctx.seller_id)
    is_mine = change.state == ChangeState.APPROVED.value and change.decided_by == ctx.staff.staff_id
    is_unanswered = ctx.is_repetition and is_mine and change.sent is not None
    if not is_unanswered:
        sensitive.check_waits(change, ctx.now)
        check_other_person(ctx, ctx.read(sensitive.ties, ctx.seller_id), change)
    action = _asked_for(change)
    cmd = _as_asked(action, change)
    ctx.is_approval = True
    if action.kind == "command":
        return ctx.transact(_run_command, ctx, _Decision(ctx, action, cmd, change_id, note), told)
    if is_unanswered:
        ctx.before_giving = lambda worth: _check_given(ctx, action, cmd, worth)
    else:
        decided = _Decision(ctx, action, cmd, change_id, note, forgets=False)
        ctx.transact(lambda tx: decided.look())  # before anything outside is touched
        ctx.before_giving = decided
    answer = action.body(ctx, cmd)  # a remote does a repetition again, under its own numbers
    if not is_unanswered and not decided.is_done:
        raise ChangeOutdated()  # it found nothing left to do
    answer = told(ChangeState.APPROVED.value, _as_told(answer))
    ctx.transact(_end, ctx, change_id, answer)
    return answer


def _check_given(ctx: Any, action: Any, cmd: Any, worth: Worth | None) -> None:
    """Nothing is given a second time. Raises ChangeDecided."""
    asking = worth or action.two_people.worth
    if asking and asking(ctx, cmd) is not None:
        raise ChangeDecided(state=ChangeState.APPROVED.value)


def _run_command(tx: Any, ctx: Any, decided: _Decision, told: Callable[..., Any]) -> Any:
    decided()
    answer = told(ChangeState.APPROVED.value, _as_told(decided.action.body(ctx, decided.cmd)))
    _keep(tx, ctx, answer)
    return answer


def _end(tx: Any, ctx: Any, change_id: str, answer: Any) -> None:
    sensitive.forget(tx, change_id)
    _keep(tx, ctx, answer)


def _keep(tx: Any, ctx: Any, answer: Any) -> None:
    if ctx.keep_answer:
        ctx.keep_answer(tx, answer.model_dump_json())


def _as_told(answer: Any) -> dict[str, Any]:
    return answer.model_dump(mode="json") if answer is not None else {}


def check_other_person(ctx: Any, ties: list[tuple[str, str]], change: Any) -> None:
    """Raises OwnChange when one person could sit at both accounts."""
    if rules.may_be_one_person(ties, change.asked_by, ctx.staff.staff_id):
        raise OwnChange()


class _Decision:
    """Moves the change, in the transaction in which it takes effect, and only while things stand as shown."""

    def __init__(self, ctx: Any, action: Any, cmd: Any, change_id: str, note: str, *, forgets: bool = True):
        self._ctx, self.action, self.cmd, self._change_id, self._note = ctx, action, cmd, change_id, note
        self._forgets, self.is_done = forgets, False

    def __call__(self, worth: Worth | None = None) -> None:
        ctx, change = self._ctx, self.look(worth)
        sensitive.decide(ctx.tx, self._change_id, "approve", ctx.now, by=ctx.staff.staff_id, note=self._note,
                         forgets=self._forgets)
        ctx.noted = {"change_id": self._change_id, "action": change.action, "kind": change.kind,
                     "subject": change.subject, "asked_by": change.asked_by, "value_fen": change.value_fen}
        self.is_done = True

    def look(self, worth: Worth | None = None) -> Any:
        """The change, locked. Raises ChangeDecided, OwnChange, ChangeOutdated."""
        ctx = self._ctx
        change = sensitive.lock(ctx.tx, self._change_id, ctx.seller_id, ctx.now)
        check_other_person(ctx, sensitive.ties(ctx.tx, ctx.seller_id), change)
        asking = worth or self.action.two_people.worth
        if asking is None:
            return change
        now = asking(ctx, self.cmd)
        shown = (change.value_fen, change.before, change.after)
        if now is None or (now.value_fen, _plain(now.before), _plain(now.after)) != shown:
            raise ChangeOutdated(**_moved(change.before, now.before if now else {}))
        return change


def why_not_alone(ctx: Any, given: GivenAway, *, counts: bool = True) -> str | None:
    """Why one person may not; None when they may, and then it is counted in the day of everybody who could sit at
    their account, in the transaction that is open."""
    limits = Limits(ctx.settings.refund_approval_limit_fen, ctx.settings.refund_day_limit_fen)
    why = rules.above_order_limit(given, limits.order_fen)
    if why or not given.value_fen:
        return why
    alone_fen = sensitive.take_from_day(ctx.tx, _who_share_a_day(ctx), rules.day_of(ctx.now), given.value_fen,
                                        limits.day_fen, counts=counts)
    return None if alone_fen is None else rules.above_day_limit(alone_fen, given.value_fen, limits.day_fen)


def _who_share_a_day(ctx: Any) -> frozenset[str]:
    """Everybody who could sit at the caller's account. The platform's clerk who made accounts of many sellers has no
    day that all of them use up: in each shop the accounts that are his share one."""
    me, ties = ctx.staff.staff_id, sensitive.ties(ctx.tx, ctx.seller_id)
    people = rules.hands(ties, me)
    if is_platform(ctx.seller_id):
        return people
    ours = sensitive.of_seller(ctx.tx, people, ctx.seller_id)
    his = {account for account, _ in ties if rules.hands(ties, account) & (people - ours)}
    return (ours if me in ours else people) | sensitive.of_seller(ctx.tx, his, ctx.seller_id)


def _asked_for(change: Any) -> Any:
    from mall.app import registry

    if change.action is None or change.sent is None:
        raise ChangeOutdated()  # asked before an upgrade
    action = registry.find(change.action)
    if action.two_people is None:
        raise ChangeOutdated()
    return action


def _as_asked(action: Any, change: Any) -> Any:
    """The input that was kept. Raises ChangeOutdated for what another release asked and this one would not take."""
    try:
        return action.input.model_validate_json(json.dumps(change.sent))
    except ValidationError:
        raise ChangeOutdated() from None


def _sent(ctx: Any) -> dict[str, Any]:
    return json.loads(ctx.incoming.body or b"{}")


def _plain(shown: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from its row."""
    return json.loads(json.dumps(shown, ensure_ascii=False))


def _moved(shown: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """What is otherwise than it was shown, as it is now."""
    return {name: value for name, value in now.items() if shown.get(name) != value}

