"""Passwords of the staff: scrypt (RFC 7914), stored with its cost and salt as `scrypt$n$r$p$salt$key`.

What is chosen is checked first, at every door that sets one: twelve letters are no password where they are the user
name, a walk over the keyboard, one piece again and again, or among those that everybody tries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from mall.kit.errors import BadInput

COST = (2**14, 8, 5)  # 16 MiB and about a quarter of a second: OWASP's choice for small memories
STRANGER = f"scrypt${COST[0]}${COST[1]}${COST[2]}$AAAAAAAAAAAAAAAAAAAAAA==$"  # nobody's; no password matches it

WALKS = ("01234567890", "1234567890-=", "!@#$%^&*()_+", "abcdefghijklmnopqrstuvwxyz",
         "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./",
         "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "zaq12wsxcde34rfv",
         "zaq1xsw2cde3vfr4bgt5nhy6", "147258369", "159357", "a1b2c3d4e5f6g7", "5201314", "1314520", "woaini")
COMMON = (
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "mypassword", "thisisapassword", "nopassword", "admin",
    "administrator", "root", "user", "guest", "test", "welcome", "letmein", "iloveyou", "monkey", "dragon", "football",
    "baseball", "superman", "batman", "sunshine", "princess", "master", "shadow", "michael", "charlie", "login",
    "secret", "changeme", "default", "trustno", "whatever", "computer", "internet", "starwars", "freedom", "qwerty",
    "abc", "mima", "woaini", "aini", "shop", "mall", "weixin", "wechat", "tencent", "owner", "boss", "manager",
    "staff", "kefu", "dianzhu", "laoban", "correcthorsebatterystaple", "密码", "管理员", "店主")
LEAST_OWN = 5  # letters that must be left when all that is easy is taken away
_YEAR = re.compile(r"(19|20)[0-9]{2}")


class WeakPassword(BadInput):
    code, message = "WEAK_PASSWORD", "密码太容易被猜到，请不要使用用户名、重复或连续的字符以及常用密码"


def check_strength(password: str, username: str, *, field: str | None = None) -> None:
    """Raises WeakPassword for one that a stranger would try first."""
    plain = "".join(password.casefold().split())
    own, name = plain, username.casefold()
    for known in (name, name.partition("@")[0], *sorted(COMMON, key=len, reverse=True), *_walks()):
        own = own.replace(known, "")
    own = _YEAR.sub("", own)
    if len(own) < LEAST_OWN or len(set(plain)) < LEAST_OWN or _repeats(plain):
        raise WeakPassword(field=field)


def _walks() -> list[str]:
    """Four neighbours and more along a walk, forwards and backwards, the longest first."""
    found = {walk[at:at + length] for way in WALKS for walk in (way, way[::-1])
             for length in range(4, len(way) + 1) for at in range(len(way) - length + 1)}
    return sorted(found, key=len, reverse=True)


def _repeats(plain: str) -> bool:
    """Whether it is one piece of at most half its length again and again."""
    return any(plain == (plain[:size] * len(plain))[:len(plain)] for size in range(1, len(plain) // 2 + 1))


def hash_password(password: str, salt: bytes, cost: tuple[int, int, int] | None = None) -> str:
    """What is stored; `salt` is 16 fresh random bytes, `cost` COST where none is given."""
    n, r, p = cost or COST
    return f"scrypt${n}${r}${p}${_text(salt)}${_text(_scrypt(password, salt, n, r, p))}"


def matches(password: str, stored: str) -> bool:
    """Whether the password is the stored one; takes as long when it is not, or when there is none."""
    kind, n, r, p, salt, key = (stored if stored.startswith("scrypt$") else STRANGER).split("$")
    computed = _scrypt(password, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(_text(computed), key)


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=n, r=r, p=p, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
