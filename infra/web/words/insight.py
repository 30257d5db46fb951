"""What is looked back at: today, and figures by day."""

LABELS = {
    "approvals": "待复核", "cases": "待办", "cost_fen": "优惠券成本", "differences": "对账差异", "expired": "过期积分",
    "hour": "时", "owed": "期末积分余额", "parked_events": "暂停的事件", "spent": "使用积分",
    "stock_alerts": "库存预警", "takings_fen": "营业额", "today": "今天", "waits": "待处理事项", "yesterday": "昨天",
}

OWN = {
    "insight.days": "每日数据", "insight.refund_requests": "待处理退款申请", "insight.orders": "付款订单数",
    "insight.refunds": "退款笔数", "insight.returned": "退还积分", "insight.returned_fen": "回退金额",
    "insight.shared_fen": "分账金额", "insight.to_ship": "待发货订单",
}

HINTS = {
    "insight.from_day": "最多 92 天", "takings_fen": "微信与余额付款，未扣退款",
    "owed": "含未付款订单占用的积分，100 积分抵 1 元", "waits": "100 表示多于 99",
}
