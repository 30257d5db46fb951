"""Catalogue and stock."""

from mall.kit.documents import Shape
from mall.kit.schema import (
    Index, UniqueConstraint, count_column, fen_column, flag_column, id_column, json_column, long_text_column, table,
    text_column, time_column, version_columns,
)

MEDIA = Shape(defaults={"video": None, "carousel": [], "scenes": []})
SPEC = Shape(each=True, defaults={"values": []})
FREIGHT = Shape(defaults={"undeliverable": []})
PURCHASE_RULES = Shape(defaults={
    "least": 1, "multiple": 1, "most_ever": None, "most_per_day": None, "levels": []})

categories = table(
    "categories",
    id_column("category_id", key=True),
    id_column("seller_id"),
    id_column("parent_id", optional=True),
    text_column("name", 64),
    count_column("depth"),  # 1 to 3
    json_column("path"),  # ids from the root down to this one
    count_column("position"),
    text_column("picture_url", 512, optional=True),
    flag_column("visible"),
    time_column("created_at"),
    *version_columns(),
    Index("ix_categories_parent_id", "parent_id", "position"),
    Index("ix_categories_seller_id", "seller_id", "category_id"),
)
products = table(  # SPU
    "products",
    id_column("spu_id", key=True),
    id_column("seller_id"),
    id_column("category_id"),
    json_column("category_path"),
    text_column("title", 128),
    text_column("subtitle", 255),
    text_column("state", 16),  # DRAFT, LISTED, UNLISTED
    json_column("media", shape=MEDIA),  # {"video": url | null, "carousel": [url], "scenes": [url]}
    json_column("specs", shape=SPEC),  # [{"name": "颜色", "values": ["红", "蓝"]}]
    json_column("tags"),
    long_text_column("description"),
    flag_column("is_virtual"),
    id_column("freight_template_id", optional=True),
    fen_column("lowest_price_fen"),
    count_column("sold"),
    time_column("list_at", optional=True),  # timed listing (定时上架)
    time_column("unlist_at", optional=True),
    count_column("version"),
    time_column("created_at"),
    time_column("changed_at"),
    text_column("changed_by", 64, optional=True),
    json_column("purchase_rules", shape=PURCHASE_RULES, optional=True),  # of all its SKUs together; None: no rules
    Index("ix_products_category_id", "category_id"),
    Index("ix_products_seller_state", "seller_id", "state", "spu_id"),
    Index("ix_products_state", "state", "spu_id"),
    Index("ix_products_state_price", "state", "lowest_price_fen", "spu_id"),
    Index("ix_products_state_sold", "state", "sold", "spu_id"),
    Index("ix_products_state_list_at", "state", "list_at"),
    Index("ix_products_state_unlist_at", "state", "unlist_at"),
)
product_categories = table(  # a product is found under each category of its path
    "product_categories",
    id_column("category_id", key=True),
    id_column("spu_id", key=True),
)
product_tags = table(
    "product_tags",
    text_column("tag", 32, key=True),
    id_column("spu_id", key=True),
)
skus = table(
    "skus",
    id_column("sku_id", key=True),
    id_column("spu_id"),
    id_column("seller_id"),
    text_column("sku_code", 64),
    json_column("spec_values"),  # ["红", "L"], one for each specification of the SPU, in its order
    json_column("spec_names", optional=True),  # of these values; None in old rows: those of the SPU
    fen_column("price_fen"),
    fen_column("member_price_fen", optional=True),
    json_column("price_tiers"),  # [[min_quantity, price_fen]]
    count_column("commission_percent"),
    count_column("weight_grams"),
    text_column("picture_url", 512, optional=True),
    flag_column("active"),
    time_column("retired_at", optional=True),  # no part of its product any more; orders speak of it
    time_column("created_at"),
    json_column("purchase_rules", shape=PURCHASE_RULES, optional=True),
    UniqueConstraint("seller_id", "sku_code", name="uq_skus_seller_id_sku_code"),
    Index("ix_skus_spu_id", "spu_id"),
)
imports = table(
    "imports",
    id_column("import_id", key=True),
    id_column("seller_id"),
    id_column("staff_id"),
    text_column("kind", 32),  # products, shipments
    text_column("object_key", 255),
    text_column("state", 16),
    count_column("row_count"),
    json_column("row_errors", shape=Shape(each=True)),
    json_column("counts", shape=Shape(), optional=True),  # {created, updated, unchanged}: rows; None in old ones
    time_column("created_at"),
    Index("ix_imports_seller_id", "seller_id", "import_id"),
)
uploads = table(  # a row for each form that was handed out (B2 B4 A1)
    "uploads",
    id_column("upload_id", key=True),
    id_column("seller_id"),  # whose staff; a member's is the platform's
    id_column("owner_id"),  # the member, or the one of the staff, who asked for it
    text_column("purpose", 16),
    text_column("content_type", 96),  # in which it is kept
    text_column("object_key", 255),  # under which it is kept
    text_column("state", 16),
    text_column("refusal", 128, optional=True),  # as its owner reads it
    count_column("size_bytes", optional=True),
    count_column("width", optional=True),  # of a picture, in pixels
    count_column("height", optional=True),
    time_column("created_at"),
    time_column("checked_at", optional=True),
    time_column("used_at", optional=True),  # when something first showed it: not dropped since
    time_column("due_at", optional=True),  # when what is not needed of it is removed; None: that was done
    Index("ix_uploads_due_at", "due_at", "upload_id"),
    Index("ix_uploads_owner_id", "owner_id", "upload_id"),
)
warehouses = table(  # 仓库: each seller has its own, one of them the main one, whose id all share
    "warehouses",
    id_column("seller_id", key=True),
    id_column("warehouse_id", key=True),
    text_column("name", 64),
    text_column("province", 32),
    text_column("city", 32),
    text_column("district", 32),
    text_column("detail", 255),
    json_column("regions"),  # keys of the places that it serves first: 广东省, 广东省/深圳市; none: everywhere
    count_column("priority"),  # the lower the earlier, among those that are as near
    flag_column("active"),  # of one that is closed nothing is sold
    time_column("created_at"),
    *version_columns(),
)
stock_items = table(
    "stock_items",
    id_column("sku_id", key=True),
    id_column("warehouse_id", key=True),
    id_column("seller_id"),
    count_column("available"),  # may be sold
    count_column("held"),  # promised to unpaid orders
    count_column("safe_level"),
    flag_column("below_safe"),  # alert raised, not yet refilled
    *version_columns(),  # of the safe level
    Index("ix_stock_items_seller_id", "seller_id", "sku_id"),
    Index("ix_stock_items_seller_low", "seller_id", "below_safe", "sku_id"),
    Index("ix_stock_items_below_safe", "below_safe", "safe_level", "sku_id"),
)
stock_entries = table(  # the stock ledger: available + held = sum(quantity)
    "stock_entries",
    id_column("entry_id", key=True),
    id_column("sku_id"),
    id_column("warehouse_id"),
    text_column("kind", 16),  # RECEIVE ADJUST HOLD RELEASE COMMIT RETURN TRANSFER
    count_column("available_change"),
    count_column("held_change"),
    text_column("reference", 128),  # order number, import, staff note: once per kind, SKU and warehouse
    text_column("reason", 255),
    id_column("actor_id"),
    time_column("created_at"),
    UniqueConstraint("reference", "kind", "sku_id", "warehouse_id", name="uq_stock_entries_reference"),
    Index("ix_stock_entries_sku_id", "sku_id", "entry_id"),
    Index("ix_stock_entries_sums", "sku_id", "warehouse_id", "available_change", "held_change"),  # the audit's sums
)
freight_templates = table(
    "freight_templates",
    id_column("freight_template_id", key=True),
    id_column("seller_id"),
    text_column("name", 64),
    json_column("document", shape=FREIGHT),  # as domains.pricing reads it
    flag_column("is_default"),
    time_column("created_at"),
    time_column("changed_at"),
    *version_columns(changed_at=False),
    Index("ix_freight_templates_seller_id", "seller_id"),
)
cart_items = table(
    "cart_items",
    id_column("member_id", key=True),
    id_column("sku_id", key=True),
    count_column("quantity"),
    flag_column("selected"),
    time_column("created_at"),
    time_column("changed_at"),
)
