"""`python -m infra.local.owner`: the first owner of the shop."""

import subprocess
import sys
from pathlib import Path

import pytest
from mall.tables.people import roles, sessions, staff

from infra.local.owner import OwnerExists, make_owner
from tests.support.shop import Caller, Shop, refused

pytestmark = pytest.mark.spec("J6")

ROOT = Path(__file__).resolve().parents[2]


def test_the_first_owner_signs_in_with_the_password_shown_and_may_do_everything(shop: Shop):
    password = make_owner(shop.database, "owner")
    data = shop.call("staff.sign_in_staff", username="owner", password=password)
    assert data["permissions"] == ["*"]
    assert [row.username for row in shop.rows(staff)] == ["owner"]
    assert len(password) == 24 and password not in str(shop.snapshot())


def test_a_second_owner_is_not_made_this_way(shop: Shop):
    make_owner(shop.database, "owner")
    before = shop.snapshot()
    for username in ("owner", "intruder"):
        with pytest.raises(OwnerExists):
            make_owner(shop.database, username)
    assert shop.snapshot() == before


def test_reset_gives_a_new_password_and_signs_the_old_one_out(shop: Shop):
    old = make_owner(shop.database, "owner")
    data = shop.call("staff.sign_in_staff", username="owner", password=old)
    new = make_owner(shop.database, "owner", reset=True)
    with refused("SESSION_EXPIRED", status=401):
        Caller(shop, data["staff_id"], data["token"], data["session_key"]).call("staff.list_staff")
    with refused("SIGN_IN_FAILED", status=401):
        shop.call("staff.sign_in_staff", username="owner", password=old)
    shop.call("staff.sign_in_staff", username="owner", password=new)
    assert (len(shop.rows(staff)), len(shop.rows(roles)), len(shop.rows(sessions))) == (1, 1, 2)


def test_five_commands_at_the_same_moment_make_one_owner(shop: Shop):
    answers = shop.in_parallel(*[lambda n=n: make_owner(shop.database, f"owner{n}") for n in range(5)])
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert sum(isinstance(answer, OwnerExists) for answer in answers) == 4
    assert (len(shop.rows(staff)), len(shop.rows(roles))) == (1, 1)


def test_the_command_prints_the_password_once_and_refuses_the_second_time(tmp_path: Path, sqlite_template: Path):
    command = [sys.executable, "-m", "infra.local.owner", "--database-url", f"sqlite:///{sqlite_template}.owner"]
    Path(f"{sqlite_template}.owner").write_bytes(sqlite_template.read_bytes())
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert first.returncode == 0 and first.stdout.splitlines()[0] == "owner:    owner"
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith("refused: the shop has an owner already: owner")
