"""What an offer is about, from its document: {"kind": "all" | "goods" | "categories", "ids": [...]}."""

from __future__ import annotations

from typing import Any

from mall.domains.pricing.basket import Scope, ScopeKind
from mall.kit.documents import member


def scope_of(document: dict[str, Any] | None, seller_id: str) -> Scope:
    """Raises DocumentTooNew for a word of a newer release."""
    document = document or {}
    return Scope(member(ScopeKind, document.get("kind", "all")), frozenset(document.get("ids", ())), seller_id)
