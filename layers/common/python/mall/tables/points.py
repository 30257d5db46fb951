"""Points (积分): each earning is a lot with its own expiry; what orders took of which lot; what a member owes.
One point is worth one fen, and is kept as such."""

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, fen_column, id_column, table, text_column, time_column,
)

point_wallets = table(  # the row that whoever changes a member's lots locks first
    "point_wallets",
    id_column("member_id", key=True),
    fen_column("debt"),  # taken back after they were spent: the next points pay it
    text_column("checked_in_on", 10, optional=True),  # the last day, of Shanghai
    count_column("streak"),  # days in a row until then
    time_column("opened_at"),
)
point_lots = table(  # earned = free + removed + expired + what orders took and have not given back
    "point_lots",
    id_column("lot_id", key=True),
    id_column("member_id"),
    id_column("seller_id"),  # who bears the cost
    text_column("kind", 16),  # PURCHASE, CHECK_IN
    text_column("source", 64),  # the order, or the day
    text_column("state", 16),  # LIVE, EXPIRED
    fen_column("earned"),
    fen_column("free"),
    fen_column("removed"),  # it paid a debt, or was taken back with a refund, of whichever order
    fen_column("expired"),
    fen_column("base_fen"),  # what was paid for the goods that earned it; 0 of a check-in
    fen_column("taken_back"),  # what refunds of these goods took back, of whichever lot
    time_column("expires_at"),
    time_column("created_at"),
    UniqueConstraint("member_id", "kind", "source", name="uq_point_lots_member_id_kind_source"),
    Index("ix_point_lots_member_id", "member_id", "expires_at"),
    Index("ix_point_lots_state_expires_at", "state", "expires_at"),
)
point_uses = table(
    "point_uses",
    id_column("order_no", key=True),
    id_column("lot_id", key=True),
    id_column("member_id"),
    fen_column("points"),
    fen_column("returned"),
    Index("ix_point_uses_lot_id", "lot_id"),
)
