"""Every action x everybody who may knock: the exact answer, and nobody else's row touched.

The cells are made from the declarations (`allow`, the kind), so that a new action is covered the day it is
written; what is expected of a cell is said here once more, in a table of its own.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mall.app import identity
from mall.app.actions import Action
from mall.kit import clock
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import members, roles, sessions, staff

from tests.security.town import KEYS, Town, actions, input_of, sample_of
from tests.support import seed, trade
from tests.support.shop import APPID, SECRETS, Caller, CloudContext, http_event

pytestmark = pytest.mark.spec("J6")

CLIENT = ("query", "command", "remote")
ADMITTED, NOBODY, EXPIRED, FORGED, STALE, FORBIDDEN, BLOCKED = (
    "admitted", "401 NOT_SIGNED_IN", "401 SESSION_EXPIRED", "401 BAD_SIGNATURE", "401 STALE_REQUEST",
    "403 NOT_ALLOWED", "403 MEMBER_BLOCKED")
REFUSALS = {refusal.split()[1] for refusal in (NOBODY, EXPIRED, FORGED, STALE, FORBIDDEN, BLOCKED)}
REJECTED_NOTICE = "401 FAIL"

# Whoever has entered another shop keeps an account at home: its own log has who tried its password.
OWN_ACCOUNT = {("staff.change_password", "platform staff in another shop")}

Send = Callable[[Action], tuple[Any, Any]]


@dataclass(frozen=True)
class Knock:
    """Somebody at the door. `anyone`, `member` and `staff`: what an action of that audience answers."""

    name: str
    send: Send
    anyone: str
    member: str
    staff: str
    column: str | None = None  # who is admitted may change rows with this column only where it is ...
    value: str | None = None

    @property
    def is_http(self) -> bool:
        others = ("Timer", "Message", "storage", "userInfo", "an openid from", "an openid in the")
        return not self.name.startswith(others) and "cloud call" not in self.name


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    town = Town(sqlite_template, tmp_path_factory.mktemp("town"))
    shop = town.shop
    goods, buyer = seed.product(shop), shop.member("别人")
    seed.address(shop, buyer)
    trade.paid_order(shop, buyer, goods.sku_id)
    trade.place(shop, buyer, goods.sku_id)
    return town


@pytest.fixture(scope="module")
def knocks(town: Town) -> list[Knock]:
    found = [*_members(town), *_staff(town), *_forged(town)]
    town.keep()
    return found


# who knocks

def signed(caller: Caller, *, over: str | None = None, seconds: int = 0, token: str | None = None) -> Send:
    """A signed HTTP request; `over`: it was signed for that action instead."""

    def send(action: Action) -> tuple[Any, Any]:
        body, key = input_of(action).decode(), secrets.token_hex(8)
        stamp, nonce = str(int(clock.wall().timestamp()) + seconds), secrets.token_hex(12)
        signature = identity.signature(caller.session_key, over or action.name, stamp, nonce, key, body.encode())
        return http_event(action.name, body, {
            "authorization": f"Bearer {token or caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
            "x-mall-signature": signature, "idempotency-key": key}), None

    return send


def plain(**headers: str) -> Send:
    """An HTTP request that nobody signed."""

    def send(action: Action) -> tuple[Any, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return http_event(action.name, input_of(action).decode(),
                          {"idempotency-key": secrets.token_hex(8), **named}), None

    return send


def cloud(context: Callable[[], Any], **more: Any) -> Send:
    def send(action: Action) -> tuple[Any, Any]:
        return {**json.loads(input_of(action)), "idempotency_key": secrets.token_hex(8), **more}, context()

    return send


def _members(town: Town) -> Iterator[Knock]:
    shop = town.shop
    member, blocked, gone, expired = (shop.member(name) for name in ("小红", "封禁", "退出", "过期"))

    def spoil(tx: Any) -> None:
        tx.write(members.update().where(members.c.member_id == blocked.subject_id).values(blocked=True))
        tx.write(sessions.update().where(sessions.c.subject_id == gone.subject_id).values(revoked_at=shop.now))
        tx.write(sessions.update().where(sessions.c.subject_id == expired.subject_id).values(expires_at=shop.now))

    shop.database.run(spoil)
    mine = {"column": "member_id", "value": member.subject_id}
    yield Knock("nobody", plain(), ADMITTED, NOBODY, NOBODY)
    yield Knock("member over HTTP", signed(member), ADMITTED, ADMITTED, NOBODY, **mine)
    yield Knock("member in a cloud call", cloud(lambda: CloudContext(member.openid)),
                ADMITTED, ADMITTED, NOBODY, **mine)
    yield Knock("blocked member", signed(blocked), ADMITTED, BLOCKED, NOBODY)
    yield Knock("blocked member in a cloud call", cloud(lambda: CloudContext(blocked.openid)),
                ADMITTED, BLOCKED, NOBODY)
    yield Knock("member who signed out", signed(gone), EXPIRED, EXPIRED, NOBODY)
    yield Knock("member whose session ended", signed(expired), EXPIRED, EXPIRED, NOBODY)
    yield Knock("member signed for another action", signed(member, over="members.view_nothing"), FORGED, FORGED, FORGED)
    yield Knock("member six minutes late", signed(member, seconds=-360), STALE, STALE, STALE)
    yield Knock("member's token without a signature", plain(authorization=f"Bearer {member.token}"),
                FORGED, FORGED, FORGED)


def _hire(town: Town, permissions: list[str], seller_id: str = DEFAULT_SELLER, active: bool = True) -> Caller:
    staff_id, role_id, now = new_id("stf"), new_id("rol"), town.shop.now

    def write(tx: Any) -> None:
        tx.insert(roles, role_id=role_id, seller_id=seller_id, name=role_id, permissions=permissions, created_at=now)
        tx.insert(staff, staff_id=staff_id, seller_id=seller_id, username=staff_id, display_name="店员",
                  password_hash="-", role_id=role_id, active=active, failed_sign_ins=0, locked_until=None,
                  created_at=now)

    town.database.run(write)
    return town.shop._session(staff_id, "", "店员")


SHAPES: dict[str, Callable[[str, str], list[str]]] = {
    "the owner": lambda domain, name: ["*"],
    "the whole domain": lambda domain, name: [f"{domain}.*"],
    "this very action": lambda domain, name: ["orders.no_such_thing", name],
    "another action of the domain": lambda domain, name: [f"{domain}.no_such_thing"],
    "another domain": lambda domain, name: ["no_such_domain.*"],
    "nothing": lambda domain, name: [],
    "look-alikes": lambda domain, name: [f"{domain}.", domain, f"{name}*", f"{name[:-1]}", f"{domain[:-1]}.*", "", "**",
                                         name.upper(), f" {name}", ".*"],
}
ALLOWED_SHAPES = ("the owner", "the whole domain", "this very action")


def _staff(town: Town) -> Iterator[Knock]:
    everyone = [action for action in actions() if action.kind in CLIENT]
    hired: dict[str, Caller] = {}

    def of(permissions: list[str]) -> Caller:
        name = json.dumps(permissions)
        if name not in hired:
            hired[name] = _hire(town, permissions)
        return hired[name]

    owner = of(["*"])
    for shape, permissions in SHAPES.items():
        callers = {action.name: of(permissions(action.domain, action.name)) for action in everyone}
        yield Knock(f"staff with {shape}", lambda action, callers=callers: signed(
            callers.get(action.name, owner))(action), ADMITTED, NOBODY,
            ADMITTED if shape in ALLOWED_SHAPES else FORBIDDEN, "seller_id", DEFAULT_SELLER)
    foreign, gone, left = _hire(town, ["*"], "sel_other"), _hire(town, ["*"], active=False), _hire(town, ["*"])
    guest = _hire(town, ["*"])  # of the platform, in another seller's shop

    def leave_and_enter(tx: Any) -> None:
        for person, change in ((left, {"revoked_at": town.shop.now}), (guest, {"seller_id": "sel_other"})):
            tx.write(sessions.update().where(sessions.c.subject_id == person.subject_id).values(**change))

    town.database.run(leave_and_enter)
    yield Knock("staff of another seller", signed(foreign), ADMITTED, NOBODY, ADMITTED, "seller_id", "sel_other")
    yield Knock("platform staff in another shop", signed(guest), ADMITTED, NOBODY, ADMITTED, "seller_id", "sel_other")
    yield Knock("staff who was deactivated", signed(gone), ADMITTED, NOBODY, NOBODY)
    yield Knock("staff who signed out", signed(left), ADMITTED, NOBODY, EXPIRED)


def _forged(town: Town) -> Iterator[Knock]:
    shop = town.shop
    member, owner = shop.member("被冒充"), _hire(town, ["*"])
    world = {"WX_OPENID": member.openid, "WX_APPID": APPID}
    forged = {"appId": APPID, "openId": member.openid}
    parts = member.token.split(".")
    grafted = ".".join([*parts[:2], owner.subject_id, *parts[3:]])
    yield Knock("userInfo in the event", cloud(lambda: {"request_id": "r"}, userInfo=forged), ADMITTED, NOBODY, NOBODY)
    for source in ("wx_http", "wx_trigger", "scf,wx_client", ""):
        yield Knock(f"an openid from {source or 'nowhere'}", cloud(
            lambda source=source: CloudContext(member.openid, source=source)), ADMITTED, NOBODY, NOBODY)
    yield Knock("an openid in headers", plain(x_wx_openid=member.openid, x_wx_appid=APPID, x_wx_source="wx_client"),
                ADMITTED, NOBODY, NOBODY)
    yield Knock("an openid in the process", cloud(lambda: {"environment": '{"TCB_SOURCE":"wx_client"}'}),
                ADMITTED, NOBODY, NOBODY)  # os.environ holds one during every cell
    yield Knock("a context over HTTP", lambda action: (plain()(action)[0], {"environment": json.dumps(
        {**world, "TCB_SOURCE": "wx_http"})}), ADMITTED, NOBODY, NOBODY)
    yield Knock("a token with the owner's id", signed(member, token=grafted), FORGED, FORGED, FORGED)
    yield Knock("a token made with another secret", signed(Caller(shop, "", *identity.issue_token(
        "guess", parts[1], owner.subject_id, shop.now.replace(year=2099)))), FORGED, FORGED, FORGED)
    yield Knock("a member's key under the owner's token", signed(member, token=owner.token), FORGED, FORGED, FORGED)
    for field, kind in (("Message", "Timer"), ("Secret", "Message")):
        for name, given in (("the right secret", SECRETS["trigger_secret"]), ("a wrong secret", "guess"),
                            ("none", None), ("a list", [SECRETS["trigger_secret"]]), ("a surrogate", "\ud800")):
            yield Knock(f"{kind} event with {name}", trigger(kind, field, given), FORBIDDEN, FORBIDDEN, FORBIDDEN)
    yield Knock("storage event", lambda action: ({"Records": [{}]}, {"request_id": "r"}),
                FORBIDDEN, FORBIDDEN, FORBIDDEN)


def trigger(kind: str, field: str, given: Any) -> Send:
    def send(action: Action) -> tuple[Any, Any]:
        event = {"Type": kind, "TriggerName": action.function_name, "EventId": new_id("evt"), "Kind": "x",
                 "Payload": {}}
        if action.kind == "listener":
            event |= {name: value for name, value in sample_of(action)[0].items() if name in ("Kind", "Payload")}
        if given is not None:
            event[field] = given
        return event, {"request_id": "r"}

    return send


# what is expected

def expected(action: Action, knock: Knock) -> str:
    """An action of the staff asks for staff, and so on. Timers, messages and notices believe nobody's identity."""
    if action.kind in CLIENT:
        if action.allow == "staff" and action.name in identity.EVERY_STAFF_MAY and knock.staff == FORBIDDEN \
                and knock.name.startswith("staff with"):
            return ADMITTED
        return getattr(knock, action.allow)
    if action.kind == "webhook":
        return REJECTED_NOTICE if knock.is_http else FORBIDDEN
    right = {"timer": "Timer event with the right secret", "listener": "Message event with the right secret"}
    return ADMITTED if knock.name == right[action.kind] else FORBIDDEN


def outcome(action: Action, answer: dict[str, Any]) -> str:
    status = answer.get("statusCode")
    body = json.loads(answer["body"]) if status else answer
    if action.kind == "webhook":
        return {200: ADMITTED, 401: REJECTED_NOTICE, 403: FORBIDDEN}.get(status, str(status))
    if body["ok"]:
        return ADMITTED
    code = body["error"]["code"]
    assert code != "INTERNAL", (action.name, answer)
    if code not in REFUSALS:
        return ADMITTED  # let in, and refused by a rule of the business: the sample's ids do not exist here
    number = next(refusal for refusal in (NOBODY, EXPIRED, FORGED, STALE, FORBIDDEN, BLOCKED) if refusal.endswith(code))
    assert status in (None, int(number.split()[0])), (action.name, answer)
    return number


# the matrix

def test_every_cell_of_the_matrix_has_its_exact_outcome_and_touches_nobody_elses_row(
        town: Town, knocks: list[Knock], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    victim = town.shop.rows(members)[0]
    for name, value in {"WX_OPENID": town.shop.rows(members)[-1].member_id, "WX_APPID": APPID,
                        "TCB_SOURCE": "wx_client"}.items():
        monkeypatch.setenv(name, value)
    assert victim.nickname == "别人"
    wrong, seen, started = [], Counter(), time.perf_counter()
    for action in actions():
        for knock in knocks:
            answer = town.shop.send(action.name, *knock.send(action))
            found, wanted = outcome(action, answer), expected(action, knock)
            seen[found] += 1
            touched = town.written - {KEYS, "attempts"}  # a try counts also when it is refused
            if found != wanted:
                wrong.append(f"{action.name} x {knock.name}: {found}, not {wanted}")
            if found != ADMITTED and touched:
                wrong.append(f"{action.name} x {knock.name}: refused, yet wrote {sorted(touched)}")
            is_stranger = action.allow == "anyone" and knock.column == "seller_id"  # staff, at what anyone may see
            if found == ADMITTED and touched and knock.column and not is_stranger and (
                    action.name, knock.name) not in OWN_ACCOUNT:
                wrong += _touched_others(town, action, knock)
            if town.written:
                town.restore()
    assert wrong == []
    cells = len(actions()) * len(knocks)
    assert sum(seen.values()) == cells
    with capsys.disabled():
        print(f"\nauthorization matrix: {cells} cells, {len(actions())} actions x {len(knocks)} callers, "
              f"{dict(seen.most_common())}, {time.perf_counter() - started:.1f} s")


def _touched_others(town: Town, action: Action, knock: Knock) -> list[str]:
    """The rows that belong to others, after the call and as they were."""
    after = town.rows_of_others(knock.column, knock.value)
    town.restore()
    before = town.rows_of_others(knock.column, knock.value)
    return [f"{action.name} x {knock.name}: changed another's {name}" for name in after if after[name] != before[name]]


def test_the_table_of_expectations_knows_every_audience_and_kind():
    assert {action.allow for action in actions()} == {"anyone", "member", "staff", None}
    assert {action.kind for action in actions()} == {"query", "command", "remote", "listener", "timer", "webhook"}
