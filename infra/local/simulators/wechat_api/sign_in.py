"""Who is it: login codes, phone codes, and the codes that a client would get (小程序登录).

Locally ``sim:NAME`` is the person NAME any number of times. Codes from ``POST /_sim/codes``
follow the documented rules: five minutes, once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string

from infra.local.simulators.wechat_api import people
from infra.local.simulators.wechat_api.account import MINI, Account
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator

CODE_LIFE_S = 300
KINDS = ("login", "phone")


def jscode2session(sim: Simulator, call: Call) -> dict:
    """GET /sns/jscode2session: a login code for openid, session_key, and unionid where the apps are bound."""
    account = check_app(sim, call.query, "appid", "secret", MINI)
    if call.query.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    person = redeem(sim, call.query.get("js_code", ""), "login", used_errcode=40163)
    openid = people.openid_of(account.appid, person["name"])
    answer = {"session_key": base64.b64encode(session_key(openid)).decode(), "openid": openid}
    return answer | ({"unionid": person["unionid"]} if people.is_bound(sim, person["name"]) else {})


def session_key(openid: str) -> bytes:
    """The person's key in this mini program, the same for ever here."""
    return hashlib.sha256(f"session {openid}".encode()).digest()[:16]


def get_phone_number(sim: Simulator, call: Call) -> dict:
    """POST /wxa/business/getuserphonenumber: a phone code for the person's number."""
    person = redeem(sim, call.body.get("code") or "", "phone", used_errcode=40029)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": person["phone"],
            "purePhoneNumber": person["phone"],
            "countryCode": "86",
            "watermark": {"timestamp": int(sim.clock.now()), "appid": call.appid},
        },
    }


def check_session(sim: Simulator, call: Call) -> dict:
    """GET /wxa/checksession: whether this is the person's session_key; 40003 the person, 87009 the signature."""
    person = people.by_openid(sim, call.query.get("openid"), call.appid)
    good = hmac.new(base64.b64encode(session_key(person["account_openid"])), b"", hashlib.sha256).hexdigest()
    if call.query.get("sig_method") != "hmac_sha256" or not hmac.compare_digest(call.query.get("signature", ""), good):
        raise Refused(87009, "invalid signature")
    return OK


def check_app(sim: Simulator, given: dict, appid_key: str, secret_key: str, kind: str | None = None) -> Account:
    """The account that this appid and secret are of; where ``kind`` is given, one of that kind."""
    if not given.get(appid_key):
        raise Refused(41002, "appid missing")
    if not given.get(secret_key):
        raise Refused(41004, "appsecret missing")
    account = sim.accounts.get(str(given[appid_key]))
    if account is None or kind not in (None, account.kind):
        raise Refused(40013, "invalid appid")
    if given[secret_key] != account.secret:
        raise Refused(40125, "invalid appsecret")
    return account


def issue_code(sim: Simulator, person: str, kind: str, scope: str = "") -> str:
    """What the person's phone would hand to the client."""
    people.meet(sim, person)
    code = "0" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(31))
    with sim.database:
        sim.database.execute(
            "INSERT INTO codes VALUES (?, ?, ?, ?, ?, NULL)", (code, kind, person, scope, sim.clock.now())
        )
    return code


def redeem(sim: Simulator, code: object, kind: str, *, used_errcode: int):
    """The person behind a code, which is spent by this; 41008 missing, 40029 unknown or too old."""
    if not isinstance(code, str) or not code:
        raise Refused(41008, "missing code")
    name = people.person_of_code(code)
    if name is None:
        name = spend(sim, code, kind, used_errcode)["person"]
    return people.meet(sim, name)


def spend(sim: Simulator, code: str, kind: str, used_errcode: int):
    """The issued code's row, marked used."""
    row = sim.database.execute("SELECT * FROM codes WHERE code = ? AND kind = ?", (code, kind)).fetchone()
    if row is None:
        raise Refused(40029, "invalid code")
    if row["used_at"] is not None:
        raise Refused(used_errcode, "code been used" if used_errcode == 40163 else "invalid code")
    if sim.clock.now() - row["issued_at"] > CODE_LIFE_S:
        raise Refused(40029, "invalid code")
    with sim.database:
        sim.database.execute("UPDATE codes SET used_at = ? WHERE code = ?", (sim.clock.now(), code))
    return row
