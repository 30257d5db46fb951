"""Kinds of orders (订单类型): all that is special about one is said in one file here, and nowhere else.

A flow that comes to a question which kinds answer differently (what is its price, who waits, what is freed) asks the
order's kind, and names none. To add a kind: its file with a `KIND` (`kind.Kind` says what may be answered), its name in
MODULES, and the prefix of its activities' ids in ACTIVITIES. A kind is imported when an order of it comes by.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from mall.flows.kinds.kind import Asked, Kind
from mall.kit.errors import BadInput, NotFound, Unavailable

NORMAL = Kind.name
MODULES = {NORMAL: "mall.flows.kinds.normal", "GROUP": "mall.flows.kinds.group"}
ACTIVITIES = {"gbu_": "GROUP"}  # an activity's id tells by its prefix which kind its orders are of


FIELDS = (("activity_id", "joins_id"), ("group_buy_id", "group_id"))  # as clients say it now, and said it before


class ActivityNotFound(NotFound):
    code, message = "ACTIVITY_NOT_FOUND", "活动不存在，请返回商品页查看"


class KindUnknown(Unavailable):
    """An order of a newer release beside this one: whoever asks again comes to the newer one in time."""

    code, message = "ORDER_KIND_UNKNOWN", "系统正在升级，请稍后再试"


def of(name: str) -> Kind:
    """The kind of an order by its `kind`. Raises KindUnknown."""
    if name not in MODULES:
        raise KindUnknown(kind=name)
    return import_module(MODULES[name]).KIND


def asked_in(cmd: Any) -> Asked | None:
    """What a client's input says of it (`mall.app.kind_fields`). Raises BadInput for what is joined of nothing."""
    for called in FIELDS:
        activity_id, joins_id = (getattr(cmd, name) for name in called)
        if activity_id is not None:
            return Asked(activity_id, joins_id, called)
        if joins_id is not None:
            raise BadInput("参加时需要同时提供所属的活动", field=called[0])
    return None


def asked_for(asked: Asked | None) -> Kind:
    """The kind of order that a buyer asks for. Raises ActivityNotFound."""
    if asked is None:
        return of(NORMAL)
    prefix = asked.activity_id.partition("_")[0] + "_"
    if prefix not in ACTIVITIES:
        raise ActivityNotFound(field=asked.called[0])
    return of(ACTIVITIES[prefix])


def shown(name: str) -> Kind:
    """The same for reading: an order of a newer release looks like an ordinary one."""
    return of(name if name in MODULES else NORMAL)


def every() -> list[Kind]:
    """All kinds, for what belongs to no single order."""
    return [of(name) for name in MODULES]
