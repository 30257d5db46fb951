"""What an offer is about, from its document: {"kind": "all" | "goods" | "categories", "ids": [...]}."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mall.domains.pricing.basket import Scope, ScopeKind
from mall.kit.documents import member
from mall.kit.scope import is_platform

FOR_ALL = "full_reduction"  # the kind of promotion that the platform makes for the goods of others too


def scope_of(document: dict[str, Any] | None, seller_id: str) -> Scope:
    """Raises DocumentTooNew for a word of a newer release."""
    document = document or {}
    return Scope(member(ScopeKind, document.get("kind", "all")), frozenset(document.get("ids", ())), seller_id)


def open_scope_of(document: dict[str, Any] | None, seller_id: str) -> Scope:
    """The same of a coupon or a full reduction: one of the platform that names no goods is for the goods of every
    seller, and the platform bears it. Raises as `scope_of`."""
    scope = scope_of(document, seller_id)
    of_all = scope.kind is ScopeKind.ALL and is_platform(seller_id)
    return replace(scope, seller_id=None) if of_all else scope


def scope_of_rule(kind: str, document: dict[str, Any] | None, seller_id: str) -> Scope:
    """Of a promotion of this kind. Raises as `scope_of`."""
    return (open_scope_of if kind == FOR_ALL else scope_of)(document, seller_id)


def is_of_all(kind: str, document: dict[str, Any], seller_id: str) -> bool:
    """Whether a promotion of this kind is about the goods of every seller."""
    return scope_of_rule(kind, document.get("scope"), seller_id).seller_id is None
