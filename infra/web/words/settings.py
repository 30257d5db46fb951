"""The shop's settings, each with what it does; its unit is told by its name."""

LABELS = {
    # trade
    "shop_name": "店铺名称", "shop_licence_no": "营业执照号",
    "cart_item_limit": "购物车商品种数上限", "pay_within_minutes": "未付款订单保留时间",
    "unpaid_orders_most": "每位会员未付款订单上限", "receive_after_days": "自动确认收货时间",
    # money
    "pay_fee_per_ten_thousand": "微信支付费率", "payment_tries": "支付请求次数上限",
    "refund_approval_limit_fen": "单笔订单单人让利上限", "refund_day_limit_fen": "单人每日让利上限",
    "flash_refund_most_fen": "极速退款单笔上限", "flash_refund_finished_orders": "极速退款所需已完成订单",
    "flash_refund_member_days": "极速退款所需注册天数", "flash_refund_times": "极速退款 30 天次数上限",
    "refund_request_days": "收货后可申请退款时间", "refund_requests_most": "每单退款申请次数上限",
    "refund_threshold_rule": "部分退款后不满足满减时", "refund_order": "组合支付退款顺序", "sharing_mode": "分账方式",
    "sharing_after_days": "收货后分账时间", "sharing_most_per_ten_thousand": "最高分账比例",
    "stored_value_licence": "预付卡备案", "top_up_least_fen": "单次充值下限", "top_up_most_fen": "单次充值上限",
    "wallet_most_fen": "余额上限", "safeguard_percent": "备付金比例",
    "seller_commission_per_ten_thousand": "新商家佣金比例", "issuer": "备案机关",
    # marketing
    "coupons_combine": "优惠券可与满减同用", "coupon_remind_days": "优惠券到期提醒", "code_tries": "兑换码尝试次数上限",
    "group_hours": "默认成团时限", "points_per_yuan": "每消费一元得积分", "points_days": "积分有效期",
    "points_grace_days": "退还积分最短有效期", "points_most_percent": "积分抵扣上限",
    "points_with_group_price": "拼团价可用积分", "check_in_points": "每日签到积分",
    # fulfilment
    "pickup_store": "自提门店", "pickup_tries": "核销尝试次数上限",
    # reach
    "unpaid_remind_minutes": "待付款提醒提前时间", "templates": "订阅消息模板",
    "consents_by_push": "由微信推送统计订阅授权", "quiet_from": "免打扰开始", "quiet_until": "免打扰结束",
    "messages_at_night": "免打扰时段仍发送", "message_channels": "消息渠道",
    "message_member_day_most": "每人每日同类消息上限", "message_day_most": "每日同类消息总上限",
    # people
    "member_levels": "会员等级", "address_limit": "收货地址上限", "session_days": "会员登录有效期",
    "member_address_tries": "同一网络会员登录次数上限", "member_session_tries": "同一会员登录次数上限",
    "try_minutes": "次数统计时长", "staff_session_hours": "员工登录有效期", "staff_tries": "密码错误锁定次数",
    "staff_address_tries": "同一网络员工登录次数上限", "staff_name_tries": "同一登录名尝试次数上限",
    "staff_account_tries": "同一员工账号尝试次数上限", "staff_lock_minutes": "员工锁定时间",
    "second_person": "双人复核", "sensitive_change_hours": "复核有效期", "data_key_days": "数据密钥更换周期",
    "member_uploads_a_day": "每位会员每日上传上限", "staff_uploads_a_day": "每位员工每日上传上限",
    "check_in_growth": "每日签到成长值", "free_freight": "免运费", "within": "成长值统计期",
}

OWN = {
    "MemberLevel.level": "等级编码", "MemberLevel.name": "等级名称", "MemberLevel.growth": "所需成长值",
    "MemberLevel.percent": "会员折扣", "Licence.number": "备案编号", "Licence.valid_until": "备案有效期至",
}

HINTS = {
    "shop_name": "买家和消息中显示的名称",
    "shop_licence_no": "自营店铺的统一社会信用代码，在店铺主页公示（电子商务法第十五条）；空：未填",
    "cart_item_limit": "一个购物车最多放多少种 SKU",
    "pay_within_minutes": "超时未付款自动关闭", "unpaid_orders_most": "同一会员最多有多少笔订单等待付款",
    "receive_after_days": "发货后多久自动确认收货",
    "pay_fee_per_ten_thousand": "与微信支付签约的费率，用于核对账单；60 为 0.6%",
    "payment_tries": "统计时长内，一位会员可发起支付、充值和取消的次数",
    "refund_approval_limit_fen": "一笔订单经退款和改价让出的金额，超过须双人复核；0 为一律复核，不高于每日上限",
    "refund_day_limit_fen": "一人一天内经退款、改价和发券让出的金额，超过须双人复核；0 为一律复核",
    "flash_refund_most_fen": "可信会员的退款在此金额内立即同意；0 为不开启",
    "flash_refund_finished_orders": "有这么多笔已收货订单的会员才可信",
    "flash_refund_member_days": "注册满这么多天的会员才可信", "flash_refund_times": "一位会员 30 天内最多几次",
    "refund_request_days": "超过后买家不能再申请；0 为不开放申请", "refund_requests_most": "一笔订单买家最多申请几次",
    "refund_threshold_rule": "保留优惠，或从退款中扣回", "refund_order": "微信与余额一起付款的订单，先退哪一种",
    "sharing_mode": "对之后付款的订单生效", "sharing_after_days": "冻结到收货时适用；与自动收货时间合计不超过 27 天",
    "sharing_most_per_ten_thousand": "一笔订单最多分出多少，以微信支付设置为准；3000 为 30%",
    "stored_value_licence": "单用途商业预付卡备案；登记后才能开启储值，过期后不能再充值",
    "top_up_least_fen": "不高于单次充值上限", "top_up_most_fen": "不高于余额上限",
    "wallet_most_fen": "充值后余额不超过此数；记名卡法定上限 5000 元",
    "safeguard_percent": "会员余额中须存入备付金账户的比例：按发卡主体为 20、30 或 40",
    "seller_commission_per_ten_thousand": "只影响新入驻商家；500 为 5%",
    "coupons_combine": "设置叠加规则后以叠加规则为准", "coupon_remind_days": "到期前多久提醒",
    "code_tries": "统计时长内，一位会员可尝试的兑换码个数", "group_hours": "活动没有另行设置时",
    "points_per_yuan": "对之后下单的订单生效；0 为不送，100 积分抵 1 元", "points_days": "从收货或签到起算",
    "points_grace_days": "退款退还的积分至少保留多久，不高于积分有效期",
    "points_most_percent": "优惠后商品金额中积分最多抵多少；0 为不可抵扣",
    "points_with_group_price": "设置叠加规则后以叠加规则为准",
    "check_in_points": "连续签到第一天、第二天……各得多少，之后重新开始；留空为不开启签到",
    "pickup_store": "门店名称和地址", "pickup_tries": "统计时长内，一位员工可尝试的提货码个数",
    "unpaid_remind_minutes": "订单关闭前多久提醒，须小于保留时间",
    "templates": "每类消息的微信模板 ID；字段不同的在消息模板中另设",
    "consents_by_push": "开启后以微信推送为准，不再统计小程序上报",
    "quiet_from": "按店铺时间；此时段消息留到结束后发送", "quiet_until": "与开始相同则不设免打扰",
    "message_channels": "按顺序尝试，前一个送不到时用后一个",
    "member_levels": "从低到高；折扣为付款的百分比，95 为九五折", "try_minutes": "各项次数上限按这段时间统计",
    "staff_tries": "同一网络连续输错几次密码后锁定", "member_address_tries": "统计时长内",
    "member_session_tries": "统计时长内", "staff_address_tries": "统计时长内",
    "staff_name_tries": "统计时长内，同一网络对同一登录名", "staff_account_tries": "统计时长内，未曾登录过的网络合计",
    "staff_lock_minutes": "锁定只对输错的网络有效",
    "second_person": "敏感设置和超限的让利须第二人复核；请先有两名有复核权限的员工",
    "sensitive_change_hours": "超时未复核则作废", "data_key_days": "加密个人信息的密钥多久更换",
    "member_uploads_a_day": "任意 24 小时内，头像、评价图和退款凭证一起算",
    "staff_uploads_a_day": "任意 24 小时内，图片、视频和表格一起算",
    "check_in_growth": "开启签到时，会员每天首次登录获得；0 为不送", "MemberLevel.percent": "95 为九五折",
    "message_member_day_most": "超过的不再发送", "message_day_most": "每个渠道分别计算",
    "stacking": "各类优惠能否同时使用；不填则按默认规则", "address_limit": "一位会员最多保存几个",
}

VALUES = {
    "refund_threshold_rule": {"keep": "保留优惠", "take_back": "从退款中扣回"},
    "refund_order": {"wechat_first": "先退微信", "balance_first": "先退余额"},
    "sharing_mode": {"off": "不分账", "at_once": "付款后立即分账", "on_receipt": "收货后分账"},
    "within": {"ever": "累计", "year": "会员年内"},
    "message_channels": {"SUBSCRIBE": "小程序订阅消息", "TEMPLATE": "服务号模板消息"},
}

UNITS = (  # how the names of settings end, the longer endings first
    ("_per_ten_thousand", "万分之", "of ten thousand"), ("_percent", "%", "%"), ("_fen", "元", "yuan"),
    ("_minutes", "分钟", "minutes"), ("_hours", "小时", "hours"), ("_days", "天", "days"), ("_tries", "次", "times"),
    ("_times", "次", "times"), ("_uploads_a_day", "个", "files"),
    ("message_day_most", "条", "messages"), ("message_member_day_most", "条", "messages"),
    ("unpaid_orders_most", "笔", "orders"), ("_finished_orders", "笔", "orders"), ("_requests_most", "次", "times"),
    ("cart_item_limit", "种", "kinds"), ("address_limit", "个", "addresses"), ("points_per_yuan", "积分", "points"),
    ("check_in_points", "积分", "points"), ("check_in_growth", "点", "points"),
)
