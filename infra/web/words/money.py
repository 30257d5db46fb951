"""The ledger, reconciliation, profit sharing and invoices."""

from mall.domains.invoices.rules import InvoiceState, TitleKind
from mall.domains.reconciliation.rules import BillKind, BillState, DifferenceKind, DifferenceState, Subject
from mall.domains.settlements.rules import ReceiverKind, ReceiverState, ShareState
from mall.kit.state import Words

LABELS = {
    "file_upload_id": "发票文件上传编号",
    # ledger
    "leg": "分录号", "members": "会员账户类型",
    # reconciliation
    "bill_id": "账单编号", "difference_id": "差异编号", "file_key": "账单文件", "finished": "是否完成",
    "fund": "资金账单", "matched_at": "对账时间", "mended": "已自动消除", "mended_by": "处理方式",
    "opened": "新发现差异", "ours_fen": "商城金额", "pulled_at": "下载时间", "rows_count": "账单行数",
    "sha1": "文件校验值", "standing": "仍未处理差异", "theirs_fen": "微信金额", "totals": "汇总", "trade": "交易账单",
    # profit sharing
    "kept_fen": "商家留存", "net_fen": "分账基数", "parts": "分账明细", "per_ten_thousand": "分账比例",
    "receiver_id": "接收方编号", "relation": "与商家的关系", "returned_fen": "已回退金额", "share_no": "分账单号",
    "shared_fen": "已分金额",
    # invoices
    "invoice_id": "发票申请编号", "issued_at": "登记时间", "issued_on": "开票日期", "red_due_fen": "待红冲金额",
    "red_letters": "红字发票", "reddened_fen": "已红冲金额", "refusal": "拒绝原因", "requested_at": "申请时间",
    "tax_no": "税号", "title_kind": "抬头类型",
}

OWN = {
    "ReceiverSaved.state": "保存状态", "ledger.account": "科目", "ledger.accounts": "账户数",
    "ledger.entries": "分录数", "ledger.reference": "流水号", "ledger.reason": "业务类型",
    "ledger.created_at": "记账时间", "ledger.list_entries.limit": "分录条数", "BillRow.kind": "账单类型",
    "BillRow.state": "账单状态", "reconciliation.day": "账单日期", "reconciliation.subject": "类别",
    "reconciliation.kind": "差异类型", "reconciliation.sentence": "差异说明", "reconciliation.number": "单号",
    "reconciliation.note": "处理说明", "reconciliation.state": "处理状态", "settlements.kind": "接收方类型",
    "settlements.account": "接收方账号", "settlements.name": "接收方姓名（全称）", "settlements.amount_fen": "应分金额",
    "settlements.state": "分账状态", "settlements.list_receivers.state": "接收方状态", "Part.state": "到账状态",
    "invoices.title": "发票抬头", "invoices.amount_fen": "开票金额", "invoices.number": "发票号码",
    "invoices.state": "发票状态", "RedLetter.number": "红字发票号码", "RecordRedLetter.number": "红字发票号码",
    "RecordRedLetter.amount_fen": "红冲金额", "RedLetter.amount_fen": "红冲金额",
    "RecordRedLetter.issued_on": "红字发票日期", "RedLetter.issued_on": "红字发票日期",
    "invoices.refuse_request.reason": "拒绝原因（买家可见）", "invoices.version": "申请版本",
}

HINTS = {
    "Balance.amount_fen": "借方减贷方：欠别人的为负数", "Entry.amount_fen": "借方为正，贷方为负，一笔的合计为零",
    "ListEntries.reference": "与订单号二选一", "ListEntries.order_no": "与流水号二选一",
    "per_ten_thousand": "万分之几，500 为 5%", "SaveReceiver.account": "商户号，或个人的 OpenID",
    "SaveReceiver.name": "商户必填全称；微信会核对", "net_fen": "参与分账的金额",
    "reconciliation.finished": "未完成时请再次执行", "RecordInvoice.amount_fen": "票面金额",
    "RecordRedLetter.amount_fen": "票面金额，不带负号", "PullDay.day": "北京时间", "tax_no": "统一社会信用代码",
}

_BILLS = {"pulled": "已下载", "same": "无变化", "empty": "无交易", "storing": "数据较多，继续处理中"}
_DIFFERENCES = Words(DifferenceKind, {
    "MISSING_HERE": "商城缺少", "MISSING_THERE": "微信缺少", "AMOUNT": "金额不符", "FEE": "手续费不符",
    "STATE": "状态不符"}, other="其他")
_STANDING = Words(DifferenceState, {"OPEN": "待处理", "RESOLVED": "已处理", "MENDED": "已自动消除"}, other="其他")
_SHARES = Words(ShareState, {
    "DUE": "待分账", "SENT": "分账中", "DONE": "已分账", "FAILED": "分账失败", "NOTHING": "无需分账"}, other="处理中")
_RECEIVER_KINDS = Words(ReceiverKind, {"MERCHANT_ID": "商户号", "PERSONAL_OPENID": "个人"}, other="其他")
RECEIVERS = Words(ReceiverState, {"SAVING": "待微信确认", "ACTIVE": "已生效", "REMOVED": "已移除"}, other="其他")
_RELATIONS = {
    "STORE": "门店", "STAFF": "员工", "STORE_OWNER": "店主", "PARTNER": "合作伙伴", "HEADQUARTER": "总部",
    "BRAND": "品牌方", "DISTRIBUTOR": "分销商", "USER": "用户", "SUPPLIER": "供应商", "SERVICE_PROVIDER": "服务商",
    "PLATFORM": "平台"}
_ACCOUNTS = {
    "wechat": "微信支付待结算", "order_funds": "订单款", "receivable": "应付商家款", "coupon_cost": "优惠券成本",
    "marketing": "平台补贴", "unspent": "待退回款项", "refunds_payable": "应付退款", "paid_by_hand": "线下已付退款",
    "shared": "已分账", "shares_payable": "应付分账", "wechat_fee": "微信手续费", "stored_value": "会员储值",
    "points": "会员积分", "points_debt": "会员欠积分", "points_cost": "积分成本"}
VALUES = {
    "ledger.account": _ACCOUNTS,
    "ledger.reason": {
        "PAYMENT_RECEIVED": "收款", "PAYMENT_UNSPENT": "收款待退回", "TOPPED_UP": "充值", "BALANCE_HELD": "余额占用",
        "BALANCE_SPENT": "余额支付", "BALANCE_RELEASED": "余额释放", "COUPONS_USED": "优惠券抵扣",
        "ORDER_ENDED": "订单完成", "FORFEITED": "定金不退", "COUPONS_RETURNED": "优惠券抵扣退回",
        "GIVEN_BY_OTHERS": "平台补贴", "GIVEN_RETURNED": "平台补贴退回", "REFUND_DECIDED": "发起退款",
        "UNSPENT_RETURNED": "退回多收款", "REFUND_DONE": "退款到账", "REFUND_TRANSFERRED": "退款银行转账",
        "SHARE_DECIDED": "发起分账", "SHARE_DONE": "分账到账", "SHARE_RETURNED": "分账回退",
        "FEE_CHARGED": "微信手续费", "POINTS_HELD": "积分占用", "POINTS_SPENT": "积分抵扣",
        "POINTS_RELEASED": "积分释放", "POINTS_EARNED": "购物获得积分", "POINTS_CHECKED_IN": "签到获得积分",
        "POINTS_RETURNED": "退还积分", "POINTS_TAKEN_BACK": "扣回积分", "POINTS_DEBT_PAID": "补扣积分",
        "POINTS_EXPIRED": "积分过期", "ACCOUNTS_MERGED": "账号合并"},
    "members": {"stored_value": "会员储值", "points": "会员积分", "points_debt": "会员欠积分"},
    "BillRow.kind": Words(BillKind, {"TRADE": "交易账单", "FUND": "资金账单"}, other="其他账单"),
    "BillRow.state": Words(BillState, {
        "STORING": "写入中", "PULLED": "已下载", "MATCHED": "已对账", "REPLACED": "已被新账单替换"}, other="其他"),
    "reconciliation.list_differences.kind": _DIFFERENCES,
    "reconciliation.list_differences.state": _STANDING,
    "reconciliation.resolve_difference.state": _STANDING,
    "reconciliation.list_differences.subject": Words(Subject, {"PAYMENT": "收款", "REFUND": "退款"}, other="其他"),
    "mended_by": {
        "payments.query_stuck_payments": "系统自动查询收款", "refunds.query_stuck_refunds": "系统自动查询退款",
        "refunds.retry_refund": "重试退款", "reconciliation.resolve_difference": "人工处理"},
    "trade": _BILLS, "fund": _BILLS,
    "settlements.list_statements.state": _SHARES, "settlements.retry_share.state": _SHARES,
    "Part.state": {"PENDING": "分账中", "SUCCESS": "已到账", "CLOSED": "未到账"},
    "settlements.kind": _RECEIVER_KINDS,
    "settlements.list_receivers.state": RECEIVERS,
    "settlements.save_receiver.state": {"SAVED": "已保存"},
    "relation": _RELATIONS,
    "invoices.state": Words(InvoiceState, {
        "REQUESTED": "待开票", "ISSUED": "已开票", "RED_DUE": "待红冲", "RED": "已红冲", "CANCELLED": "已取消",
        "REFUSED": "已拒绝"}, other="其他"),
    "title_kind": Words(TitleKind, {"PERSONAL": "个人", "COMPANY": "企业"}, other="其他"),
}
