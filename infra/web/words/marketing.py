"""Coupons, promotions and group buys."""

from mall.domains.coupons.rules import Channel, Outcome, TemplateState
from mall.domains.group_buys.rules import ActivityState
from mall.domains.pricing.basket import CouponKind, ScopeKind
from mall.domains.promotions.rules import PromotionState
from mall.kit.state import Words

LABELS = {
    # coupons
    "batch_id": "批次编号", "cap_fen": "最高优惠金额", "claim_from": "领取开始时间", "claim_until": "领取结束时间",
    "claimed": "已领取张数", "coupon_id": "优惠券编号", "issued": "发放张数", "member_ids": "会员编号列表",
    "offer": "优惠内容", "outcome": "发放结果", "per_member": "每人限领", "quota": "发放总量", "scope": "适用范围",
    "stack_group": "叠加分组", "terms": "优惠规则", "threshold_fen": "使用门槛", "valid_days": "领取后有效天数",
    "valid_from": "有效期开始", "ids": "商品或类目编号", "coupon": "优惠券草稿",
    # promotions
    "new_members_only": "仅限新客", "nth": "第几件", "promotion_id": "活动编号", "repeats": "循环优惠",
    "stacking": "叠加规则", "steps": "满减档位", "together": "跨商品合计件数", "weekdays": "星期", "group": "规则分组",
    "not_with": "不可叠加的分组", "several": "同一商品可享多个", "goods_coupons": "商品券可用张数",
    "free_shipping_coupons": "包邮券可用张数",
    # group buys
    "failed": "未成团数", "forming": "拼团中", "group_buy_id": "拼团活动编号", "leader_price_fen": "团长价",
    "leader_prices": "团长价", "open_hours": "成团时限", "prices": "拼团价", "size": "成团人数",
    "succeeded": "已成团数", "product_title": "商品",
}

OWN = {
    "coupons.title": "优惠券名称", "coupons.kind": "优惠券类型", "coupons.template_id": "优惠券模板编号",
    "coupons.channel": "发放渠道", "coupons.count": "兑换码数量", "coupons.codes": "兑换码",
    "CouponTemplate.codes": "已生成兑换码数", "CouponTemplate.used": "已使用张数", "CouponDraft.kind": "优惠券类型",
    "CouponScope.kind": "适用范围", "Scope.kind": "参与范围", "promotions.title": "活动名称",
    "promotions.kind": "活动类型", "promotions.state": "活动状态", "Good.price_fen": "活动价",
    "promotions.document": "活动规则", "pricing.kind": "活动类型", "Stacking.rows": "叠加规则",
    "Step.off_fen": "减免金额", "Step.threshold_fen": "满多少", "SimulatePromotion.threshold_fen": "金额门槛",
    "group_buys.title": "活动名称", "group_buys.state": "活动状态", "GroupPrice.price_fen": "拼团价",
    "group_buys.per_member": "每单限购件数", "pricing.list_rehearsals.title": "预演名称",
}

HINTS = {
    "CouponTerms.percent": "90 为九折", "cap_fen": "不填则不封顶", "quota": "张", "valid_days": "与固定有效期二选一",
    "valid_from": "与领取后有效天数二选一", "stack_group": "同组的券不能一起用", "ids": "商品编号，或类目编号",
    "promotions.percent": "付款的百分比，90 为九折，0 为免费", "pricing.percent": "付款的百分比，90 为九折，0 为免费",
    "promotions.priority": "数字大的先用", "pricing.priority": "数字大的先用", "repeats": "每满一次都优惠（每满减）",
    "together": "否则每个 SKU 分别计件", "most": "加价购为每单，引流品为每人", "weekdays": "1 为周一，7 为周日",
    "promotions.levels": "不填则所有等级", "pricing.levels": "不填则所有等级", "open_hours": "小时；不填则按店铺设置",
    "leader_price_fen": "不填则与团员同价", "size": "人", "nth": "如 2 为第二件",
    "SaveCoupon.template_id": "不填则新建优惠券", "SavePromotion.promotion_id": "不填则新建活动",
    "SaveGroupBuy.group_buy_id": "不填则新建活动", "pricing.replaces": "假设此活动不再进行",
    "pricing.stacking": "不填则按现行规则",
}

_KINDS = {
    "full_reduction": "满减", "limited_time": "限时折扣", "nth_piece": "第 N 件优惠", "member_day": "会员日",
    "add_on": "加价购", "gift": "满赠", "hook": "引流品"}
_SCOPES = Words(ScopeKind, {"all": "全部商品", "goods": "指定商品", "categories": "指定类目"}, other="其他")
_GROUPS = {
    **_KINDS, "group": "活动价", "goods_coupon": "商品优惠券", "free_shipping_coupon": "包邮券", "points": "积分抵扣"}
_COUPONS = Words(CouponKind, {
    "full_reduction": "满减券", "discount": "折扣券", "no_threshold": "无门槛券", "free_shipping": "包邮券"},
    other="其他")
VALUES = {
    "coupons.state": Words(TemplateState, {"ACTIVE": "发放中", "ENDED": "已停止"}, other="其他"),
    "coupons.channel": Words(Channel, {"CENTRE": "领券中心", "CODE": "兑换码", "STAFF": "定向发放"}, other="其他"),
    "coupons.kind": _COUPONS, "CouponDraft.kind": _COUPONS,
    "outcome": Words(Outcome, {
        "ISSUED": "已发放", "LIMIT_REACHED": "已达每人上限", "GONE": "已发完", "UNKNOWN": "会员不存在",
        "MERGED": "已并入其他会员", "BLOCKED": "会员受限"}, other="其他"),
    "CouponScope.kind": _SCOPES, "Scope.kind": _SCOPES,
    "promotions.kind": _KINDS, "pricing.kind": _KINDS,
    "promotions.state": Words(PromotionState, {"ACTIVE": "进行中", "ENDED": "已结束"}, other="其他"),
    "group": _GROUPS, "not_with": _GROUPS,
    "group_buys.state": Words(ActivityState, {"ACTIVE": "进行中", "ENDED": "已结束"}, other="其他"),
}
