"""Refunds and what buyers ask back."""

from mall.domains.refunds.requests import RequestState
from mall.domains.refunds.rules import KIND_WORDS, ByHand, RefundCause, RefundState
from mall.kit.state import Words

LABELS = {
    "by_amount": "按金额退款", "cause": "退款来源", "closes": "退款后关闭订单", "evidence": "凭证",
    "evidence_ids": "凭证上传编号", "freight": "退运费", "how": "退款方式",
    "left_fen": "剩余可退金额", "order_state": "订单状态", "points_back": "退还积分", "points_taken": "扣回积分",
    "request": "退款申请", "seen_refunded_fen": "申请时已退金额", "seen_state": "申请时订单状态",
    "sentences": "退款说明", "settled_how": "线下退款方式", "settled_number": "线下退款流水号",
    "taken_back_fen": "扣回优惠", "wechat_refund_no": "商户退款单号",
}

OWN = {
    "RequestView.kind": "退款类型", "RequestView.kind_words": "退款类型", "RequestView.words": "处理进度",
    "RequestView.request_id": "申请编号", "refunds.request_id": "申请编号", "QuotedLine.title": "商品",
    "refunds.amount_fen": "退款金额", "refunds.balance_fen": "退回余额的金额", "refunds.kind": "退款类型",
    "refunds.reason": "退款原因", "refunds.lines": "退款商品", "refunds.quantity": "退款件数",
    "refunds.number": "线下退款流水号", "AnswerRequest.answer": "答复（买家可见）", "refunds.attempts": "退款次数",
    "refunds.created_at": "发起时间", "refunds.finished_at": "到账时间", "refunds.freight_fen": "其中运费",
    "AnswerRequest.accept": "同意退款", "RequestView.reason": "申请原因", "RequestView.note": "买家说明",
    "RequestView.state": "处理状态", "refunds.quote_refund.state": "订单状态", "RefundQuote.amount_fen": "退款总额",
    "refunds.state": "退款状态", "refunds.list_requests.state": "处理状态", "refunds.answer_request.state": "处理状态",
    "refunds.refunded_fen": "此前已退金额", "refunds.kept_fen": "仍留存的金额", "refunds.refund_nos": "退款单号",
    "GiveBackKept.amount_fen": "退还金额", "GiveBackKept.reason": "退还原因（买家可见）",
}

HINTS = {
    "points_taken": "这些商品获得的积分", "points_back": "下单时使用的积分", "StartRefund.freight": "不填则未发货时退",
    "QuoteRefund.freight": "不填则未发货时退", "StartRefund.lines": "不填则退全部剩余商品",
    "QuoteRefund.lines": "不填则退全部剩余商品", "by_amount": "退差价、退运费或补偿；与退商品二选一",
    "wechat_refund_no": "在微信商户平台可按此查询", "taken_back_fen": "剩余商品不再满足的优惠",
    "seen_refunded_fen": "期间另有退款时会提示重新确认", "seen_state": "状态已变时会提示重新确认",
    "AmountBack.line_ids": "不填则为整单", "GiveBackKept.amount_fen": "不填则退还全部留存款",
}

_REQUESTS = Words(RequestState, {
    "OPEN": "待处理", "ACCEPTED": "已同意", "REFUSED": "已拒绝", "WITHDRAWN": "买家已撤销", "OVERTAKEN": "已另行退款"},
    other="处理中")
_REFUNDS = Words(RefundState, {
    "DUE": "待退款", "SENT": "退款中", "DONE": "已退款", "FAILED": "退款失败"}, other="处理中")
_HOW = Words(ByHand, {"WECHAT_PLATFORM": "微信商户平台", "BANK_TRANSFER": "银行转账"}, other="其他方式")
VALUES = {
    "RequestView.state": _REQUESTS, "refunds.list_requests.state": _REQUESTS, "refunds.answer_request.state": _REQUESTS,
    "RefundView.state": _REFUNDS, "refunds.list_refunds.state": _REFUNDS, "refunds.retry_refund.state": _REFUNDS,
    "refunds.record_settled_by_hand.state": _REFUNDS,
    "refunds.start_refund.state": {**_REFUNDS, "NOTHING_TO_REFUND": "无需退款"},
    "RefundRow.kind": KIND_WORDS, "RefundView.kind": KIND_WORDS, "AmountBack.kind": KIND_WORDS,
    "RequestView.kind": KIND_WORDS,
    "cause": Words(RefundCause, {
        "LATE_PAYMENT": "关单后付款", "SECOND_PAYMENT": "重复付款", "WRONG_AMOUNT": "金额不符",
        "BROKEN_OFF": "分期未付清", "KEPT_BACK": "退还留存款", "STAFF": "商家退款", "FLASH": "极速退款"}, other="其他"),
    "how": _HOW, "settled_how": _HOW,
}
