"""What is looked back at (经营数据): figures of the days that are over."""

from mall.kit.schema import fen_column, id_column, table, text_column

insight_days = table(  # one row of each figure that is not zero; of the platform's POINTS_OWED one for each day
    "insight_days",
    id_column("seller_id", key=True),
    text_column("figure", 24, key=True),
    text_column("day", 10, key=True),  # of Shanghai
    fen_column("amount"),  # fen, or how many
)
