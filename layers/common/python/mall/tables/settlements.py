"""Profit sharing (分账): who gets a part of paid orders, what was shared, what was called back, what is frozen."""

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, fen_column, id_column, sealed_column, table, text_column, time_column,
    version_columns,
)

share_receivers = table(
    "share_receivers",
    id_column("receiver_id", key=True),
    id_column("seller_id"),
    text_column("state", 16),  # SAVING ACTIVE REMOVED
    text_column("kind", 24),  # MERCHANT_ID PERSONAL_OPENID
    text_column("account", 64),  # a merchant's number, a person's openid
    text_column("relation", 24),
    text_column("label", 64),  # what staff call it
    sealed_column("share_receivers.name", 64, optional=True),  # in full, as WeChat checks it
    count_column("per_ten_thousand"),  # of an order's net amount
    time_column("created_at"),
    time_column("changed_at"),
    *version_columns(changed_at=False),
    UniqueConstraint("seller_id", "kind", "account", name="uq_share_receivers_seller_account"),
    Index("ix_share_receivers_account", "kind", "account"),
)
frozen_payments = table(  # payments made to be shared: WeChat keeps their money frozen until it is unfrozen
    "frozen_payments",
    id_column("payment_no", key=True),
    text_column("state", 16),  # FROZEN UNFREEZING UNFROZEN
    id_column("unfreeze_no"),  # WeChat's out_order_no of the unfreezing
    count_column("attempts"),
    time_column("ask_at", optional=True),
    time_column("share_at", optional=True),  # while FROZEN: when to look whether an order of it is to be shared
    time_column("unfreeze_at", optional=True),  # and when, whether its rest may be unfrozen; null: from before
    time_column("created_at"),
    time_column("ended_at", optional=True),
    Index("ix_frozen_payments_state", "state", "ask_at"),
    Index("ix_frozen_payments_share_at", "state", "share_at"),
    Index("ix_frozen_payments_unfreeze_at", "state", "unfreeze_at"),
    Index("ix_frozen_payments_state_no", "state", "payment_no"),
)
shares = table(  # what each payment paid for an order is shared once
    "shares",
    id_column("share_no", key=True),
    text_column("wechat_share_no", 64),  # WeChat's out_order_no of the last try
    count_column("tries"),
    id_column("order_no"),
    id_column("payment_no"),
    id_column("seller_id"),
    text_column("transaction_id", 64),
    text_column("state", 16),  # DUE SENT DONE FAILED NOTHING
    fen_column("paid_fen"),  # what the payment paid for the order
    fen_column("net_fen"),  # less what was refunded when it was shared
    fen_column("amount_fen"),  # of all receivers
    text_column("problem", 255, optional=True),
    count_column("attempts"),
    time_column("ask_at", optional=True),  # when to send or to ask next
    time_column("created_at"),
    time_column("finished_at", optional=True),
    UniqueConstraint("order_no", "payment_no", name="uq_shares_order_no_payment_no"),
    Index("ix_shares_state_ask_at", "state", "ask_at"),
    Index("ix_shares_payment_no", "payment_no"),
    Index("ix_shares_seller_state", "seller_id", "state", "share_no"),
)
share_lines = table(
    "share_lines",
    id_column("share_no", key=True),
    id_column("receiver_id", key=True),
    text_column("kind", 24),
    text_column("account", 64),
    text_column("label", 64),
    text_column("wechat_share_no", 64),  # WeChat's out_order_no that it goes under
    text_column("state", 16),  # PENDING SUCCESS CLOSED
    fen_column("net_fen"),  # of the order, that its amount is a part of
    fen_column("amount_fen"),
    fen_column("returned_fen"),  # asked back or back, never above amount_fen
    text_column("problem", 64, optional=True),
)
share_returns = table(  # what a refund calls back of a share
    "share_returns",
    id_column("return_no", key=True),  # WeChat's out_return_no
    id_column("share_no"),
    text_column("wechat_share_no", 64),  # WeChat's out_order_no that the receiver got it under
    id_column("receiver_id"),
    id_column("refund_no"),
    text_column("account", 64),
    text_column("state", 16),  # DUE SENT DONE FAILED
    fen_column("amount_fen"),
    text_column("problem", 255, optional=True),
    count_column("attempts"),
    time_column("ask_at", optional=True),
    time_column("created_at"),
    time_column("finished_at", optional=True),
    UniqueConstraint("refund_no", "receiver_id", name="uq_share_returns_refund_receiver"),
    Index("ix_share_returns_state_ask_at", "state", "ask_at"),
    Index("ix_share_returns_share_no", "share_no"),
)
