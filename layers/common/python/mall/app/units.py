"""Deploy units (部署单元): which actions a platform gets together as one function, and under which name.

An action is one file with its own name, permission, log line and address; how it is deployed is another question,
because a platform takes only so many functions. The name of its unit follows from the action alone, so that a new
action moves no other one, and whoever calls it needs to ask nobody:

| unit | holds |
|---|---|
| `orders-place_order` | one action alone: a timer, a webhook, what opens pictures or only HTTP calls, what is HOT |
| `orders_counter` | the other actions of buyers in a domain |
| `orders_desk` | the staff's actions in a domain |
| `orders_files` | those of them that make or read spreadsheets: more memory, time and libraries than the desk needs |
| `orders_listeners` | the listeners of a domain |

A counter, a desk, a listener imports of its actions only the one that is called (mall.app.entry).
"""

from __future__ import annotations

from mall.app.declared import Action
from mall.app.namespaces import namespace_of

RELAY = "ops.relay_outbox"

# Where a rush goes: each has instances of its own, which hold nothing else and wait for nobody.
HOT = frozenset({
    "carts.put_cart_item", "carts.view_cart", "catalog.get_product", "catalog.list_categories", "catalog.list_products",
    "coupons.claim_coupon", "group_buys.view_group", "members.sign_in", "orders.get_order", "orders.list_orders",
    "orders.place_order", "payments.start_payment", "pricing.quote_checkout",
})


def unit_of(action: Action) -> str:
    """The unit that an action is deployed in, as the platform's function is called."""
    if action.kind == "listener":
        return f"{action.domain}_listeners"
    if action.allow is None or action.over_http_only or action.name in HOT or "pictures" in action.uses:
        return action.function_name
    if action.allow != "staff":
        return f"{action.domain}_counter"
    return f"{action.domain}_files" if action.libraries else f"{action.domain}_desk"


def place_of(platform: str, prefix: str, name: str) -> tuple[str, str]:
    """Namespace and unit of what the house itself calls, which knows its name and not its file: a listener, or the
    relay."""
    domain, verb = name.split(".")
    unit = f"{domain}-{verb}" if name == RELAY else f"{domain}_listeners"
    return namespace_of(platform, prefix, domain), unit
