"""What a role may permit: the actions of the staff, by a list that `python -m infra.docs` writes from them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from mall.domains.staff.rules import BadPermission, UnknownPermission

NAMES = Path(__file__).with_name("permissions.txt")


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """Every permission: `*`, `orders.*`, `orders.ship_orders`."""
    names = NAMES.read_text(encoding="utf-8").split()
    return frozenset(["*", *names, *(f"{name.split('.')[0]}.*" for name in names)])


def check(permissions: Iterable[str], held: Iterable[str]) -> None:
    """A permission that the role has already stays, if another release knew it. Raises BadPermission for what is none
    by its form, UnknownPermission with `suggestions`."""
    kept = known() | set(held)
    for index, permission in enumerate(permissions):
        if permission in kept:
            continue
        field = f"permissions.{index}"
        if not BadPermission.FORM.fullmatch(permission):
            raise BadPermission(field=field)
        verb = permission.partition(".")[2]
        elsewhere = sorted(name for name in known() if verb not in ("", "*") and name.endswith(f".{verb}"))
        near = [*elsewhere, *get_close_matches(permission, sorted(known()), n=3, cutoff=0.6)][:3]
        sentence = f"没有“{permission}”这项权限{f'，您是否要填 {near[0]}' if near else ''}"
        raise UnknownPermission(sentence, field=field, suggestions=near)
