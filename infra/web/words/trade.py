"""Orders, their prices and freight, and rehearsals."""

from mall.domains.instalments.rules import STATE_WORDS as PART_WORDS
from mall.domains.orders.rules import CLOSE_WORDS, DELIVERY_WORDS, STATE_WORDS
from mall.domains.pricing.basket import FreightBy, RuleKind
from mall.domains.refunds.requests import REASON_WORDS
from mall.domains.rehearsals.rules import RehearsalState
from mall.flows.trade.order_pages import WORDS as MOVES
from mall.kit.state import Words

LABELS = {
    # orders
    "asked_at": "申请时间", "asked_fen": "申请金额", "balance_refunded_fen": "退回余额的金额", "book": "来源",
    "buyer_note": "买家留言", "carrier": "快递公司编码", "carrier_name": "快递公司", "checkout_id": "结算单号",
    "close_reason": "关闭原因", "closes_at": "付款截止时间", "corrections": "更正次数", "delivered_codes": "已发卡密",
    "delivery": "配送方式", "discounts": "优惠明细", "due": "待付分期", "earned": "获得积分", "forfeits": "逾期不退",
    "freight_fen": "运费", "group_id": "拼团编号", "instalments": "分期付款", "is_due": "待支付", "is_open": "可支付",
    "kind_says": "活动说明", "kind_words": "订单类型", "left_quantity": "剩余件数", "line_ids": "订单行号列表",
    "list_fen": "商品原价", "move": "动作", "opens_at": "开始支付时间", "order": "订单", "parcel": "包裹序号",
    "parcels": "包裹", "partly_shipped": "部分发货", "person": "提货人", "placed_at": "下单时间",
    "placed_from": "下单时间起", "placed_until": "下单时间止", "price": "金额明细", "received_at": "收货时间",
    "refund_no": "退款单号", "refund_requests": "退款申请", "refund_state": "退款状态", "refund_words": "退款状态",
    "refunded_quantity": "已退件数", "refunds": "退款记录", "returned": "退回积分",
    "seconds_left_to_pay": "剩余付款时间", "shipped_at": "发货时间", "shipped_quantity": "已发件数",
    "staff_note": "商家备注", "staff_notes": "商家备注", "taken_back": "扣回积分", "timeline": "订单进度",
    "to_ship": "可发货包裹", "to_ship_quantity": "待发件数", "tracking_no": "运单号", "transaction_id": "微信支付单号",
    "unit_fen": "单价", "unit_off_fen": "单价优惠", "used": "使用积分", "what": "内容", "who": "操作人",
    "written_by": "备注人", "reason_words": "申请原因",
    # another price, another address
    "freight_after_fen": "改后运费", "freight_before_fen": "原运费", "goods_fen": "商品金额", "difference_fen": "差额",
    "seen_difference_fen": "已确认的运费差额", "seen_pay_fen": "改价前应付金额",
    # freight templates
    "by": "计费方式", "document": "规则内容", "first_fee_fen": "首费", "first_units": "首件（首重）",
    "free_from_fen": "满额包邮", "free_from_pieces": "满件包邮", "next_fee_fen": "续费", "next_units": "续件（续重）",
    "places": "适用地区", "rates": "运费规则", "undeliverable": "不配送地区",
    # simulations and rehearsals
    "after_fen": "按新规则金额", "average_off_fen": "平均优惠", "before_fen": "按现规则金额",
    "below_least": "低于折扣底线的订单", "changed": "价格有变的订单", "explanation": "价格说明",
    "gifts_fen": "赠品价值", "given_fen": "多让利金额", "is_new": "新客", "largest": "变动最大的订单",
    "least_percent": "折扣底线", "left_aside": "未参与的订单", "looked_at": "已检查订单", "off_fen": "优惠金额",
    "orders_most": "最多检查订单数", "percent_done": "进度", "pushed_aside": "被挤掉的优惠", "rehearsal_id": "预演编号",
    "taken_fen": "少让利金额", "to_zero": "变为零元的订单", "freight_off_fen": "其中运费",
    "coupons_used": "会用掉的券", "gifts": "赠品", "most": "限购件数",
}

OWN = {
    "RefundView.state": "退款状态", "RefundView.kind_words": "退款类型", "StaffNote.created_at": "备注时间",
    "pricing.adjust_order_price.state": "订单状态", "RowView.state": "订单状态", "orders.state": "订单状态",
    "OrderTrace.state": "订单状态", "PartView.name": "分期编码", "AddressView.name": "收货人",
    "PersonView.name": "提货人", "PersonView.phone": "提货人手机号", "LineView.title": "商品",
    "orders.search_orders.name": "收货人姓名", "orders.search_orders.phone": "收货人手机号",
    "orders.search_orders.title": "商品标题", "orders.redirect_order.name": "收货人",
    "orders.redirect_order.phone": "收货人手机号", "LineView.quantity": "下单件数", "PieceView.quantity": "件数",
    "orders.lines": "商品", "PartView.number": "期次", "PartView.words": "分期名称", "PartView.amount_fen": "本期金额",
    "PartView.state": "支付状态", "RowView.pay_fen": "应付金额", "PriceView.pay_fen": "应付金额",
    "OrderTrace.pay_fen": "应付金额", "pricing.adjust_order_price.pay_fen": "改后应付金额", "RowView.kind": "订单类型",
    "OrderView.kind": "订单类型", "OrderTrace.kind": "订单类型", "PriceView.balance_fen": "余额支付",
    "RowView.expires_at": "付款截止时间", "Discount.kind": "优惠类型", "Discount.title": "优惠名称",
    "Discount.amount_fen": "优惠金额", "Step.words": "进度", "RefundView.amount_fen": "退款金额",
    "RefundView.balance_fen": "退回余额的金额", "RefundView.kind": "退款类型", "RefundView.words": "退款进度",
    "RefundView.asked_at": "发起时间", "RefundView.finished_at": "到账时间", "StaffNote.note": "备注内容",
    "orders.note_order.note": "备注内容", "orders.close_order.reason": "关闭原因", "orders.version": "地址版本",
    "orders.export_orders.rows": "订单行数", "OrderTrace.entries": "追踪记录",
    "pricing.adjust_order_price.reason": "改价原因", "pricing.adjust_order_price.goods_fen": "改后商品金额",
    "pricing.adjust_order_price.freight_fen": "改后运费", "pricing.simulate_promotion.difference_fen": "买家少付金额",
    "pricing.simulate_promotion.at": "试算时间", "pricing.simulate_promotion.before": "现在的价格",
    "pricing.simulate_promotion.after": "加上活动的价格", "pricing.simulate_promotion.lines": "试算商品",
    "pricing.simulate_promotion.level": "买家会员等级", "pricing.simulate_promotion.offer": "活动内容",
    "Priced.pay_fen": "应付商品金额", "Changed.off_fen": "优惠变动", "Changed.gifts_fen": "赠品价值变动",
    "PushedAside.title": "优惠名称", "PushedAside.orders": "受影响订单数",
    "pricing.list_freight_templates.name": "模板名称", "pricing.save_freight_template.name": "模板名称",
    "orders.quote_redirect.difference_fen": "运费差额", "TrialLine.quantity": "件数",
    "pricing.stacking": "试用的叠加规则", "pricing.title": "名称",
}

HINTS = {
    "seconds_left_to_pay": "秒", "placed_until": "不含该时刻", "first_units": "件，或克",
    "next_units": "件，或克；0 为不续费", "free_from_fen": "不填则不包邮", "free_from_pieces": "不填则不包邮",
    "places": "如 广东省、广东省/深圳市；不填则其余地区", "seen_pay_fen": "金额已变时会提示重新确认",
    "AdjustOrderPrice.goods_fen": "不填则不变", "SearchOrders.name": "收货人完整姓名",
    "SearchOrders.phone": "收货人完整手机号", "SearchOrders.title": "标题中的一部分",
    "AdjustOrderPrice.freight_fen": "0 为免运费，不填则不变", "seen_difference_fen": "运费差额已变时会提示重新确认",
    "least_percent": "优惠后低于原价百分之几的订单会计数", "percent_done": "%",
    "SaveFreightTemplate.freight_template_id": "不填则新建模板", "SimulatePromotion.at": "不填则为现在",
    "gifts_fen": "按原价计", "left_aside": "其他类型的订单，或规则已变无法重算",
    "average_off_fen": "每笔变动订单的平均；负数为更贵", "orders_most": "本次最多检查的订单数",
    "RedirectOrder.name": "不填则不变", "RedirectOrder.phone": "不填则不变",
}

ORDER_WORDS = Words(None, {**STATE_WORDS, "GROUPING": "待成团"}, other=STATE_WORDS.other)
ORDER_KINDS = {"NORMAL": "普通订单", "GROUP": "拼团订单"}
_RUNS = Words(RehearsalState, {
    "RUNNING": "进行中", "DONE": "已完成", "CANCELLED": "已取消", "FAILED": "失败"}, other="其他")
VALUES = {
    "orders.state": ORDER_WORDS, "RowView.state": ORDER_WORDS, "OrderView.state": ORDER_WORDS,
    "OrderTrace.state": ORDER_WORDS, "ParcelWithdrawn.state": ORDER_WORDS,
    "pricing.adjust_order_price.state": ORDER_WORDS, "order_state": ORDER_WORDS, "seen_state": ORDER_WORDS,
    "refunds.quote_refund.state": ORDER_WORDS,
    "PartView.state": PART_WORDS,
    "delivery": DELIVERY_WORDS,
    "close_reason": CLOSE_WORDS,
    "RequestView.reason": REASON_WORDS,
    "Discount.kind": Words(RuleKind, {
        "limited_time": "限时折扣", "hook": "引流品", "nth_piece": "第 N 件优惠", "member_day": "会员日",
        "full_reduction": "满减", "add_on": "加价购", "gift": "满赠", "goods_coupon": "商品优惠券",
        "free_shipping_coupon": "包邮券", "free_freight": "满额包邮", "points": "积分抵扣", "balance": "余额支付",
        "price_change": "商家改价"}, other="优惠"),
    "book": {
        "order": "订单", "payment": "支付", "refund": "退款", "ledger": "账务", "coupon": "优惠券", "seat": "拼团席位",
        "shipment": "包裹", "growth": "成长值", "stock": "库存", "case": "待办", "event": "事件",
        "delivery": "事件投递", "message": "消息", "audit": "操作日志"},
    "buttons": {
        "ship_orders": "发货", "check_off_pickup": "自提核销", "close_order": "关闭订单", "start_refund": "退款",
        "adjust_order_price": "改价"},
    "by": Words(FreightBy, {"piece": "按件数", "weight": "按重量"}, other="其他"),
    "pricing.list_rehearsals.state": _RUNS, "pricing.view_rehearsal.state": _RUNS,
    "RowView.kind": ORDER_KINDS, "OrderView.kind": ORDER_KINDS, "OrderTrace.kind": ORDER_KINDS,
    "refund_state": {"NONE": "无退款", "UNDER_WAY": "退款中", "DONE": "已退款", "FAILED": "退款失败"},
    "move": MOVES,
    "Step.who": {"member": "买家", "staff": "商家", "system": "系统"},
}
