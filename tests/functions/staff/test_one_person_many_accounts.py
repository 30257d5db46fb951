"""Who made an account, chose its password, brought it back or gave it rights is one person with it (J6)."""

from __future__ import annotations

from mall.kit.ids import new_id
from mall.tables.people import password_setters, refund_days, sensitive_changes
from mall.tables.people import staff as people
from mall.tables.trade import refunds

from tests.functions.staff.two_people import paid_order, start, two_people
from tests.support import seed, sellers, trade
from tests.support.shop import Caller, Shop, refused

RIGHTS = ["refunds.*", "staff.save_staff", "staff.save_role", "settlements.*"]


def role(owner: Caller, *permissions: str) -> str:
    return owner.call("staff.save_role", name=new_id("rol")[-12:], permissions=list(permissions))["role_id"]


def make(shop: Shop, maker: Caller, role_id: str, **more) -> Caller:
    """An account that the maker opens, and whoever sits at it."""
    made = maker.call("staff.save_staff", username=new_id("usr")[-20:].lower(), display_name="新人", role_id=role_id,
                      password="battery staple 9", **more)
    return shop._session(made["staff_id"], "", "新人")


def save(maker: Caller, account: Caller, role_id: str, **more) -> None:
    maker.save("staff.save_staff", staff_id=account.subject_id, display_name="店员", role_id=role_id, **more)


def role_of(shop: Shop, account: Caller) -> str:
    return shop.rows(people, staff_id=account.subject_id)[0].role_id


def may_not_approve(shop: Shop, owner: Caller, asker: Caller) -> str:
    change_id = start(asker, paid_order(shop)[0])["change_id"]
    before = shop.snapshot()
    with refused("OWN_CHANGE", status=403):
        owner.call("staff.approve_sensitive_change", change_id=change_id)
    assert shop.snapshot() == before
    return change_id


def test_an_account_made_by_an_account_that_the_owner_made_is_the_owner(shop: Shop):
    first, second = two_people(shop)
    rights = role(first, *RIGHTS)
    c = make(shop, first, rights)
    d = make(shop, c, rights)
    e = make(shop, d, rights)
    for asker in (c, d, e):
        change_id = may_not_approve(shop, first, asker)
        assert second.call("staff.approve_sensitive_change", change_id=change_id)["state"] == "APPROVED"
    assert [row.amount_fen for row in shop.rows(refunds)] == [27_000] * 3


def test_a_receiver_and_the_rule_itself_are_not_let_in_by_two_accounts_of_one_person(shop: Shop):
    first, second = two_people(shop)
    d = make(shop, make(shop, first, role(first, "staff.save_staff", "staff.save_settings")),
             role(first, "staff.save_settings"))
    change_id = d.call("staff.save_settings", version=1, changes={"refund_day_limit_fen": 9_999_999})["change_id"]
    with refused("OWN_CHANGE", status=403):
        first.call("staff.approve_sensitive_change", change_id=change_id)
    assert second.call("staff.approve_sensitive_change", change_id=change_id)["result"]["version"] == 2


def test_a_password_of_ones_own_does_not_make_another_person_of_the_account(shop: Shop):
    first, _ = two_people(shop)
    d = make(shop, first, role(first, "refunds.*"))
    d.call("staff.change_password", old_password="battery staple 9", new_password="correct horse battery")
    may_not_approve(shop, first, shop._session(d.subject_id, "", "新人"))


def test_a_password_that_a_puppet_sets_is_set_by_its_master(shop: Shop):
    first, second = two_people(shop)
    clerk = shop.staff("refunds.*")
    puppet = make(shop, first, role(first, *RIGHTS))
    save(puppet, clerk, role_of(shop, clerk), password="another long password")
    change_id = may_not_approve(shop, first, shop._session(clerk.subject_id, "", "店员"))
    second.call("staff.approve_sensitive_change", change_id=change_id)


def test_who_brings_a_colleague_back_is_one_person_with_them(shop: Shop):
    first, _ = two_people(shop)
    clerk = shop.staff("refunds.*")
    save(first, clerk, role_of(shop, clerk), active=False)
    assert shop.rows(password_setters) == []
    save(first, clerk, role_of(shop, clerk), active=True)
    may_not_approve(shop, first, shop._session(clerk.subject_id, "", "店员"))


def test_who_gives_an_account_rights_by_another_role_or_by_its_role_is_one_person_with_it(shop: Shop):
    first, second = two_people(shop)
    promoted, widened, narrowed = shop.staff("orders.*"), shop.staff("orders.*"), shop.staff("refunds.*", "orders.*")
    save(first, promoted, role(first, "refunds.*", "orders.*"))
    first.save("staff.save_role", role_id=role_of(shop, widened), name="客服", permissions=["refunds.*", "orders.*"])
    first.save("staff.save_role", role_id=role_of(shop, narrowed), name="退款", permissions=["refunds.*"])
    for asker in (promoted, widened):
        second.call("staff.approve_sensitive_change", change_id=may_not_approve(shop, first, asker))
    change_id = start(narrowed, paid_order(shop)[0])["change_id"]
    assert first.call("staff.approve_sensitive_change", change_id=change_id)["state"] == "APPROVED"


def test_two_owners_who_both_set_a_clerks_password_stay_two_persons(shop: Shop):
    first, second = two_people(shop)
    clerk = make(shop, first, role(first, "refunds.*"))
    save(second, clerk, role_of(shop, clerk), password="another long password")
    asked = start(first, paid_order(shop)[0])["change_id"]
    assert second.call("staff.approve_sensitive_change", change_id=asked)["state"] == "APPROVED"
    change_id = may_not_approve(shop, first, shop._session(clerk.subject_id, "", "店员"))
    with refused("OWN_CHANGE", status=403):
        second.call("staff.approve_sensitive_change", change_id=change_id)


def test_all_accounts_of_one_person_share_one_day(shop: Shop):
    first, second = two_people(shop, refund_approval_limit_fen=30_000, refund_day_limit_fen=50_000)
    rights = role(first, *RIGHTS)
    c = make(shop, first, rights)
    d = make(shop, c, rights)
    assert start(d, paid_order(shop)[0])["state"] == "DUE"  # 270.00
    for account in (first, c, d):
        assert start(account, paid_order(shop)[0])["why"].startswith("您今天一人最多可让出 500.00 元，已用 270.00 元")
    assert start(second, paid_order(shop)[0])["state"] == "DUE"
    assert {row.staff_id: row.alone_fen for row in shop.rows(refund_days)} == {
        first.subject_id: 27_000, c.subject_id: 27_000, d.subject_id: 27_000, second.subject_id: 27_000}


def test_two_accounts_of_one_person_at_the_same_moment_do_not_both_fit_into_the_day(shop: Shop):
    first, _ = two_people(shop, refund_approval_limit_fen=30_000, refund_day_limit_fen=50_000)
    rights = role(first, *RIGHTS)
    accounts = [first, make(shop, first, rights), make(shop, first, rights)]
    orders = [paid_order(shop)[0] for _ in accounts]
    answers = shop.in_parallel(*[lambda who=who, order_no=order_no: start(who, order_no)
                                 for who, order_no in zip(accounts, orders, strict=True)])
    assert sorted(each["state"] for each in answers) == ["DUE", "WAITS", "WAITS"]
    assert len(shop.rows(refunds)) == 1 and len(shop.rows(sensitive_changes)) == 2


def test_what_the_rule_cannot_know_an_account_of_before_is_believed_to_be_somebody_else(shop: Shop):
    """An account made while one person was enough: docs/second-person.md says what to do before turning it on."""
    puppet = make(shop, shop.staff(), role(shop.staff(), "refunds.*"))
    first, _ = two_people(shop)
    change_id = start(puppet, paid_order(shop)[0])["change_id"]
    assert first.call("staff.approve_sensitive_change", change_id=change_id)["state"] == "APPROVED"


def of_shop(shop: Shop, tea: sellers.Seller) -> str:
    """A paid order of the seller's, of 90.00."""
    goods = seed.product(shop, seller_id=tea.seller_id, price_fen=9_000)
    return trade.paid_order(shop, shop.member(), goods.sku_id, delivery="PICKUP")


def test_the_platforms_clerk_is_one_person_with_the_accounts_he_made_in_a_shop_before_two_people_decided(shop: Shop):
    tea = sellers.open_shop(shop)
    owner, colleague = sellers.own_staff(shop, tea, 2)
    owner.call("staff.save_settings", version=0, changes={"second_person": True, "refund_approval_limit_fen": 0})
    asked = start(tea.staff, of_shop(shop, tea))["change_id"]
    before = shop.snapshot()
    with refused("OWN_CHANGE", status=403):
        owner.call("staff.approve_sensitive_change", change_id=asked)
    assert shop.snapshot() == before
    assert colleague.call("staff.approve_sensitive_change", change_id=asked)["state"] == "APPROVED"


def test_whom_the_platforms_clerk_gives_rights_in_a_shop_by_their_role_is_one_person_with_him(shop: Shop):
    tea = sellers.open_shop(shop)
    owner, colleague = sellers.own_staff(shop, tea, 2)
    clerk = make(shop, owner, role(owner, "orders.*"))
    tea.staff.save("staff.save_role", role_id=role_of(shop, clerk), name="客服", permissions=["refunds.*", "staff.*"])
    owner.call("staff.save_settings", version=0, changes={"second_person": True, "refund_approval_limit_fen": 0})
    asked = start(clerk, of_shop(shop, tea))["change_id"]
    with refused("OWN_CHANGE", status=403):
        tea.staff.call("staff.approve_sensitive_change", change_id=asked)
    assert colleague.call("staff.approve_sensitive_change", change_id=asked)["state"] == "APPROVED"


def test_two_accounts_that_one_clerk_of_the_platform_made_are_no_two_persons_to_turn_it_on_with(shop: Shop):
    tea = sellers.open_shop(shop)
    rights = role(tea.staff, "*")
    owner, _ = make(shop, tea.staff, rights), make(shop, tea.staff, rights)
    before = shop.snapshot()
    with refused("NO_SECOND_PERSON"):
        owner.call("staff.save_settings", version=0, changes={"second_person": True})
    assert shop.snapshot() == before
    make(shop, owner, rights)
    assert owner.call("staff.save_settings", version=0, changes={"second_person": True})["version"] == 1


def test_the_accounts_of_one_clerk_share_a_day_in_each_shop_and_not_over_shops(shop: Shop):
    on = {"second_person": True, "refund_day_limit_fen": 10_000, "refund_approval_limit_fen": 10_000}
    tea = sellers.open_shop(shop)
    jam = sellers.open_shop(shop, "北山果酱", platform=tea.platform)
    (boss, *_), (cook, *_) = sellers.own_staff(shop, tea, 2), sellers.own_staff(shop, jam, 2)
    for owner in (boss, cook):
        owner.call("staff.save_settings", version=0, changes=on)
    assert start(boss, of_shop(shop, tea))["state"] == "DUE"
    assert start(cook, of_shop(shop, jam))["state"] == "DUE"
    for caller, of in ((boss, tea), (tea.staff, tea), (jam.staff, jam)):
        assert start(caller, of_shop(shop, of))["state"] == "WAITS"
    assert {row.staff_id: row.alone_fen for row in shop.rows(refund_days) if row.alone_fen} == {
        boss.subject_id: 9_000, cook.subject_id: 9_000}
