"""Messages to members."""

from mall.domains.messaging.tells import Channel
from mall.domains.messaging.values import Told
from mall.kit.state import Words

LABELS = {
    "dropped_today": "今日超限未发", "offers": "可用内容", "sent_today": "今日已发", "service_items": "服务号模板消息",
    "value": "内容",
}

OWN = {
    "messaging.items": "小程序订阅消息", "messaging.template_id": "微信模板 ID", "messaging.key": "模板字段",
    "messaging.channel": "发送渠道", "messaging.fields": "模板字段",
}

HINTS = {
    "messaging.key": "与微信后台一致，如 thing1", "messaging.text": "与内容二选一",
    "SaveTemplate.active": "停用后不再发送此类消息",
}

VALUES = {
    "messaging.save_template.channel": Words(Channel, {
        "SUBSCRIBE": "小程序订阅消息", "TEMPLATE": "服务号模板消息"}, other="其他渠道"),
    "messaging.value": {  # what messages tell
        "order_no": "订单号", "goods": "商品", "paid_fen": "付款金额", "paid_at": "付款时间", "delivery": "配送方式",
        "tracking_no": "运单号", "shipped_at": "发货时间", "size": "成团人数", "missing": "还差人数",
        "expires_at": "截止时间", "hint": "提示", "pay_fen": "订单金额", "ended_at": "结束时间", "title": "优惠券名称",
        "saving": "优惠内容", "valid_until": "有效期至", "condition": "使用条件", "number": "单号",
        "amount_fen": "退款金额", "finished_at": "到账时间", "cause": "退款原因", "asked_fen": "申请金额",
        "refused_at": "处理时间", "answer": "商家答复"},
    "offers": Words(Told, {
        "text": "文字", "word": "短词", "code": "编号", "fen": "金额", "moment": "时间", "count": "数量"},
        other="其他"),
}
