"""Passwords of the staff: scrypt (RFC 7914), stored with its cost and salt as `scrypt$n$r$p$salt$key`."""

from __future__ import annotations

import base64
import hashlib
import hmac

COST = (2**14, 8, 5)  # 16 MiB and about a quarter of a second: OWASP's choice for small memories
STRANGER = f"scrypt${COST[0]}${COST[1]}${COST[2]}$AAAAAAAAAAAAAAAAAAAAAA==$"  # nobody's; no password matches it


def hash_password(password: str, salt: bytes, cost: tuple[int, int, int] = COST) -> str:
    """What is stored; `salt` is 16 fresh random bytes."""
    n, r, p = cost
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
