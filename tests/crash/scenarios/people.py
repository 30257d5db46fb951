"""People (会员与员工): members, their two accounts, staff, the second person, personal data."""

from __future__ import annotations

from mall.domains.staff import passwords, store as staff_store
from mall.tables.people import addresses
from sqlalchemy import update

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import (
    at_the_anniversary,
    merging,
    noted,
    sealed_rows,
    two_accounts,
    two_people,
    vip,
    waiting_price,
)
from tests.crash.scenarios.words import basics, call, express, paid, timer
from tests.crash.town import Play, Town
from tests.house.samples import context_of, read_sample
from tests.support import seed
from tests.support.shop import Caller


@scenario("members.review_levels_yearly")
def _review_levels(town: Town) -> Play:
    _, order_nos = vip(town)
    vip(town)
    at_the_anniversary(town, *order_nos)
    return timer(town, "members.review_levels_yearly")


@scenario("privacy.rotate_data_key", "a key for the old one")
def _rotate(town: Town) -> Play:
    sealed_rows(town)
    return timer(town, "privacy.rotate_data_key")


@scenario("privacy.rotate_data_key", "rows sealed anew")
def _seal_anew(town: Town) -> Play:
    sealed_rows(town)
    town.tick("privacy.rotate_data_key")
    town.move(121)
    return timer(town, "privacy.rotate_data_key")


@scenario("privacy.rotate_data_key", "phones written by their digits")
def _phones(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id, **express(town, member))
    town.move(121)
    town.shop.database.run(lambda tx: tx.change(update(addresses).values(phone="１３９００００１１１１")))
    return timer(town, "privacy.rotate_data_key")


@scenario("staff.chain_audit_log")
def _chain(town: Town) -> Play:
    noted(town)
    return timer(town, "staff.chain_audit_log")


@scenario("staff.chain_audit_log", "a day is over")
def _chain_day(town: Town) -> Play:
    noted(town)
    town.tick("staff.chain_audit_log")
    town.move(24 * 60)
    return timer(town, "staff.chain_audit_log")


@scenario("members.reveal_phone")
def _reveal_phone(town: Town) -> Play:
    member, _ = basics(town)
    return call(town, town.shop.staff(), "members.reveal_phone", member_id=member.subject_id)


@scenario("members.sign_in")
def _sign_in(town: Town) -> Play:
    sample = read_sample("members/sign_in", trigger_secret="")
    return lambda: town.shop.send("members.sign_in", sample["event"], context_of(sample))


@scenario("members.bind_phone")
def _bind(town: Town) -> Play:
    return call(town, town.shop.member(), "members.bind_phone", code="code-of-phone")


@scenario("members.update_profile")
def _update_profile(town: Town) -> Play:
    member = town.shop.member()
    version = member.call("members.view_profile")["version"]
    return call(town, member, "members.update_profile", version=version, nickname="小红书")


@scenario("members.save_address")
def _save_address(town: Town) -> Play:
    member = town.shop.member()
    seed.address(town.shop, member, is_default=True)
    return call(town, member, "members.save_address", name="张三", phone="13800000000", province="广东省",
                city="深圳市", district="南山区", detail="科技园 1 号", is_default=True)


@scenario("members.remove_address")
def _remove_address(town: Town) -> Play:
    member = town.shop.member()
    return call(town, member, "members.remove_address", address_id=seed.address(town.shop, member))


@scenario("members.sign_in", "two accounts become one")
def _sign_in_merges(town: Town) -> Play:
    mini, _, _ = two_accounts(town)
    return merging(town, mini)


@scenario("members.sign_in_web")
def _sign_in_web(town: Town) -> Play:
    begun = town.shop.call("members.begin_web_sign_in", redirect_uri="https://m.example/", browser_key="b" * 20)
    return call(town, town.shop.nobody, "members.sign_in_web", code="code-of-web", state=begun["state"],
                browser_key="b" * 20)


def with_password(town: Town) -> tuple[Caller, str]:
    """A member of the staff who knows the password "correct horse"; and the name to sign in by."""
    caller = town.shop.staff()
    cheap = passwords.hash_password("correct horse", b"0123456789abcdef", cost=(16, 1, 1))
    town.shop.database.run(staff_store.save_password, caller.subject_id, cheap)
    return caller, caller.subject_id  # Shop.staff() names a person by the id


def waiting_refund(town: Town) -> str:
    owner = two_people(town)
    member, goods = basics(town)
    order_no = paid(town, member, goods.sku_id)
    return owner.call("refunds.start_refund", order_no=order_no, reason="不要了")["change_id"]


@scenario("staff.approve_sensitive_change", "a refund")
def _approve_refund(town: Town) -> Play:
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=waiting_refund(town))


@scenario("staff.approve_sensitive_change", "a setting")
def _approve_setting(town: Town) -> Play:
    change_id = two_people(town).call("staff.save_settings", version=1, changes={"second_person": None})["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


@scenario("staff.approve_sensitive_change", "a price")
def _approve_price(town: Town) -> Play:
    owner, wanted = waiting_price(town)
    change_id = owner.call("pricing.adjust_order_price", **wanted)["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


@scenario("staff.approve_sensitive_change", "a receiver")
def _approve_receiver(town: Town) -> Play:
    change_id = two_people(town).call(
        "settlements.save_receiver", kind="MERCHANT_ID", account="1900000201", name="供货商", label="供货商",
        relation="SUPPLIER", per_ten_thousand=100)["change_id"]
    return call(town, town.shop.staff(), "staff.approve_sensitive_change", change_id=change_id)


@scenario("staff.reject_sensitive_change")
def _reject(town: Town) -> Play:
    change_id = waiting_refund(town)
    return call(town, town.shop.staff(), "staff.reject_sensitive_change", change_id=change_id, reason="不同意")


@scenario("staff.expire_sensitive_changes")
def _expire_changes(town: Town) -> Play:
    waiting_refund(town)
    town.move(73 * 60)
    return timer(town, "staff.expire_sensitive_changes")


@scenario("staff.sign_in_staff")
def _sign_in_staff(town: Town) -> Play:
    _, name = with_password(town)
    return call(town, town.shop.nobody, "staff.sign_in_staff", username=name, password="correct horse")


@scenario("staff.change_password")
def _change_password(town: Town) -> Play:
    caller, _ = with_password(town)
    return call(town, caller, "staff.change_password", old_password="correct horse", new_password="battery staple 9")


@scenario("staff.save_staff")
def _save_staff(town: Town) -> Play:
    owner = town.shop.staff()
    role_id = owner.call("staff.save_role", name="客服", permissions=["orders.note_order"])["role_id"]
    return call(town, owner, "staff.save_staff", username="xiaoli", display_name="小李", role_id=role_id, active=True,
                password="battery staple 9")
