"""Where on SCF a domain's units live: at most fifty functions to a namespace, five namespaces a region.

The packager deploys by this table and the event bus finds a listener by it: one truth for both.
A new domain takes its place here; `python -m infra.package` refuses a group of which not a quarter is free.
"""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "people": ("members", "staff", "privacy", "wallets", "points", "messaging", "risk", "compliance", "shares"),
    "goods": ("catalog", "stock", "search", "recommendations", "favorites", "reviews", "content", "live", "carts"),
    "trade": ("pricing", "orders", "payments", "refunds", "after_sales", "support", "fulfilment", "ledger"),
    "marketing": ("promotions", "coupons", "group_buys", "flash_sales", "bargains", "assists", "lotteries",
                  "presales", "distribution", "community", "sellers"),
    "ops": ("ops", "settlements", "reconciliation", "invoices", "insight", "segments", "experiments", "forecasts",
            "console", "shopfront"),
}
_GROUP_OF = {domain: group for group, domains in GROUPS.items() for domain in domains}


class HomelessDomain(LookupError):
    """The domain stands in no group; the sentence says what to do."""


def group_of(domain: str) -> str:
    """The group of a domain. Raises HomelessDomain."""
    if domain not in _GROUP_OF:
        raise HomelessDomain(f"give the domain {domain!r} a place in GROUPS ({__name__})")
    return _GROUP_OF[domain]


def namespace_of(platform: str, prefix: str, domain: str) -> str:
    """The platform's namespace of a domain's functions, under MALL_NAMESPACE.

    SCF: `mall-trade`. CloudBase: the environment itself, whose id is its only namespace.
    """
    return f"{prefix}-{group_of(domain)}" if platform == "scf" else prefix
