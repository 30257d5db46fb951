"""Permissions, grants and the throttle, without a database (spec J6)."""

from datetime import datetime, timedelta, timezone

import pytest
from mall.domains.staff import passwords, permissions, rules
from mall.domains.staff.rules import Tries, take_try

pytestmark = pytest.mark.spec("J6")

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=timezone.utc)
LOCK = timedelta(minutes=15)


def test_guesses_are_counted_and_the_one_that_reaches_the_limit_locks():
    tries, counted = Tries(0, None), []
    for _ in range(5):
        tries = take_try(tries, NOW, limit=5, lock=LOCK)
        counted.append((tries.failed, tries.locked_until))
    assert counted == [(1, None), (2, None), (3, None), (4, None), (5, NOW + LOCK)]


@pytest.mark.parametrize("later, expected", [
    (LOCK - timedelta(seconds=1), None), (LOCK, Tries(1, None)), (LOCK * 2, Tries(1, None))])
def test_a_lock_lasts_its_time_and_the_count_begins_again(later: timedelta, expected: Tries | None):
    assert take_try(Tries(5, NOW + LOCK), NOW + later, limit=5, lock=LOCK) == expected


def test_strangers_share_so_many_tries_in_a_window_and_begin_anew_in_the_next():
    tries, window = Tries(0, None), timedelta(minutes=10)
    counted = []
    for _ in range(3):
        tries = rules.take_strangers_try(tries, NOW, limit=2, window=window) or tries
        counted.append((tries.failed, tries.locked_until))
    assert counted == [(1, NOW + window), (2, NOW + window), (2, NOW + window)]
    assert rules.take_strangers_try(tries, NOW, limit=2, window=window) is None
    assert rules.take_strangers_try(tries, NOW + window, limit=2, window=window) == Tries(1, NOW + 2 * window)


@pytest.mark.parametrize("permission", ["*", "orders.*", "fulfilment.ship_orders", "group_buys.save_group_buy"])
def test_these_are_permissions(permission: str):
    assert permissions.check([permission], []) is None


@pytest.mark.parametrize("held, granted", [
    (["*"], ["*", "orders.*", "orders.ship_orders"]), (["orders.*"], ["orders.*", "orders.ship_orders"]),
    (["orders.ship_orders"], ["orders.ship_orders"]), ([], [])])
def test_what_is_held_may_be_granted(held: list[str], granted: list[str]):
    assert rules.check_grant(held, granted) is None


@pytest.mark.parametrize("held, granted", [
    (["orders.*"], "*"), (["orders.ship_orders"], "orders.*"), (["orders.*"], "refunds.start_refund"), ([], "orders.*"),
    (["order.*"], "orders.*")])
def test_what_is_not_held_may_not(held: list[str], granted: str):
    with pytest.raises(rules.GrantBeyondOwn) as refusal:
        rules.check_grant(held, [granted])
    assert refusal.value.data == {"permission": granted}


def test_a_shop_that_never_had_an_owner_may_still_change_its_staff():
    assert rules.check_owner_left([["staff.*"]], [["staff.*"], ["orders.*"]]) is None
    with pytest.raises(rules.LastOwner):
        rules.check_owner_left([["*"], ["staff.*"]], [["staff.*"]])


def test_a_password_matches_its_own_hash_only_and_equal_passwords_differ_in_store():
    cheap = (16, 1, 1)
    first = passwords.hash_password("密码 and words", b"a" * 16, cheap)
    second = passwords.hash_password("密码 and words", b"b" * 16, cheap)
    assert first != second and first.startswith("scrypt$16$1$1$")
    assert [passwords.matches("密码 and words", stored) for stored in (first, second)] == [True, True]
    assert passwords.matches("密码 and word", first) is False


@pytest.mark.parametrize("stored", ["-", "", passwords.STRANGER])
def test_no_password_matches_where_there_is_none(stored: str):
    assert [passwords.matches(given, stored) for given in ("", "-", stored)] == [False, False, False]
