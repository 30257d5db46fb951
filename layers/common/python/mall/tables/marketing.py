"""Promotions, coupons, group buys."""

from mall.kit.documents import Shape
from mall.kit.schema import (
    Index, UniqueConstraint, count_column, flag_column, id_column, json_column, open_flag_column, table,
    text_column, time_column, version_columns,
)

EVERYTHING = {"kind": "all", "ids": []}
PROMOTION = Shape(defaults={"scope": EVERYTHING, "repeats": False, "priority": 0})
COUPON = Shape(defaults={"threshold_fen": 0, "off_fen": 0, "percent": 100, "cap_fen": None, "scope": EVERYTHING,
                         "stack_group": ""})
REHEARSED = Shape(defaults={"draft": None, "coupon": None, "replaces": None, "of_all": False})
FOUND = Shape(defaults={"days": {}, "pushed_aside": {}, "largest": [], "takers": {}})

promotions = table(  # 满减, 限时折扣, 第二件半价, 会员日, 加价购, 满赠, 引流品
    "promotions",
    id_column("promotion_id", key=True),
    id_column("seller_id"),
    text_column("kind", 32),
    text_column("title", 64),
    json_column("document", shape=PROMOTION),  # by its kind: domains/pricing/steps
    text_column("state", 16),  # ACTIVE, ENDED
    time_column("starts_at"),
    time_column("ends_at"),
    time_column("created_at"),
    *version_columns(),
    Index("ix_promotions_state_ends_at", "state", "ends_at"),
    Index("ix_promotions_seller_state", "seller_id", "state", "promotion_id"),
)
promotion_takes = table(  # pieces that an order has at a price of which each person has a few (引流品)
    "promotion_takes",
    id_column("order_no", key=True),
    id_column("promotion_id", key=True),
    id_column("member_id"),
    count_column("pieces"),
    time_column("created_at"),
    Index("ix_promotion_takes_member_id", "member_id", "promotion_id"),
)
rehearsals = table(  # 活动预演 over all orders of a period
    "rehearsals",
    id_column("rehearsal_id", key=True),
    id_column("seller_id"),
    text_column("title", 64),
    json_column("asked", shape=REHEARSED),  # the draft, and what combined when it was asked for
    text_column("state", 16),  # RUNNING, DONE, CANCELLED, FAILED
    text_column("slot", 80, optional=True),  # which of the seller's few places it takes while it runs
    time_column("placed_from"),
    time_column("placed_until"),
    time_column("after_at"),  # the last order that was looked at: where the next step goes on
    id_column("after_no"),
    json_column("found", shape=FOUND),  # what the orders up to there came to
    count_column("step"),
    count_column("tries"),  # of the next step
    time_column("lease_until"),
    time_column("created_at"),
    time_column("finished_at", optional=True),
    UniqueConstraint("slot", name="uq_rehearsals_slot"),
    Index("ix_rehearsals_state_lease_until", "state", "lease_until"),
    Index("ix_rehearsals_seller_state", "seller_id", "state", "rehearsal_id"),
    Index("ix_rehearsals_finished_at", "finished_at"),
)
coupon_templates = table(
    "coupon_templates",
    id_column("template_id", key=True),
    id_column("seller_id"),
    text_column("kind", 32),  # full_reduction discount no_threshold free_shipping
    text_column("title", 64),
    json_column("document", shape=COUPON),  # threshold_fen, off_fen, percent ... as domains.pricing reads it
    text_column("channel", 16),  # CENTRE (claimable by all), CODE, STAFF
    count_column("quota"),
    count_column("claimed"),
    count_column("per_member"),
    time_column("claim_from"),
    time_column("claim_until"),
    time_column("valid_from", optional=True),  # either a fixed window ...
    time_column("valid_until", optional=True),
    count_column("valid_days", optional=True),  # ... or days from the claim
    text_column("state", 16),  # ACTIVE, ENDED
    time_column("created_at"),
    *version_columns(),
    Index("ix_coupon_templates_channel", "channel", "state", "claim_until"),
    Index("ix_coupon_templates_seller_state", "seller_id", "state", "template_id"),
)
coupon_claims = table(  # how many each member took of each template: the per-person limit is guarded here
    "coupon_claims",
    id_column("template_id", key=True),
    id_column("member_id", key=True),
    count_column("claimed"),
    Index("ix_coupon_claims_member_id", "member_id"),
)
coupons = table(
    "coupons",
    id_column("coupon_id", key=True),
    id_column("template_id"),
    id_column("seller_id"),
    id_column("member_id"),
    text_column("state", 16),  # USABLE HELD USED EXPIRED
    id_column("order_no", optional=True),  # the first order of the checkout that it is held or used by
    id_column("checkout_id", optional=True),  # not of those that were held before there was more than one order in it
    time_column("valid_from"),
    time_column("valid_until"),
    flag_column("reminded"),
    time_column("created_at"),
    time_column("used_at", optional=True),
    Index("ix_coupons_member_id", "member_id", "state", "valid_until"),
    Index("ix_coupons_state_valid_until", "state", "valid_until"),
    Index("ix_coupons_to_remind", "state", "reminded", "valid_until"),
    Index("ix_coupons_order_no", "order_no"),
    Index("ix_coupons_template_state", "template_id", "state"),
)
coupon_codes = table(
    "coupon_codes",
    text_column("code", 32, key=True),
    id_column("template_id"),
    id_column("batch_id"),
    id_column("member_id", optional=True),  # who redeemed it
    time_column("redeemed_at", optional=True),
    time_column("created_at"),
    Index("ix_coupon_codes_template_id", "template_id"),
)
group_buys = table(  # the activity (拼团活动)
    "group_buys",
    id_column("group_buy_id", key=True),
    id_column("seller_id"),
    id_column("spu_id"),
    text_column("title", 64),
    count_column("size"),  # people to a group
    count_column("open_hours"),
    count_column("per_member"),  # units one order may take
    json_column("prices"),  # {sku_id: price_fen}
    json_column("leader_prices"),  # {sku_id: price_fen} or {}: the opener's price
    text_column("state", 16),  # ACTIVE, ENDED
    time_column("starts_at"),
    time_column("ends_at"),
    time_column("created_at"),
    *version_columns(),
    Index("ix_group_buys_spu_id", "spu_id", "state"),
    Index("ix_group_buys_seller_state", "seller_id", "state", "group_buy_id"),
)
groups = table(
    "groups",
    id_column("group_id", key=True),
    id_column("group_buy_id"),
    id_column("seller_id"),
    id_column("leader_id"),
    text_column("state", 16),  # FORMING SUCCEEDED FAILED
    count_column("size"),
    count_column("seats_taken"),  # held or paid
    count_column("seats_paid"),
    time_column("expires_at"),
    time_column("ended_at", optional=True),
    open_flag_column("settled"),  # of a failed one: no seat of it is held or paid any more
    time_column("settle_at", optional=True),  # when to look at its seats again; None: not looked at yet
    time_column("created_at"),
    Index("ix_groups_state_expires_at", "state", "expires_at"),
    Index("ix_groups_state_settled", "state", "settled", "settle_at"),
    Index("ix_groups_group_buy_id", "group_buy_id", "state", "expires_at"),
)
group_seats = table(
    "group_seats",
    id_column("order_no", key=True),
    id_column("group_id"),
    id_column("member_id"),
    flag_column("is_leader"),
    text_column("state", 16),  # HELD PAID RELEASED REFUNDED
    text_column("active_key", 160, optional=True),  # group and member while the seat counts: one seat each
    time_column("created_at"),
    time_column("changed_at"),
    UniqueConstraint("active_key", name="uq_group_seats_active_key"),
    Index("ix_group_seats_group_id", "group_id"),
)
