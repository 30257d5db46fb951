"""Make the first owner (店主) of the shop, with a strong random password that is shown once.

    python -m infra.local.owner --database-url sqlite:///mall.db
    python -m infra.local.owner --database-url mysql+pymysql://... --username boss --reset

Refused when an owner exists already. `--reset` gives the account of that username a new password instead,
makes it an active owner and signs it out everywhere: the way back in when a password is lost. `--one-person` turns
the second person (双人复核) off: the way out when there is only one left.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
from datetime import datetime
from pathlib import Path

LAYER = Path(__file__).resolve().parents[2] / "layers" / "common" / "python"
if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))

from mall.app.settings import merge_settings  # noqa: E402
from mall.domains.staff import passwords, rules, store  # noqa: E402
from mall.kit import clock  # noqa: E402
from mall.kit.db import Database, Tx  # noqa: E402
from mall.kit.ids import new_id  # noqa: E402
from mall.kit.schema import DEFAULT_SELLER  # noqa: E402
from mall.kit.versions import Seen  # noqa: E402

from infra.local.settings import missing_database  # noqa: E402

ROLE_NAME = "店主"


def one_person(database: Database) -> None:
    """From now on one person decides again; what waits may still be approved or runs out."""
    database.run(_one_person, now=clock.now())


def _one_person(tx: Tx, *, now: datetime) -> None:
    document, version = store.read_settings(tx, DEFAULT_SELLER)
    merged, _ = merge_settings(document, {"second_person": None})
    store.save_settings(tx, DEFAULT_SELLER, merged, Seen(version, None, now))


class OwnerExists(Exception):
    """The shop has an owner, or the username is somebody's: nothing was changed."""


def make_owner(database: Database, username: str, *, reset: bool = False) -> str:
    """The password of the owner that was made (or reset). Raises OwnerExists."""
    username = rules.username_of(username)
    if not re.fullmatch(rules.USERNAME, username):
        raise ValueError("a username is 3 to 64 of a-z, 0-9 and _ . @ -")
    password = secrets.token_urlsafe(18)  # 24 characters, 144 bits
    passwords.check_strength(password, username)
    password_hash = passwords.hash_password(password, secrets.token_bytes(16))
    try:
        database.run(_make, username=username, password_hash=password_hash, reset=reset, now=clock.now())
    except (rules.UsernameTaken, rules.RoleNameTaken):
        raise OwnerExists(f"{username} or the role {ROLE_NAME} exists already") from None
    return password


def _make(tx: Tx, *, username: str, password_hash: str, reset: bool, now: datetime) -> None:
    roles, people = store.hold_people(tx, DEFAULT_SELLER)
    owning = {role.role_id for role in roles if rules.OWNER in role.permissions}
    owners = [person.username for person in people if person.active and person.role_id in owning]
    if owners and not reset:
        raise OwnerExists(f"the shop has an owner already: {', '.join(owners)}; --reset gives a new password")
    role_id = min(owning, default=None)
    if role_id is None:
        role_id = new_id("rol")
        store.add_role(tx, role_id, DEFAULT_SELLER, name=ROLE_NAME, permissions=[rules.OWNER], now=now)
    known = next((person for person in people if person.username == username), None)
    if known is None:
        store.add_staff(tx, new_id("stf"), DEFAULT_SELLER, username=username, display_name=ROLE_NAME, role_id=role_id,
                        active=True, password_hash=password_hash, now=now)
        return
    if not reset:
        raise OwnerExists(f"the username {username} is taken; choose another, or --reset makes it the owner")
    store.change_staff(tx, known, Seen(known.version, None, now), display_name=known.display_name, role_id=role_id,
                       active=True)
    store.save_password(tx, known.staff_id, password_hash)
    store.revoke_sessions(tx, known.staff_id, now)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.owner", description=__doc__.split("\n")[0])
    parser.add_argument("--database-url", required=True, help="sqlite:///FILE or mysql+pymysql://USER@HOST/NAME")
    parser.add_argument("--username", default="owner")
    parser.add_argument("--reset", action="store_true", help="a new password for that account, as an active owner")
    parser.add_argument("--one-person", action="store_true", help="turn the second person off, and nothing else")
    given = parser.parse_args(arguments)
    missing = missing_database(given.database_url)
    if missing:
        print(f"there is no database {missing}: `make run` makes it, MALL_DATABASE_URL names another", file=sys.stderr)
        return 1
    database = Database(given.database_url)
    try:
        if given.one_person:
            one_person(database)
            print("one person decides again")
            return 0
        password = make_owner(database, given.username, reset=given.reset)
    except (OwnerExists, ValueError) as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    finally:
        database.close()
    print(f"owner:    {given.username}\npassword: {password}\nThe password is not shown again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
