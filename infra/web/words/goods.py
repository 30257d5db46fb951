"""Products, categories, files and stock."""

from mall.domains.catalog.rules import ProductState
from mall.kit.state import Words

LABELS = {
    # catalogue
    "added": "新增数量", "carousel": "轮播图", "category_id": "类目编号", "column": "列名",
    "commission_percent": "分销佣金比例", "content_type": "文件类型", "created": "新增 SKU 数", "depth": "层级",
    "done": "是否成功", "freight_template_id": "运费模板编号", "import_id": "导入批次号", "is_virtual": "虚拟商品",
    "keyword": "商品标题关键词", "least": "最少购买件数", "list_at": "定时上架时间", "lowest_price_fen": "最低售价",
    "media": "图片与视频", "member_price_fen": "会员价", "min_quantity": "起批件数", "most_bytes": "文件大小上限",
    "most_ever": "每人限购件数", "most_per_day": "每人每日限购件数", "multiple": "购买倍数",
    "parent_id": "上级类目编号", "path": "类目路径", "price_tiers": "阶梯价", "public_url": "公开链接",
    "purchase_rules": "限购规则", "scenes": "场景图", "sku_code": "SKU 编码", "sku_ids": "SKU 编号列表",
    "skus": "SKU 列表", "sold": "累计销量", "specs": "规格", "spu_ids": "商品编号列表", "subtitle": "副标题",
    "tags": "商品标签", "unchanged": "未变化行数", "unlist_at": "定时下架时间", "updated": "更新 SKU 数",
    "values": "规格值", "video": "视频", "visible": "前台显示", "weight_grams": "重量",
    # stock
    "available": "可售库存", "available_change": "可售变动", "below_safe": "低于安全库存", "delta": "调整数量",
    "from_warehouse_id": "调出仓库", "held_change": "占用变动", "priority": "优先级", "regions": "优先配送地区",
    "safe_level": "安全库存", "to_warehouse_id": "调入仓库", "warehouse": "仓库", "warehouse_id": "仓库编号",
}

OWN = {
    "catalog.title": "商品标题", "catalog.rows": "SKU 行数", "catalog.issue_upload_url.url": "上传地址",
    "catalog.issue_upload_url.key": "文件键", "upload_id": "上传编号", "catalog.finish_upload.key": "文件键",
    "catalog.finish_upload.sizes": "各尺寸图片", "width": "宽（像素）", "height": "高（像素）",
    "size_bytes": "文件大小（字节）",
    "catalog.issue_upload_url.purpose": "用途", "catalog.issue_upload_url.fields": "上传表单字段",
    "catalog.issue_upload_url.expires_at": "上传有效期至", "catalog.save_category.name": "类目名称",
    "catalog.list_own_categories.name": "类目名称", "Sku.price_fen": "售价", "Sku.active": "在售",
    "Tier.price_fen": "阶梯单价", "Spec.name": "规格名", "catalog.save_product.is_virtual": "虚拟商品（卡密）",
    "PurchaseRules.levels": "可购买的会员等级", "catalog.save_virtual_codes.reference": "批次号",
    "catalog.import_products.object_key": "商品表格文件", "catalog.export_products.kind": "文件格式",
    "stock.held": "占用库存", "stock.title": "商品", "stock.name": "仓库名称", "stock.reason": "调整原因",
    "stock.reference": "单据编号", "stock.kind": "变动类型", "stock.adjust_stock.reference": "调整单号",
    "stock.transfer_stock.reference": "调拨单号", "stock.transfer_stock.reason": "调拨原因",
    "StockEntry.created_at": "变动时间", "stock.entry_id": "流水号",
}

HINTS = {
    "commission_percent": "%", "depth": "1 至 3 级", "import_id": "自己编的批次号；重复提交只算一次",
    "PublishProducts.list_at": "不填则立即上架", "WithdrawProducts.unlist_at": "不填则立即下架",
    "least": "一次至少买几件", "multiple": "件数须为它的倍数", "most_ever": "不填则不限", "most_per_day": "不填则不限",
    "PurchaseRules.levels": "不填则所有人可买", "SaveProduct.purchase_rules": "该商品所有 SKU 合计",
    "Sku.purchase_rules": "仅限该 SKU", "SaveProduct.freight_template_id": "不填则用默认运费模板",
    "SaveProduct.spu_id": "不填则新建商品", "SaveCategory.category_id": "不填则新建类目",
    "SaveCategory.parent_id": "不填则为一级类目", "SaveWarehouse.warehouse_id": "不填则新建仓库",
    "SaveVirtualCodes.reference": "自己编的批次号；同一批只入库一次", "most_bytes": "字节", "weight_grams": "克",
    "SaveWarehouse.priority": "数字小的优先", "stock.priority": "数字小的优先",
    "regions": "如 广东省、广东省/深圳市；不填则全国", "delta": "正数增加，负数减少",
    "SetSafeLevel.safe_level": "0 为不预警", "stock.held": "未付款订单占用的数量",
    "AdjustStock.reference": "自己编的单号；同一单号只记一次",
    "TransferStock.reference": "自己编的单号；同一单号只记一次", "Warehouse.active": "停用后不再销售，库存保留",
    "SaveWarehouse.active": "停用后不再销售，库存保留", "min_quantity": "买到这么多件起",
}

_IMPORTED = {"DONE": "全部成功", "PARTLY": "部分成功", "REFUSED": "全部未成功"}
VALUES = {
    "catalog.state": Words(ProductState, {"DRAFT": "草稿", "LISTED": "已上架", "UNLISTED": "已下架"}, other="其他"),
    "catalog.import_products.state": _IMPORTED,
    "fulfilment.import_shipments.state": _IMPORTED,
    "catalog.issue_upload_url.purpose": {"PRODUCT": "商品图片与视频", "PAPER": "资质与说明文件", "IMPORT": "导入表格"},
    "catalog.issue_upload_url.content_type": {
        "application/pdf": "PDF 文件",
        "image/jpeg": "JPEG 图片", "image/png": "PNG 图片", "image/webp": "WebP 图片", "video/mp4": "MP4 视频",
        "text/csv": "CSV 表格",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel 表格"},
    "catalog.export_products.kind": {"csv": "CSV 表格", "xlsx": "Excel 表格"},
    "StockEntry.kind": {"RECEIVE": "入库", "ADJUST": "库存调整", "HOLD": "下单占用", "RELEASE": "关单释放",
                        "COMMIT": "付款出库", "RETURN": "退款回库", "TRANSFER": "调拨"},
}
