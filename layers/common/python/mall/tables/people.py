"""Members, their addresses and sessions; staff and their roles."""

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, document_column, fen_column, flag_column, id_column, json_column,
    keyed_hash_column, sealed_column, sealed_json_column, seller_column, table, text_column, time_column,
    version_columns,
)

members = table(
    "members",
    id_column("member_id", key=True),
    text_column("unionid", 64, optional=True),
    text_column("nickname", 64),
    text_column("avatar_url", 512, optional=True),
    sealed_column("members.phone", 32, optional=True),
    text_column("level", 32),
    time_column("level_review_at", optional=True),  # when a level above the first has to be justified anew
    flag_column("blocked"),
    time_column("created_at"),
    *version_columns(changed_by=False),  # of what the member says of himself
    id_column("merged_into", optional=True),  # the member that this one became: one person is one member (A1)
    time_column("merged_at", optional=True),
    keyed_hash_column("members.phone_hash", optional=True),  # what the desk finds them by
    time_column("blocked_until", optional=True),  # of who is blocked; its end passes by itself
    text_column("blocked_why", 128, optional=True),  # as the member reads it
    id_column("block_id", optional=True),  # the last of member_blocks
    UniqueConstraint("unionid", name="uq_members_unionid"),
    Index("ix_members_level_review_at", "level_review_at"),
    Index("ix_members_merged_into", "merged_into"),
    Index("ix_members_created_at", "created_at", "member_id"),
    Index("ix_members_level_created_at", "level", "created_at", "member_id"),
    Index("ix_members_blocked_until", "blocked_until", "member_id"),
    Index("ix_members_nickname", "nickname", "member_id"),
    Index("ix_members_phone_hash", "phone_hash", "member_id"),
)
member_blocks = table(  # who was blocked by whom, why, until when; and who took it back (J1)
    "member_blocks",
    id_column("block_id", key=True),
    id_column("member_id"),
    text_column("reason", 128),  # as the member reads it
    text_column("note", 255),  # for the staff
    time_column("until"),
    id_column("blocked_by"),
    time_column("created_at"),
    id_column("lifted_by", optional=True),
    text_column("lift_note", 255, optional=True),
    time_column("lifted_at", optional=True),
    Index("ix_member_blocks_member_id", "member_id", "block_id"),
)
growth_entries = table(  # what orders and sign-ins brought a member, and what refunds took back of it
    "growth_entries",
    id_column("entry_id", key=True),
    text_column("reference", 80),
    id_column("member_id"),
    count_column("year"),  # the membership year of the receipt or the sign-in: 1 begins with joining
    count_column("amount"),  # growth value, a yuan each
    text_column("reason", 16),  # RECEIVED REFUNDED SIGNED_IN
    id_column("order_no", optional=True),  # of a sign-in: none
    time_column("created_at"),
    UniqueConstraint("reference", name="uq_growth_entries_reference"),
    Index("ix_growth_entries_member_id", "member_id", "entry_id"),
    Index("ix_growth_entries_order_no", "order_no"),
)
growth_years = table(  # a member's growth value by membership year; all years together are the total
    "growth_years",
    id_column("member_id", key=True),
    count_column("year", key=True),
    count_column("growth"),
)
level_changes = table(  # how members came to their levels: who, why, when
    "level_changes",
    id_column("change_id", key=True),
    id_column("member_id"),
    text_column("from_level", 32),
    text_column("to_level", 32),
    text_column("reason", 16),  # GROWTH YEARLY_REVIEW ACCOUNTS_MERGED
    count_column("total"),  # growth value in all, when it was decided
    count_column("in_year"),  # and of the year that decided
    id_column("order_no", optional=True),  # whose receipt brought it
    text_column("actor", 80),
    time_column("created_at"),
    Index("ix_level_changes_member_id", "member_id", "change_id"),
)
member_identities = table(
    "member_identities",
    text_column("appid", 64, key=True),
    text_column("openid", 64, key=True),
    id_column("member_id"),
    time_column("created_at"),
    Index("ix_member_identities_member_id", "member_id"),
)
addresses = table(
    "addresses",
    id_column("address_id", key=True),
    id_column("member_id"),
    sealed_column("addresses.name", 64),
    sealed_column("addresses.phone", 32),
    text_column("province", 64),
    text_column("city", 64),
    text_column("district", 64),
    sealed_column("addresses.detail", 255),
    flag_column("is_default"),
    time_column("created_at"),
    *version_columns(changed_by=False),
    Index("ix_addresses_member_id", "member_id"),
)
sessions = table(
    "sessions",
    id_column("session_id", key=True),
    id_column("subject_id"),
    text_column("appid", 64, optional=True),
    text_column("openid", 64, optional=True),
    time_column("expires_at"),
    time_column("revoked_at", optional=True),
    id_column("seller_id", optional=True),  # whose shop one of the platform's staff has entered
    time_column("created_at"),
    Index("ix_sessions_subject_id", "subject_id"),
    Index("ix_sessions_expires_at", "expires_at"),
)
staff = table(
    "staff",
    id_column("staff_id", key=True),
    id_column("seller_id"),
    text_column("username", 64),
    text_column("display_name", 64),
    text_column("password_hash", 255),
    id_column("role_id"),
    flag_column("active"),
    count_column("failed_sign_ins"),  # tries from networks that it never signed in from, in the window
    time_column("locked_until", optional=True),  # that ends then
    time_column("created_at"),
    *version_columns(),
    UniqueConstraint("username", name="uq_staff_username"),
)
staff_networks = table(  # from which networks a staff account was tried, and how that went there (J6)
    "staff_networks",
    id_column("staff_id", key=True),
    text_column("network", 16, key=True),  # a keyed hash; empty: nobody knows
    count_column("failed"),  # wrong passwords in a row from there
    time_column("locked_until", optional=True),  # for that network alone
    time_column("signed_in_at", optional=True),  # when the right password last came from there
    time_column("tried_at"),
    Index("ix_staff_networks_tried_at", "tried_at"),
)
password_setters = table(  # who made an account, chose its password, brought it back or gave it rights (J6)
    "password_setters",
    id_column("staff_id", key=True),
    id_column("setter_id", key=True),
    time_column("created_at"),
)
roles = table(
    "roles",
    id_column("role_id", key=True),
    id_column("seller_id"),
    text_column("name", 64),
    json_column("permissions"),
    time_column("created_at"),
    *version_columns(),
    UniqueConstraint("seller_id", "name", name="uq_roles_seller_id_name"),
)
attempts = table(  # how often somebody tried to sign in or to redeem a code
    "attempts",
    text_column("who", 64, key=True),  # a keyed hash of what is tried and by whom
    count_column("made"),
    time_column("window_start"),
    Index("ix_attempts_window_start", "window_start"),
)
audit_entries = table(
    "audit_entries",
    id_column("entry_id", key=True),
    seller_column(),  # whose staff it was
    id_column("actor_id"),
    text_column("action", 64),
    text_column("request_id", 64),
    json_column("target"),
    time_column("created_at"),
    Index("ix_audit_entries_seller_id", "seller_id", "entry_id"),
    Index("ix_audit_entries_actor_id", "seller_id", "actor_id", "entry_id"),
    Index("ix_audit_entries_action", "seller_id", "action", "entry_id"),
    Index("ix_audit_entries_created_at", "created_at", "entry_id"),
)
audit_seals = table(  # the chain over the audit entries; only ever added to
    "audit_seals",
    count_column("sequence", key=True),  # 1, 2, 3 ... without a gap
    id_column("entry_id"),
    text_column("day", 10),  # on which it was sealed: 2026-11-21
    text_column("hash", 64),
    time_column("sealed_at"),
    UniqueConstraint("entry_id", name="uq_audit_seals_entry_id"),
    Index("ix_audit_seals_day", "day", "sequence"),
)
audit_roots = table(  # one for each day on which something was sealed
    "audit_roots",
    text_column("day", 10, key=True),
    count_column("first_sequence"),
    count_column("last_sequence"),
    text_column("root", 64),
    time_column("made_at"),
)
sensitive_changes = table(  # what waits, or waited, for a second person
    "sensitive_changes",
    id_column("change_id", key=True),
    id_column("seller_id"),
    text_column("kind", 16),
    text_column("action", 64, optional=True),  # what was asked to do; absent: from before actions were replayed
    id_column("subject"),  # the order, or what else is to be changed
    id_column("order_no", optional=True),
    fen_column("value_fen", optional=True),  # given away by it; absent: without a bound
    text_column("says", 255, optional=True),  # in words and figures
    text_column("why", 255, optional=True),  # it waits
    text_column("state", 16),
    id_column("asked_by"),
    text_column("reason", 255),
    json_column("before"),  # shown to the second person; a "version" in it is the one of what was seen
    json_column("after"),
    json_column("payload"),  # of changes from before actions were replayed
    sealed_json_column("sensitive_changes.sent", optional=True),  # the input, with its own "version": it takes effect
    text_column("open_key", 160, optional=True),  # seller, kind and subject while it waits: one at a time
    id_column("decided_by", optional=True),
    text_column("note", 255),
    time_column("created_at"),
    time_column("expires_at"),
    time_column("decided_at", optional=True),
    UniqueConstraint("open_key", name="uq_sensitive_changes_open_key"),
    Index("ix_sensitive_changes_seller_state", "seller_id", "state", "change_id"),
    Index("ix_sensitive_changes_state_expires_at", "state", "expires_at"),
)
refund_days = table(  # what one of the staff has given away alone on a day, while two people decide (J6)
    "refund_days",
    id_column("staff_id", key=True),
    text_column("day", 10, key=True),  # the shop's: 2026-11-21
    fen_column("alone_fen"),
)
shop_settings = table(
    "shop_settings",
    id_column("seller_id", key=True),
    document_column("document"),
    count_column("version"),
    time_column("changed_at"),
    text_column("changed_by", 64, optional=True),
)
