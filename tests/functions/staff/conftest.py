"""People of the staff with a password, made straight in the tables."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from mall.domains.staff import passwords
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.people import roles, staff, staff_networks

from tests.support.shop import Shop

PASSWORD = "correct horse battery"
CHEAP = passwords.hash_password(PASSWORD, b"0123456789abcdef", cost=(16, 1, 1))  # the cost stands in the hash


@dataclass
class Desk:
    shop: Shop

    def role(self, *permissions: str, seller_id: str = DEFAULT_SELLER) -> str:
        role_id = new_id("rol")
        self.shop.database.run(lambda tx: tx.insert(
            roles, role_id=role_id, seller_id=seller_id, name=role_id, permissions=list(permissions),
            created_at=self.shop.now))
        return role_id

    def person(self, username: str, role_id: str, *, active: bool = True, seller_id: str = DEFAULT_SELLER) -> str:
        staff_id = new_id("stf")
        self.shop.database.run(lambda tx: tx.insert(
            staff, staff_id=staff_id, seller_id=seller_id, username=username, display_name=username,
            password_hash=CHEAP, role_id=role_id, active=active, failed_sign_ins=0, locked_until=None,
            created_at=self.shop.now))
        return staff_id

    def caller(self, staff_id: str):
        return self.shop._session(staff_id, "", "店员")

    def row(self, staff_id: str):
        return self.shop.rows(staff, staff_id=staff_id)[0]

    def tries(self, staff_id: str) -> list[tuple[int, bool]]:
        """Of each network that tried: wrong passwords in a row, and whether the account is locked for it."""
        return [(row.failed, row.locked_until is not None and row.locked_until > self.shop.now)
                for row in self.shop.rows(staff_networks, staff_id=staff_id)]


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return Desk(shop)
