"""What a person has to look at, parked events, audits; and the sellers on the platform."""

from mall.domains.cases.rules import CaseKind, CaseState
from mall.domains.sellers.rules import SellerState
from mall.kit.state import Words

from infra.web.words.money import RECEIVERS

LABELS = {
    # cases, events, audits
    "case_id": "待办编号", "data": "相关数据", "deliveries": "投递情况", "event_id": "事件编号", "findings": "核账发现",
    "last_error": "最近错误", "listener": "监听者", "listeners": "监听者列表", "payload": "事件内容",
    "waiting": "未送达的监听者",
    # sellers
    "commission_fen": "佣金", "commission_per_ten_thousand": "佣金比例", "contact_name": "联系人",
    "contact_phone": "联系电话", "earned_fen": "应结金额", "fees_fen": "微信手续费", "is_seller": "商家本人",
    "licence": "营业执照", "licence_no": "营业执照号", "licence_upload_id": "营业执照上传编号",
    "owed_fen": "待结算金额", "paid_by_hand_fen": "线下退款", "points_cost_fen": "积分成本",
    "receivers": "分账接收方", "refunds_fen": "退款金额", "sales_fen": "销售金额", "seller": "商家",
    "to_pay_fen": "应结金额",
}

OWN = {
    "ops.kind": "待办类型", "ParkedEvent.kind": "事件类型", "ops.sentence": "情况说明", "ops.reference": "关联单号",
    "ops.note": "处理说明", "ops.state": "处理状态", "ops.created_at": "发生时间", "sellers.name": "商家名称",
    "sellers.state": "商家状态", "sellers.created_at": "入驻时间", "sellers.decided_at": "审核时间",
    "sellers.member_id": "申请会员编号", "sellers.receiver_id": "分账接收方编号",
    "sellers.show_seller.staff": "在用员工数", "sellers.given_fen": "平台补贴", "sellers.shared_fen": "已分账",
    "sellers.set_commission.reason": "调整原因", "sellers.decide_application.reason": "拒绝原因（申请人可见）",
    "sellers.suspend_seller.reason": "暂停原因（买家可见）", "sellers.decide_application.accept": "同意入驻",
    "sellers.ended_at": "订单完成时间", "SharedWith.state": "接收方状态", "sellers.show_statement.items": "订单明细",
}

HINTS = {
    "commission_per_ten_thousand": "万分之几，500 为 5%", "SaveSeller.receiver_id": "不填则不分账给商家本人",
    "owed_fen": "含未完成订单，未扣佣金", "findings": "为空表示账目一致", "to_pay_fen": "负数为商家应付平台",
    "ListSellers.name": "按名称开头查找", "ListSellers.order_no": "查该订单属于哪家",
    "ReplayParkedEvent.listener": "不填则重投全部未送达的", "RunAudit.cursor": "店铺较大时分多次核账",
}

VALUES = {
    "ops.list_cases.kind": Words(CaseKind, {
        "LATE_PAYMENT": "关单后付款", "SECOND_PAYMENT": "重复付款", "WRONG_AMOUNT": "付款金额不符",
        "NOTICE_MISMATCH": "支付通知不符", "PAYER_DIFFERS": "付款人不符", "CODES_SHORT": "卡密不足",
        "REFUND_FAILED": "退款失败", "REFUND_TWICE": "重复退款", "PAYMENT_REFUSED": "微信拒绝收款",
        "AUDIT_FINDING": "账目不一致", "AUDIT_LATE": "核账未按时完成", "EVENT_PARKED": "事件投递暂停",
        "BILL_MISSING": "账单缺失", "BILL_DIFFERENCE": "对账差异", "INVOICE_RED_DUE": "发票待红冲",
        "SHARE_FAILED": "分账失败", "SHARE_RETURN_FAILED": "分账回退失败", "UNFREEZE_REFUSED": "资金解冻被拒",
        "SAFEGUARDING_DIFFERENCE": "备付金差异", "MEMBERS_NOT_MERGED": "会员合并失败",
        "SHIPPING_REPORT_FAILED": "发货信息上报失败", "MESSAGE_TEMPLATE_WRONG": "消息模板有误",
        "SHIPPING_OVERDUE": "发货超时预警", "STOCK_LOW": "库存不足", "PARCEL_NOT_CORRECTED": "运单号未能在微信更正"},
        other="其他待办"),
    "ops.list_cases.state": Words(CaseState, {"OPEN": "待处理", "RESOLVED": "已处理"}, other="其他"),
    "ops.resolve_case.state": {"OPEN": "待处理", "RESOLVED": "已处理"},
    "sellers.state": Words(SellerState, {
        "PENDING": "待审核", "ACTIVE": "营业中", "SUSPENDED": "暂停营业", "REFUSED": "未通过"}, other="其他"),
    "SellerRow.buttons": {"approve": "通过", "refuse": "拒绝", "suspend": "暂停营业", "resume": "恢复营业"},
    "SharedWith.state": RECEIVERS,
}
