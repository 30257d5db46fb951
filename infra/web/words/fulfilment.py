"""What is to be shipped, parcels, pick-up."""

LABELS = {
    "outcomes": "发货结果", "seen_tracking_no": "现运单号", "shipped": "已发包裹数", "wechat": "微信发货信息",
}

OWN = {
    "fulfilment.check_off_pickup.code": "提货码", "fulfilment.check_off_pickup.goods": "提货商品",
    "Goods.title": "商品", "fulfilment.unchanged": "此前已发包裹数", "Outcome.shipped": "是否发出",
    "fulfilment.ship_orders.lines": "本包裹商品", "fulfilment.carrier": "快递公司",
    "fulfilment.withdraw_parcel.tracking_no": "现运单号", "fulfilment.correct_parcel.tracking_no": "正确运单号",
    "fulfilment.list_to_ship.parcels": "可发货包裹", "Pieces.quantity": "发货件数",
    "fulfilment.import_shipments.object_key": "发货表格文件",
}

HINTS = {
    "Parcel.lines": "不填则发全部待发商品", "Parcel.carrier": "虚拟商品不填", "Parcel.tracking_no": "虚拟商品不填",
    "CorrectParcel.carrier": "快递公司名称或微信编码",
}

VALUES = {
    "wechat": {"TOLD": "将告知微信", "NOT_NEEDED": "无需告知", "USED_UP": "微信只能更正一次，已用完"},
}
