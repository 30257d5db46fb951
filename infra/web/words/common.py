"""What stands on pages of more than one chapter."""

LABELS = {
    "action": "操作", "active": "启用", "address": "收货地址", "amount_fen": "金额", "answer": "商家答复", "at": "时间",
    "attempts": "尝试次数", "balance_fen": "可用余额", "buttons": "可用操作", "changed_at": "最近修改时间",
    "changed_by": "最近修改人", "city": "城市", "code": "失败代码", "codes": "卡密", "created_at": "创建时间",
    "cursor": "翻页位置", "day": "日期", "days": "每日结果", "decided_at": "处理时间", "description": "商品描述",
    "detail": "详细地址", "display_name": "姓名", "district": "区县", "ended_at": "结束时间", "ends_at": "结束时间",
    "errors": "错误行", "expires_at": "到期时间", "file_url": "发票文件链接", "finished_at": "完成时间",
    "from_day": "开始日期", "goods": "活动价商品", "items": "列表", "is_default": "默认", "kind": "类型",
    "label": "备注名", "level": "会员等级", "levels": "参与的会员等级", "limit": "每页条数", "line_id": "订单行号",
    "lines": "商品明细", "member_id": "会员编号", "message": "失败原因", "next_cursor": "下一页",
    "next_step": "处理建议", "note": "备注", "number": "编号", "order_no": "订单号", "orders": "订单数",
    "paid_at": "付款时间", "pay_fen": "实付金额", "payment_no": "支付单号", "percent": "折扣", "phone": "手机号",
    "picture_url": "图片", "points": "积分", "position": "排序", "problem": "失败原因", "province": "省份",
    "quantity": "数量", "reason": "原因", "reference": "业务单号", "refunded_fen": "已退金额", "request_id": "请求编号",
    "resolved_at": "处理时间", "result": "结果", "results": "结果", "row": "行号", "row_count": "总行数",
    "rows": "行数", "seller_id": "商家编号", "sentence": "失败原因", "sku_id": "SKU 编号", "spec_values": "规格",
    "spu_id": "商品编号", "starts_at": "开始时间", "state": "状态", "state_words": "状态", "template": "消息类型",
    "text": "固定文字", "until": "限制截止时间", "until_day": "结束日期", "url": "下载链接",
    "valid_until": "有效期结束", "version": "版本", "words": "说明",
}

HINTS = {
    "cursor": "由上一页给出，不需填写", "until_day": "含当日", "version": "读取时的版本，数据已被他人修改时会提示",
}
