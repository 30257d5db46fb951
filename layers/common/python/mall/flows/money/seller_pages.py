"""A seller as the platform's staff see it (商家管理): who it is, whether it sells, what it pays; masked (A6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mall.domains.ledger import seller_sums
from mall.domains.members.rules import mask_name, mask_phone
from mall.domains.sellers import store as sellers
from mall.domains.sellers.rules import FLOW
from mall.domains.settlements import store as settlements
from mall.domains.staff import store as staff
from mall.kit.db import Tx


@dataclass(frozen=True)
class SellerRow:
    seller_id: str
    version: int  # to be sent back with whatever is done to it
    state: str
    name: str
    licence_no: str
    licence_upload_id: str | None  # sellers.show_seller opens it
    contact_name: str  # masked, as the phone: sellers.reveal_contact shows them
    contact_phone: str
    reason: str  # why it was refused or is suspended
    commission_per_ten_thousand: int
    receiver_id: str | None
    member_id: str | None  # who applied
    created_at: datetime
    decided_at: datetime | None
    changed_by: str | None
    buttons: list[str]  # approve, refuse, suspend, resume


@dataclass(frozen=True)
class SharedWith:
    receiver_id: str
    label: str
    state: str
    per_ten_thousand: int
    is_seller: bool  # what it gets is paid to the seller itself


def one(tx: Tx, seller_id: str) -> dict[str, Any]:
    """Raises SellerNotFound."""
    seller = sellers.find(tx, seller_id)
    _, people = staff.list_people(tx, seller_id)
    return {"seller": row(seller), "staff": sum(person.active for person in people),
            "owed_fen": seller_sums.owed_fen(tx, seller_id),
            "receivers": [SharedWith(each.receiver_id, each.label, each.state, each.per_ten_thousand,
                                     each.receiver_id == seller.receiver_id)
                          for each in settlements.receivers(tx, seller_id)]}


def row(seller: Any) -> SellerRow:
    told = {name: getattr(seller, name) for name in SellerRow.__dataclass_fields__ if hasattr(seller, name)}
    return SellerRow(**{**told, "contact_name": mask_name(seller.contact_name),
                        "contact_phone": mask_phone(seller.contact_phone), "buttons": FLOW.allowed(seller.state)})
