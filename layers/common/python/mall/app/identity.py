"""Who is calling: the platform's word for a cloud call, our own session and signature over HTTP.

A session token is `s1.<session>.<subject>.<expiry>.<mac>`; the client signs each HTTP request with the
session's key, which it got at sign-in: HMAC-SHA256 over action, timestamp, nonce, idempotency key and
the hash of the body. A token alone is worth nothing. (docs/decisions/0005)
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select

from mall.app.triggers import Incoming, PlatformIdentity
from mall.domains.members.blocked import end_of, is_blocked, sentence
from mall.kit import clock
from mall.kit.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from mall.kit.idempotency import subject
from mall.tables.people import member_identities, members, roles, sessions, shop_settings, staff

FRESH_FOR = timedelta(minutes=5)
WEB_STATE_LASTS = timedelta(minutes=10)  # from leaving for WeChat's page until coming back
_STAMP, _NONCE = re.compile(r"[0-9]{10}"), re.compile(r"[0-9A-Za-z_-]{16,64}")
EVERY_STAFF_MAY = ("staff.sign_out_staff", "staff.change_password")  # whatever the role


class SessionExpired(NotSignedIn):
    code, message = "SESSION_EXPIRED", "登录已过期，请重新登录"


class BadSignature(NotSignedIn):
    code, message = "BAD_SIGNATURE", "请求签名无效，请重新登录后再试"


class StaleRequest(NotSignedIn):
    code, message = "STALE_REQUEST", "请求已过期，请校准手机时间后重试"


class BadWebState(BadInput):
    """The visitor did not begin this sign-in, or began it too long ago."""

    code, message = "BAD_WEB_STATE", "登录已超时，请重新登录"


class AccountsMerged(Conflict):
    """The member who called became another one while the call was under way; the next call is that one's."""

    code, message, retryable = "ACCOUNTS_MERGED", "您的两个账号刚刚合并为一个，请重试", True


class MemberBlocked(NotAllowed):
    """`until` in the data: when it ends by itself; None: when the staff end it."""

    code, message = "MEMBER_BLOCKED", "账号已被限制使用，请联系客服"


@dataclass(frozen=True)
class Member:
    member_id: str
    level: str
    nickname: str
    appid: str | None
    openid: str | None
    session_id: str | None = None  # None in a cloud call, which needs no session

    @property
    def name(self) -> str:
        return f"member {self.member_id}"


@dataclass(frozen=True)
class Staff:
    staff_id: str
    seller_id: str
    display_name: str
    permissions: tuple[str, ...]
    session_id: str
    own_settings: str | None = None  # of its seller, as stored

    @property
    def name(self) -> str:
        return f"staff {self.staff_id}"

    def may(self, action: str) -> bool:
        """Whether a permission covers the action: its name, `domain.*` or `*`."""
        domain = action.split(".")[0]
        return action in EVERY_STAFF_MAY or any(given in ("*", f"{domain}.*", action) for given in self.permissions)


@dataclass(frozen=True)
class SignedRequest:
    """What a request claims and has proved by its MACs; the session itself is still to be looked up."""

    session_id: str
    subject_id: str
    nonce: str

    @property
    def is_of_staff(self) -> bool:
        return self.subject_id.startswith("stf_")


_BLOCK = [members.c.blocked, members.c.blocked_until, members.c.blocked_why]
_MEMBER = [members.c.member_id, members.c.level, members.c.nickname, *_BLOCK]
_MAY = select(*_BLOCK).where(members.c.member_id == bindparam("member_id"))
_SESSION = [sessions.c.session_id, sessions.c.expires_at, sessions.c.revoked_at]
BY_OPENID = (
    select(*_MEMBER, member_identities.c.appid, member_identities.c.openid)
    .join_from(member_identities, members, member_identities.c.member_id == members.c.member_id)
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.openid == bindparam("openid"))
)
BY_MEMBER_SESSION = (
    select(*_MEMBER, sessions.c.appid, sessions.c.openid, *_SESSION)
    .join_from(sessions, members, sessions.c.subject_id == members.c.member_id)
    .where(sessions.c.session_id == bindparam("session_id"))
)
_SESSION_STANDS = (
    select(sessions.c.subject_id.label("member_id")).where(sessions.c.session_id == bindparam("session_id"))
    .with_for_update(read=True)
)
_OPENID_STANDS = (
    select(member_identities.c.member_id)
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.openid == bindparam("openid"))
    .with_for_update(read=True)
)
_WHOSE = func.coalesce(sessions.c.seller_id, staff.c.seller_id)  # the shop that was entered, else the account's own
BY_STAFF_SESSION = (
    select(staff.c.staff_id, _WHOSE.label("seller_id"), staff.c.display_name, staff.c.active, roles.c.permissions,
           shop_settings.c.document.label("own_settings"), *_SESSION)
    .join_from(sessions, staff, sessions.c.subject_id == staff.c.staff_id)
    .join(roles, roles.c.role_id == staff.c.role_id)
    .join(shop_settings, shop_settings.c.seller_id == _WHOSE, isouter=True)
    .where(sessions.c.session_id == bindparam("session_id"))
)

# Whose key a repetition comes under: nobody's, of a session that has ended and of an openid that is no member's.
# Of staff who have entered a shop it is that person's in that shop: the same key in another is another one.
_IN_SHOP = func.coalesce(literal_column("' in '") + sessions.c.seller_id, literal_column("''"))
_KEY_OF_SESSION = subject(
    select((sessions.c.subject_id + _IN_SHOP).label("subject_id"))
    .where(sessions.c.session_id == bindparam("session_id"), sessions.c.revoked_at.is_(None),
           sessions.c.expires_at > bindparam("at")))
_KEY_OF_OPENID = subject(
    select(member_identities.c.member_id)
    .where(member_identities.c.appid == bindparam("appid"), member_identities.c.openid == bindparam("openid")))


def issue_token(secret: str, session_id: str, subject_id: str, expires_at: datetime) -> tuple[str, str]:
    """(token, session key) for a new session: handed to the client once, at sign-in."""
    stem = f"s1.{session_id}.{subject_id}.{int(expires_at.timestamp())}"
    return f"{stem}.{_mac(secret, stem)}", session_key(secret, session_id)


def session_key(secret: str, session_id: str) -> str:
    return _mac(secret, f"session key of {session_id}")


def signature(key: str, action: str, timestamp: str, nonce: str, idempotency_key: str, body: bytes) -> str:
    """What the client puts into X-Mall-Signature."""
    lines = [action, timestamp, nonce, idempotency_key, hashlib.sha256(body).hexdigest()]
    return _mac(key, "\n".join(lines))


def read_signed_request(incoming: Incoming, action: str, secret: str, now: datetime) -> SignedRequest | None:
    """Check token and signature of an HTTP request; None when it carries no token at all.

    Raises BadSignature, StaleRequest, SessionExpired. `now` is the shop's time, for the session's end;
    freshness goes by the wall clock, because the sender's does.
    """
    headers = incoming.headers
    bearer = headers.get("authorization", "")
    if incoming.source != "http" or not bearer:
        return None
    parts = bearer.removeprefix("Bearer ").split(".")
    if len(parts) != 5 or parts[0] != "s1" or not parts[3].isascii() or not parts[3].isdigit():
        raise BadSignature()
    stem, mac = ".".join(parts[:4]), parts[4]
    if not _same(mac, _mac(secret, stem)):
        raise BadSignature()
    if int(parts[3]) <= now.timestamp():
        raise SessionExpired()
    timestamp, nonce = headers.get("x-mall-timestamp", ""), headers.get("x-mall-nonce", "")
    if not _STAMP.fullmatch(timestamp) or not _NONCE.fullmatch(nonce):
        raise BadSignature()
    if abs(clock.wall().timestamp() - int(timestamp)) > FRESH_FOR.total_seconds():
        raise StaleRequest(server_time=int(clock.wall().timestamp()))
    expected = signature(session_key(secret, parts[1]), action, timestamp, nonce,
                         headers.get("idempotency-key", ""), incoming.body)
    if not _same(headers.get("x-mall-signature", ""), expected):
        raise BadSignature()
    return SignedRequest(parts[1], parts[2], nonce)


def member_question(signed: SignedRequest | None, identity: PlatformIdentity | None) -> tuple[Any, dict] | None:
    """The read that finds the member, or None when nobody claims to be one."""
    if signed:
        return BY_MEMBER_SESSION, {"session_id": signed.session_id}
    if identity:
        return BY_OPENID, {"appid": identity.appid, "openid": identity.openid}
    return None


def key_owner(signed: SignedRequest | None, identity: PlatformIdentity | None, now: datetime) -> Any:
    """(how to find whose idempotency key it is, its parameters): the same person by whatever door. None for
    strangers, whose keys nobody keeps."""
    if signed:
        return _KEY_OF_SESSION, {"session_id": signed.session_id, "at": now}
    if identity:
        return _KEY_OF_OPENID, {"appid": identity.appid, "openid": identity.openid}
    return None


def standing_question(signed: SignedRequest | None, identity: PlatformIdentity | None) -> tuple[Any, dict] | None:
    """The read that keeps the caller who he is until the transaction ends, asked before it is looked up who that is:
    a merge of two accounts (spec A1) waits for it, or it for the merge. None when nobody claims to be anyone."""
    if signed:
        return _SESSION_STANDS, {"session_id": signed.session_id}
    if identity:
        return _OPENID_STANDS, {"appid": identity.appid, "openid": identity.openid}
    return None


def stand(tx: Any, me: Member, now: datetime) -> None:
    """The same in a later transaction of a call. Raises AccountsMerged when the caller is another member by now,
    MemberBlocked when he was blocked since."""
    question = (_SESSION_STANDS, {"session_id": me.session_id}) if me.session_id else (
        _OPENID_STANDS, {"appid": me.appid, "openid": me.openid})
    found, block = tx.fetch(question, (_MAY, {"member_id": me.member_id}))
    if not found or found[0].member_id != me.member_id:
        raise AccountsMerged()
    _check_block(block[0], now)


def admit_member(row: Any, now: datetime) -> Member:
    """The member behind the row. Raises NotSignedIn, SessionExpired, MemberBlocked."""
    if row is None:
        raise NotSignedIn()
    _check_session(row, now)
    _check_block(row, now)
    session_id = row.session_id if "session_id" in row._fields else None
    return Member(row.member_id, row.level, row.nickname, row.appid, row.openid, session_id)


def admit_visitor(row: Any, signed: bool, now: datetime) -> Member | None:
    """Who looks at what anyone may see: the member, or None for a stranger. A blocked member is a stranger
    here, so that signing in still works and the next action says why nothing else does."""
    if (row is None and not signed) or (row is not None and is_blocked(row, now)):
        return None
    return admit_member(row, now)


def admit_staff(row: Any, action: str, now: datetime) -> Staff:
    """The staff member behind the row, if the role permits the action. Raises NotSignedIn, NotAllowed."""
    if row is None or not row.active:
        raise NotSignedIn()
    _check_session(row, now)
    person = Staff(row.staff_id, row.seller_id, row.display_name, tuple(row.permissions), row.session_id,
                   row.own_settings)
    if not person.may(action):
        raise NotAllowed(permission=action)
    return person


def _check_block(row: Any, now: datetime) -> None:
    """Raises MemberBlocked, in words that are true: why, and until when."""
    if is_blocked(row, now):
        until = end_of(row.blocked_until)
        raise MemberBlocked(sentence(row), until=until.isoformat() if until else None)


def _check_session(row: Any, now: datetime) -> None:
    if "expires_at" in row._fields and (row.revoked_at is not None or row.expires_at <= now):
        raise SessionExpired()


def _mac(key: str, text: str) -> str:
    return hmac.digest(key.encode(), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def issue_session(ctx: Any, session_id: str, subject_id: str, expires_at: datetime) -> tuple[str, str]:
    """(token, session key) with this deployment's secret."""
    return issue_token(ctx.world.deployment.secret("session_secret"), session_id, subject_id, expires_at)


def begin_web_state(ctx: Any, browser_key: str) -> str:
    """The `state` that a web visitor takes to WeChat and must bring back: when it ends, a nonce, and a MAC
    that binds it to this browser. WeChat takes 128 letters and digits; this is 90."""
    stem = f"{int((ctx.now + WEB_STATE_LASTS).timestamp()):010d}{secrets.token_hex(8)}"
    return stem + _web_mac(ctx, stem, browser_key)


def check_web_state(ctx: Any, state: str, browser_key: str) -> None:
    """Raises BadWebState for a state that we did not give, that another browser began, or that is old."""
    stem, mac = state[:26], state[26:]
    if not _same(mac, _web_mac(ctx, stem, browser_key)) or int(stem[:10]) <= ctx.now.timestamp():
        raise BadWebState(field="state")


def _web_mac(ctx: Any, stem: str, browser_key: str) -> str:
    return _mac(ctx.world.deployment.secret("session_secret"), f"web sign-in\n{stem}\n{browser_key}")
