"""Members, their points and stored value; the staff and what they may do."""

from mall.domains.members.growth import WORDS as GROWTH
from mall.domains.members.levels import LevelReason
from mall.domains.messaging.tells import Template
from mall.domains.points.rules import WORDS as POINTS
from mall.domains.sensitive.rules import ChangeState
from mall.domains.wallets.rules import WORDS as BALANCE
from mall.kit.state import Words

LABELS = {
    # members
    "about": "关联单号", "accounts": "微信账号", "actor": "操作人", "address_id": "地址编号", "addresses": "收货地址",
    "amount": "变动值", "appid": "应用 AppID", "avatar_url": "头像", "block": "限制状态", "block_id": "限制编号",
    "blocked": "仅看受限会员", "blocked_at": "限制时间", "blocked_by": "限制人编号", "blocked_by_name": "限制人",
    "blocks": "限制记录", "bought": "购买情况", "consents": "消息授权", "debt": "待补扣积分",
    "expiring": "即将过期积分", "from_level": "原等级", "growth": "成长值", "growth_of_year": "本会员年成长值",
    "has_more_blocks": "还有更早的限制记录", "has_more_changes": "还有更早的等级变更", "held": "占用积分",
    "held_fen": "占用余额", "in_year": "会员年内成长值", "is_all": "是否完整统计", "joined_at": "注册时间",
    "joined_from": "注册时间起", "joined_until": "注册时间止", "last_at": "最近下单时间", "level_name": "会员等级",
    "lift_note": "解除说明", "lifted_at": "解除时间", "lifted_by": "解除人编号", "lifted_by_name": "解除人",
    "member": "会员", "membership": "会员等级与成长值", "missing": "距下一等级还差", "next_level": "下一等级编码",
    "next_level_name": "下一等级", "nickname": "昵称", "openid": "OpenID", "paid": "已付款订单数",
    "paid_fen": "累计实付", "placed": "下单数", "points_debt": "待补扣积分", "remaining": "剩余可发次数",
    "replaces": "替换的活动", "review_at": "等级复核时间", "since": "绑定时间", "to_level": "新等级",
    "total": "累计成长值", "usable_coupons": "可用优惠券数", "year_ends_at": "会员年到期时间",
    # stored value
    "closing_fen": "期末余额", "made_at": "生成时间", "opening_fen": "期初余额", "safeguard_fen": "应备付金额",
    "spent_fen": "消费金额", "topped_up_fen": "充值金额",
    # staff
    "action_name": "操作", "active_staff": "在用员工数", "actor_id": "操作人编号", "actor_name": "操作人",
    "after": "变更后", "asked_by": "申请人", "before": "变更前", "breach": "异常记录", "change_id": "复核单号",
    "checked": "已校验条数", "decided_by": "处理人", "entry_id": "记录编号", "intact": "是否完整",
    "locked_networks": "被锁定的网络数", "locked_until": "锁定至", "may_set": "可修改的设置", "new_password": "新密码",
    "old_password": "原密码", "password": "登录密码", "permissions": "权限", "role_id": "角色编号", "role_name": "角色",
    "roles": "角色列表", "root": "当日校验值", "says": "变更内容", "sequence": "链上序号",
    "session_ended": "已退出登录", "settings": "店铺设置", "signed_out": "已在各处退出", "staff_id": "员工编号",
    "target": "操作对象", "token": "会话令牌", "username": "登录名", "value_fen": "让利金额", "why": "需复核的原因",
    "session_key": "会话密钥",
}

OWN = {
    "SafeguardingReport.percent": "备付金比例", "PointEntry.kind": "变动类型", "PointEntry.points": "变动积分",
    "Expiring.points": "积分数", "Expiring.expires_at": "过期时间", "MemberPoints.points": "可用积分",
    "MemberPoints.items": "积分明细", "ShownMember.points": "可用积分", "MemberWallet.items": "余额明细",
    "WalletEntry.amount_fen": "变动金额", "WalletEntry.kind": "变动类型", "MaskedAddress.name": "收货人",
    "MaskedAddress.is_default": "默认地址", "MemberGrowth.items": "成长值明细", "MemberGrowth.changes": "等级变更记录",
    "GrowthEntry.kind": "变动类型", "GrowthEntry.words": "变动说明", "LevelChange.reason": "变更原因",
    "LevelChange.order_no": "触发订单", "Membership.level": "等级编码", "Membership.percent": "会员折扣",
    "Membership.sentence": "升级提示", "MemberRow.level": "等级编码", "Block.reason": "限制原因",
    "PastBlock.reason": "限制原因", "PastBlock.note": "内部备注", "risk.reason": "限制原因（会员可见）",
    "risk.note": "内部备注", "risk.block_member.replaces": "替换的限制编号",
    "SafeguardingReport.refunded_fen": "退回余额", "Role.name": "角色名称", "SaveRole.name": "角色名称",
    "staff.list_staff.staff": "员工列表", "SaveStaff.active": "在职", "StaffMember.active": "在职",
    "SensitiveChange.action": "申请的操作", "SensitiveChange.subject": "涉及对象", "SensitiveChange.note": "处理意见",
    "SensitiveChange.reason": "申请原因", "SensitiveChange.created_at": "申请时间",
    "RejectSensitiveChange.reason": "驳回原因", "AuditEntry.created_at": "操作时间", "AuditLog.entries": "操作记录",
    "Breach.kind": "异常类型", "Breach.entry_id": "异常记录编号", "SaveSettings.reason": "变更原因",
    "SaveSettings.changes": "要修改的设置",
}

HINTS = {
    "SearchMembers.nickname": "按昵称开头查找", "SearchMembers.phone": "完整手机号", "joined_until": "不含该时刻",
    "debt": "退款时已被用掉的积分，从以后获得的积分中补扣",
    "points_debt": "退款时已被用掉的积分，从以后获得的积分中补扣", "BlockMember.until": "不填则一直限制到手动解除",
    "BlockMember.replaces": "修改现有限制时填写其编号", "is_all": "订单过多时只统计最近的一部分",
    "permissions": "* 为全部，orders.* 为一类", "SaveRole.role_id": "不填则新建角色",
    "SaveStaff.staff_id": "不填则新增员工", "SaveStaff.password": "新员工必填；填写则重设密码",
    "Membership.percent": "按价格的百分之几付款，95 为九五折", "root": "留档的校验值，用于比对",
    "SaveSettings.reason": "需双人复核时，复核人会看到", "why": "超出单人权限的原因",
    "safeguard_fen": "应存入备付金账户的金额",
}

MESSAGES = Words(Template, {
    "order_paid": "付款成功", "order_shipped": "订单发货", "group_progress": "拼团进展", "group_success": "拼团成功",
    "group_failed": "拼团失败", "coupon_expiring": "优惠券即将过期", "order_unpaid": "待付款提醒",
    "refund_done": "退款到账", "refund_refused": "退款申请被拒"}, other="消息")
VALUES = {
    "Breach.kind": {
        "CHANGED": "内容被改", "ENTRY_MISSING": "记录缺失", "SEAL_MISSING": "封存缺失", "NEVER_SEALED": "从未封存",
        "ROOT_DIFFERS": "校验值不符"},
    "staff.state": Words(ChangeState, {
        "PENDING": "待复核", "APPROVED": "已通过", "REJECTED": "已驳回", "WITHDRAWN": "已撤回", "EXPIRED": "已过期"},
        other="处理中"),
    "staff.save_settings.state": {"SAVED": "已保存"},
    "template": MESSAGES, "messages_at_night": MESSAGES,
    "PointEntry.kind": POINTS, "WalletEntry.kind": BALANCE, "GrowthEntry.kind": GROWTH,
    "LevelChange.reason": Words(LevelReason, {
        "GROWTH": "成长值变化", "YEARLY_REVIEW": "年度复核", "ACCOUNTS_MERGED": "账号合并"}, other="其他"),
}
