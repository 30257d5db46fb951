// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** Every refusal of the mall by its code. */
export interface Refusals {
  /** 改后的金额不能高于买家下单时的金额 */
  ABOVE_OFFER: { status: 422; retryable: false };
  /**
   * 您的两个账号刚刚合并为一个，请重试
   *
   * The member who called became another one while the call was under way; the next call is that one's.
   */
  ACCOUNTS_MERGED: { status: 409; retryable: true };
  /** 活动不存在，请返回商品页查看 */
  ACTIVITY_NOT_FOUND: { status: 404; retryable: false };
  /** 收货地址刚刚被修改过，请刷新后再改 */
  ADDRESS_CHANGED: { status: 409; retryable: false };
  /** 订单已经发货，不能再修改收货地址 */
  ADDRESS_FIXED: { status: 422; retryable: false };
  /** 收货地址已达上限，请先删除不用的地址 */
  ADDRESS_LIMIT_REACHED: { status: 422; retryable: false };
  /** 请选择收货地址 */
  ADDRESS_MISSING: { status: 400; retryable: false };
  /** 收货地址不存在，请重新选择 */
  ADDRESS_NOT_FOUND: { status: 404; retryable: false };
  /** 您已在该团中，请到我的订单查看 */
  ALREADY_IN_GROUP: { status: 409; retryable: false };
  /** 该笔账务已入账，无需重复操作 */
  ALREADY_POSTED: { status: 409; retryable: false };
  /** 这笔退款已提交过，无需重复操作，是否到账请查看退款进度 */
  ALREADY_REFUNDED: { status: 409; retryable: false };
  /** 订单金额不能超过 100000000.00 元，请分次下单 */
  AMOUNT_TOO_LARGE: { status: 422; retryable: false };
  /** 请填写拒绝的理由，买家会看到 */
  ANSWER_MISSING: { status: 400; retryable: false };
  /** 结束日期不能早于开始日期，且最多 92 天 */
  BAD_CHART_WINDOW: { status: 400; retryable: false };
  /** 优惠券规则有误，请检查后重试 */
  BAD_COUPON_TERMS: { status: 400; retryable: false };
  /** 翻页参数无效，请从第一页重新开始 */
  BAD_CURSOR: { status: 400; retryable: false };
  /** 结束时间必须晚于开始时间和现在 */
  BAD_GROUP_BUY_WINDOW: { status: 400; retryable: false };
  /** 拼团价格有误，请检查后重试 */
  BAD_GROUP_PRICES: { status: 400; retryable: false };
  /** 请求内容有误，请检查后重试 */
  BAD_INPUT: { status: 400; retryable: false };
  /** 统一社会信用代码不正确，请核对营业执照后重新填写 */
  BAD_LICENCE: { status: 400; retryable: false };
  /**
   * 登录凭证已失效，请重试
   *
   * The code was used, is too old, or was never WeChat's: the client asks for a new one.
   */
  BAD_LOGIN_CODE: { status: 400; retryable: false };
  /** 结束日期不能早于开始日期，且最多 92 天 */
  BAD_PERIOD: { status: 400; retryable: false };
  /** 权限名称有误，应为 *、domain.* 或 domain.action */
  BAD_PERMISSION: { status: 400; retryable: false };
  /** 发货数量应为正整数，并填写该行商品的 SKU */
  BAD_PIECES: { status: 400; retryable: false };
  /** 设置项不存在，或取值不在允许范围内 */
  BAD_SETTING: { status: 400; retryable: false };
  /** 请求签名无效，请重新登录后再试 */
  BAD_SIGNATURE: { status: 401; retryable: false };
  /** 税号不正确，请核对后重新填写 */
  BAD_TAX_NO: { status: 400; retryable: false };
  /** 运单号应为 4 至 64 位字母或数字，表格中请将该列设为文本格式 */
  BAD_TRACKING_NO: { status: 400; retryable: false };
  /**
   * 登录已超时，请重新登录
   *
   * The visitor did not begin this sign-in, or began it too long ago.
   */
  BAD_WEB_STATE: { status: 400; retryable: false };
  /** 余额不能按所选金额使用，请调整后重试 */
  BALANCE_NOT_USABLE: { status: 422; retryable: false };
  /** 余额不足，请核对后重试 */
  BALANCE_SHORT: { status: 422; retryable: false };
  /** 买家已用储值余额支付部分金额，改后的应付金额不能低于该部分 */
  BELOW_BALANCE: { status: 422; retryable: false };
  /** 未达到起购数量 */
  BELOW_LEAST: { status: 422; retryable: false };
  /**
   * 账单文件校验未通过，请稍后重新下载
   *
   * What was downloaded is not what WeChat announced (SHA-1), no text, or larger than BILL_LIMIT_BYTES.
   */
  BILL_DAMAGED: { status: 503; retryable: true };
  /**
   * 微信账单正在生成，请半小时后重试
   *
   * WeChat still writes the bill: ask again in half an hour.
   */
  BILL_NOT_READY: { status: 503; retryable: true };
  /**
   * 账单内容无法识别，请稍后重新拉取
   *
   * The file is none of WeChat's bills, or its rows do not add up to its own summary.
   */
  BILL_UNREADABLE: { status: 503; retryable: true };
  /**
   * 该会员的限制状态与您看到的不同，请刷新后重试
   *
   * `block_id` and `until` in the data: the block that stands, None when none does.
   */
  BLOCK_CHANGED: { status: 409; retryable: false };
  /** 限制结束时间须晚于现在 */
  BLOCK_IN_THE_PAST: { status: 400; retryable: false };
  /** 请求内容过大 */
  BODY_TOO_LARGE: { status: 413; retryable: false };
  /** 购物车已满，请先清理再添加 */
  CART_FULL: { status: 422; retryable: false };
  /** 待办不存在 */
  CASE_NOT_FOUND: { status: 404; retryable: false };
  /** 该待办已处理，无需重复操作 */
  CASE_RESOLVED: { status: 409; retryable: false };
  /** 类目不能移动到自己或自己的下级 */
  CATEGORY_IN_ITSELF: { status: 422; retryable: false };
  /** 类目不存在，请重新选择 */
  CATEGORY_NOT_FOUND: { status: 404; retryable: false };
  /** 类目最多三级，请选择更上级的类目 */
  CATEGORY_TOO_DEEP: { status: 422; retryable: false };
  /**
   * 内容已被修改，请刷新后重试
   *
   * Somebody saved the same document since it was read: data has `version` (now), `changed_by`, `changed_at`.
   */
  CHANGED_MEANWHILE: { status: 409; retryable: false };
  /** 该事项已有结论或已过期，请刷新后查看 */
  CHANGE_DECIDED: { status: 409; retryable: false };
  /** 待复核事项不存在 */
  CHANGE_NOT_FOUND: { status: 404; retryable: false };
  /** 提交复核之后内容已经变化，请拒绝后重新提交 */
  CHANGE_OUTDATED: { status: 409; retryable: false };
  /** 同样的变更正在等待双人复核，请另一位同事同意或拒绝，或由提交人撤回后再提交 */
  CHANGE_WAITS: { status: 409; retryable: false };
  /** 商家暂未开启签到活动 */
  CHECK_IN_OFF: { status: 422; retryable: false };
  /** 已达到每人限领数量，请先使用已领取的优惠券 */
  CLAIM_LIMIT_REACHED: { status: 422; retryable: false };
  /** 不在领取时间内，请留意活动时间 */
  CLAIM_NOT_OPEN: { status: 422; retryable: false };
  /** 虚拟商品的卡密不足，请补充卡密后再发货 */
  CODES_SHORT: { status: 422; retryable: false };
  /** 兑换码已被使用，请更换兑换码 */
  CODE_ALREADY_REDEEMED: { status: 409; retryable: false };
  /** 卡密重复，请检查后重新提交 */
  CODE_REPEATS: { status: 409; retryable: false };
  /** 兑换码不正确，请核对后重新输入 */
  CODE_UNKNOWN: { status: 404; retryable: false };
  /** 同一规格组合只能有一个 SKU */
  COMBINATION_REPEATS: { status: 400; retryable: false };
  /** 内容已发生变化，请刷新后重试 */
  CONFLICT: { status: 409; retryable: false };
  /** 优惠券已被领完，下次早点来 */
  COUPONS_GONE: { status: 422; retryable: false };
  /** 优惠券活动已结束，请新建优惠券 */
  COUPON_ENDED: { status: 422; retryable: false };
  /** 优惠券预演不能接着上一次继续，全部订单请使用后台预演 */
  COUPON_IN_ONE_CALL: { status: 400; retryable: false };
  /** 优惠券不存在或已下架 */
  COUPON_NOT_FOUND: { status: 404; retryable: false };
  /** 优惠券不可用，请重新选择 */
  COUPON_NOT_USABLE: { status: 422; retryable: false };
  /** 已有人领取，只能修改标题、领取时间，或增加发行量和限领数量 */
  COUPON_TERMS_FIXED: { status: 422; retryable: false };
  /** 会员日的星期不能重复 */
  DAY_TWICE: { status: 400; retryable: false };
  /** 只能拉取昨天及之前三个月内的账单 */
  DAY_WITHOUT_BILL: { status: 400; retryable: false };
  /** 必须有一个默认运费模板，请先将其他模板设为默认 */
  DEFAULT_FREIGHT_IS_NEEDED: { status: 422; retryable: false };
  /** 所选配送方式不适用于这些商品 */
  DELIVERY_MISMATCH: { status: 422; retryable: false };
  /**
   * 该差异已记录
   *
   * Another run wrote the same matter down first.
   */
  DIFFERENCE_KNOWN: { status: 409; retryable: false };
  /** 对账差异不存在 */
  DIFFERENCE_NOT_FOUND: { status: 404; retryable: false };
  /** 该差异已处理，无需重复操作 */
  DIFFERENCE_RESOLVED: { status: 409; retryable: false };
  /**
   * 系统正在升级，请稍后再试
   *
   * A newer release wrote it and meant something else by its fields: nothing is done until that release is back.
   */
  DOCUMENT_TOO_NEW: { status: 503; retryable: true };
  /** 该事件不存在或未处于暂停状态 */
  EVENT_NOT_PARKED: { status: 404; retryable: false };
  /**
   * 服务繁忙，请稍后再试
   *
   * A newer release told this event: its kind or its payload's version is not known here. It waits for it.
   */
  EVENT_TOO_NEW: { status: 503; retryable: true };
  /** 符合条件的订单超过 10000 行，请缩小时间范围后重试 */
  EXPORT_TOO_LARGE: { status: 422; retryable: false };
  /** 该类型的活动需要填写此项 */
  FIELD_NEEDED: { status: 400; retryable: false };
  /** 该类型的活动没有此项 */
  FIELD_OF_ANOTHER_KIND: { status: 400; retryable: false };
  /** 历史数据正在汇总，请稍后再试 */
  FIGURES_NOT_READY: { status: 503; retryable: true };
  /** 文件不存在，请重新上传 */
  FILE_NOT_FOUND: { status: 404; retryable: false };
  /**
   * 文件太大，请拆分后重试
   *
   * The stored object is larger than the caller can take; `data` has `size_bytes` and `limit_bytes`.
   */
  FILE_TOO_LARGE: { status: 422; retryable: false };
  /**
   * 该订单不能极速退款，请联系客服申请退款
   *
   * `data["reason"]`: OFF, NOTHING_LEFT, DELIVERED, NEW_ACCOUNT, FEW_ORDERS, TOO_OFTEN, TOO_MUCH.
   */
  FLASH_REFUND_REFUSED: { status: 422; retryable: false };
  /** 该网页未被允许调用商城 */
  FOREIGN_ORIGIN: { status: 403; retryable: false };
  /**
   * 新地址的运费不同，请确认后重新提交
   *
   * Shown before it is agreed to: `before_fen`, `after_fen` and `difference_fen`, of which nothing is charged.
   */
  FREIGHT_DIFFERS: { status: 409; retryable: false };
  /** 同一地区只能有一条运费规则 */
  FREIGHT_PLACE_REPEATS: { status: 400; retryable: false };
  /** 运费模板不存在，请重新选择 */
  FREIGHT_TEMPLATE_NOT_FOUND: { status: 404; retryable: false };
  /** 新地址的运费更高，请联系商家修改 */
  FREIGHT_WOULD_RISE: { status: 422; retryable: false };
  /** 赠品须为实物商品 */
  GIFT_IS_VIRTUAL: { status: 422; retryable: false };
  /** 同一个赠品规格只能出现一次 */
  GIFT_TWICE: { status: 400; retryable: false };
  /** 商品信息已变化，请确认后重新提交 */
  GOODS_CHANGED: { status: 409; retryable: false };
  /** 商品已下架或规格已停售，请选择其他商品 */
  GOODS_NOT_FOR_SALE: { status: 404; retryable: false };
  /** 活动中同一个规格只能出现一次 */
  GOODS_TWICE: { status: 400; retryable: false };
  /** 部分商品已下架或失效，请返回确认后重新提交 */
  GOODS_UNAVAILABLE: { status: 422; retryable: false };
  /** 不能授予或管理自己没有的权限 */
  GRANT_BEYOND_OWN: { status: 403; retryable: false };
  /** 拼团活动已结束，请新建活动 */
  GROUP_BUY_ENDED: { status: 422; retryable: false };
  /** 拼团活动不存在 */
  GROUP_BUY_NOT_FOUND: { status: 404; retryable: false };
  /** 拼团活动不在进行中，请选择其他商品 */
  GROUP_BUY_NOT_RUNNING: { status: 422; retryable: false };
  /** 已有人开团，只能修改标题、活动时间和每单限购数量 */
  GROUP_BUY_TERMS_FIXED: { status: 422; retryable: false };
  /** 该团已满，请参加其他团或自己开团 */
  GROUP_FULL: { status: 422; retryable: false };
  /** 该团不存在，请返回商品页查看 */
  GROUP_NOT_FOUND: { status: 404; retryable: false };
  /** 该团已结束，请参加其他团或自己开团 */
  GROUP_OVER: { status: 422; retryable: false };
  /** 正在处理的登录过多，请稍后再试 */
  HASHING_BUSY: { status: 429; retryable: true };
  /** 表格第一行缺少必需的列，请使用模板 */
  HEADER_INCOMPLETE: { status: 400; retryable: false };
  /** 表格第一行有无法识别或重复的列，请使用模板 */
  HEADER_UNKNOWN: { status: 400; retryable: false };
  /**
   * 请求未处理，请重试
   *
   * An old key was purged after it was registered anew and before it was locked: sent again, it is a new one.
   */
  IDEMPOTENCY_KEY_GONE: { status: 503; retryable: true };
  /** 缺少请求编号，请升级客户端后重试 */
  IDEMPOTENCY_KEY_MISSING: { status: 400; retryable: false };
  /** 同一个请求编号不能用于不同的内容 */
  IDEMPOTENCY_KEY_REUSED: { status: 409; retryable: false };
  /**
   * 该请求重复次数过多，请重新发起
   *
   * Each repetition leaves its nonce, and so many belong to no honest client.
   */
  IDEMPOTENCY_KEY_WORN_OUT: { status: 429; retryable: true };
  /** 当前状态不能进行此操作，请刷新查看最新状态 */
  ILLEGAL_MOVE: { status: 409; retryable: false };
  /** 取消后，已付的部分不予退还，请确认后重新提交 */
  INSTALMENTS_ARE_KEPT: { status: 422; retryable: false };
  /** 应付金额不足以分期支付，请减少使用的优惠或储值 */
  INSTALMENTS_DO_NOT_FIT: { status: 422; retryable: false };
  /** 已超过支付时间，不能再支付 */
  INSTALMENT_LAPSED: { status: 422; retryable: false };
  /** 还没有到支付时间 */
  INSTALMENT_NOT_OPEN: { status: 422; retryable: false };
  /**
   * 系统开小差了，请稍后再试
   *
   * The base of every refusal. Subclass one of the eight kinds below, never this.
   */
  INTERNAL: { status: 500; retryable: false };
  /**
   * 开票金额与应开金额不一致，请刷新后核对
   *
   * What is to be invoiced, or reddened, is another amount than the one recorded; `data` has `amount_fen`.
   */
  INVOICE_AMOUNT_CHANGED: { status: 409; retryable: false };
  /** 发票状态刚刚发生了变化，请刷新后再操作 */
  INVOICE_CHANGED: { status: 409; retryable: false };
  /** 发票抬头已被修改，请刷新后核对 */
  INVOICE_CORRECTED: { status: 409; retryable: false };
  /** 该订单已申请过发票 */
  INVOICE_EXISTS: { status: 409; retryable: false };
  /** 发票申请不存在 */
  INVOICE_NOT_FOUND: { status: 404; retryable: false };
  /** 该发票号码已被登记 */
  INVOICE_NUMBER_TAKEN: { status: 409; retryable: false };
  /** 红字发票的日期不能早于原发票，请核对 */
  ISSUED_EARLIER: { status: 400; retryable: false };
  /** 开票日期不能晚于明天 */
  ISSUED_LATER: { status: 400; retryable: false };
  /** 活动类型不能修改，请结束后新建活动 */
  KIND_STAYS: { status: 400; retryable: false };
  /** 至少保留一位启用中的店主，请先指定另一位店主 */
  LAST_OWNER: { status: 422; retryable: false };
  /** 没有这个会员等级，请重新选择 */
  LEVEL_UNKNOWN: { status: 400; retryable: false };
  /** 按商品退款与按金额退款请分开提交 */
  LINES_OR_AMOUNT: { status: 400; retryable: false };
  /** 订单中没有该商品 */
  LINE_NOT_IN_ORDER: { status: 404; retryable: false };
  /** 同一商品请合并为一行 */
  LINE_TWICE: { status: 400; retryable: false };
  /**
   * 账号已被限制使用，请联系客服
   *
   * `until` in the data: when it ends by itself; None: when the staff end it.
   */
  MEMBER_BLOCKED: { status: 403; retryable: false };
  /** 同一会员不能重复填写 */
  MEMBER_LISTED_TWICE: { status: 400; retryable: false };
  /**
   * 该会员的账号已合并，请按合并后的会员编号查询
   *
   * `member_id` in the data: whom the member became.
   */
  MEMBER_MERGED: { status: 404; retryable: false };
  /** 会员不存在 */
  MEMBER_NOT_FOUND: { status: 404; retryable: false };
  /** 模板字段与内容不匹配，请检查字段名与所选内容 */
  MESSAGE_FIELD_UNFIT: { status: 400; retryable: false };
  /** 请使用 POST 请求 */
  METHOD_NOT_ALLOWED: { status: 405; retryable: false };
  /** 退款数量超过可退数量 */
  MORE_THAN_BOUGHT: { status: 422; retryable: false };
  /**
   * 退还金额超过还留存的金额
   *
   * `data` has `left_fen`.
   */
  MORE_THAN_KEPT: { status: 422; retryable: false };
  /** 退款金额超过可退金额 */
  MORE_THAN_PAID: { status: 422; retryable: false };
  /** 发货数量超过待发货数量，请刷新后核对 */
  MORE_THAN_TO_SHIP: { status: 422; retryable: false };
  /** 没有这笔账务记录 */
  MOVEMENT_NOT_FOUND: { status: 404; retryable: false };
  /** 商户类型的接收方需填写商户全称 */
  NAME_NEEDED: { status: 400; retryable: false };
  /** 该规格有未结束的拼团活动，按新的购买规则拼团订单没有可以购买的数量；请先结束或修改拼团活动 */
  NOTHING_FOR_A_GROUP: { status: 422; retryable: false };
  /** 该订单没有留存的款项可退还 */
  NOTHING_KEPT: { status: 422; retryable: false };
  /** 所选内容没有可退的金额 */
  NOTHING_TO_ASK_FOR: { status: 422; retryable: false };
  /** 该订单没有可开票的金额 */
  NOTHING_TO_INVOICE: { status: 422; retryable: false };
  /** 库存变动数量不能为零 */
  NOTHING_TO_MOVE: { status: 400; retryable: false };
  /** 已经支付，无需再次支付 */
  NOTHING_TO_PAY: { status: 422; retryable: false };
  /** 该订单的款项已退回或正在退回买家，没有可再分账的金额，请关闭待办 */
  NOTHING_TO_SHARE: { status: 422; retryable: false };
  /**
   * 通知类型与接收地址不符
   *
   * Of a kind that has another address: WeChat sends it again, and staff are told.
   */
  NOTICE_MISPLACED: { status: 422; retryable: false };
  /** 通知内容与商户或应用不符 */
  NOTICE_NOT_OURS: { status: 422; retryable: false };
  /**
   * 通知未通过验证
   *
   * A notification that does not verify. Deliberately says nothing of why.
   */
  NOTICE_REJECTED: { status: 401; retryable: false };
  /** 该规格有未结束的拼团活动，售价必须高于拼团价；请先结束或修改拼团活动 */
  NOT_ABOVE_GROUP_PRICE: { status: 422; retryable: false };
  /** 没有权限进行此操作 */
  NOT_ALLOWED: { status: 403; retryable: false };
  /**
   * 单元格显示的内容与实际数值不同，请设为文本格式后重新填写
   *
   * A cell of a table that shows something else than it holds: a date, a rounded or a shortened number.
   */
  NOT_AS_SHOWN: { status: 400; retryable: false };
  /** 购买数量须为规定数量的整数倍 */
  NOT_A_MULTIPLE: { status: 422; retryable: false };
  /** 该会员目前没有被限制 */
  NOT_BLOCKED: { status: 422; retryable: false };
  /** 部分商品不配送到所选地区 */
  NOT_DELIVERABLE: { status: 422; retryable: false };
  /**
   * 用户未关注公众号
   *
   * The person does not follow the service account (any more).
   */
  NOT_FOLLOWING: { status: 422; retryable: false };
  /** 该商品仅限指定等级的会员购买 */
  NOT_FOR_YOUR_LEVEL: { status: 422; retryable: false };
  /**
   * 内容不存在或已被删除
   *
   * Also the answer for another person's row: that it exists is nobody's business.
   */
  NOT_FOUND: { status: 404; retryable: false };
  /** 没有这笔冻结 */
  NOT_HELD: { status: 404; retryable: false };
  /** 订单发货后才可申请发票 */
  NOT_INVOICEABLE: { status: 422; retryable: false };
  /** 商品不在购物车中，请刷新后重试 */
  NOT_IN_CART: { status: 404; retryable: false };
  /** 只有已发货、尚未收货的快递包裹可以更正或撤回 */
  NOT_ON_ITS_WAY: { status: 422; retryable: false };
  /** 请先登录 */
  NOT_SIGNED_IN: { status: 401; retryable: false };
  /** 只有快递订单可以拆分成多个包裹 */
  NOT_SPLIT: { status: 422; retryable: false };
  /** 订单不在待发货状态，请刷新后查看 */
  NOT_TO_SHIP: { status: 422; retryable: false };
  /** 只有虚拟商品可以添加卡密 */
  NOT_VIRTUAL: { status: 422; retryable: false };
  /**
   * 当天没有交易，没有账单
   *
   * WeChat has no bill for the day: nothing was traded.
   */
  NO_BILL: { status: 404; retryable: false };
  /**
   * 用户未订阅此消息，或订阅次数已用完
   *
   * The person allowed no message of this template, or every allowance is used. Not to be repeated.
   */
  NO_CONSENT_LEFT: { status: 422; retryable: false };
  /** 开启双人复核前，至少要有两位在职员工拥有复核权限 */
  NO_SECOND_PERSON: { status: 422; retryable: false };
  /** 没有这个操作 */
  NO_SUCH_ACTION: { status: 404; retryable: false };
  /** 该规格在此仓库没有库存记录 */
  NO_SUCH_STOCK: { status: 404; retryable: false };
  /**
   * 服务繁忙，请稍后再试
   *
   * Nothing was begun: the invocation is nearly over.
   */
  NO_TIME_LEFT: { status: 503; retryable: true };
  /**
   * 文件已被替换，请重新上传
   *
   * Another object stands under the key than the one that was looked at.
   */
  OBJECT_CHANGED: { status: 409; retryable: false };
  /** 该类订单只能购买同一商家的商品 */
  ONE_SELLER_ONLY: { status: 422; retryable: false };
  /**
   * 系统正在升级，请稍后再试
   *
   * An order of a newer release beside this one: whoever asks again comes to the newer one in time.
   */
  ORDER_KIND_UNKNOWN: { status: 503; retryable: true };
  /** 订单已超过付款时间，请重新下单 */
  ORDER_LAPSED: { status: 422; retryable: false };
  /** 订单不存在 */
  ORDER_NOT_FOUND: { status: 404; retryable: false };
  /** 只有待付款的订单可以改价；已付款的订单请用部分退款退还差价 */
  ORDER_NOT_UNPAID: { status: 422; retryable: false };
  /**
   * 支付单尚未同步，请稍后再试
   *
   * WeChat's order desk does not know the payment yet: a race just after paying.
   */
  ORDER_NOT_YET_VISIBLE: { status: 503; retryable: true };
  /** 请填写订单号或流水号中的一个 */
  ORDER_OR_REFERENCE: { status: 400; retryable: false };
  /** 订单状态刚刚发生了变化，请刷新后再决定 */
  ORDER_STATE_CHANGED: { status: 409; retryable: false };
  /** 这是商城自己的退款单号：按此单号退款的，到账后自动完成，无需登记 */
  OUR_OWN_NUMBER: { status: 400; retryable: false };
  /** 该单号已登记在另一笔退款上 */
  OUTSIDE_NUMBER_USED: { status: 409; retryable: false };
  /** 库存不足，请减少数量或选择其他商品 */
  OUT_OF_STOCK: { status: 422; retryable: false };
  /** 此操作不能在小程序云调用中进行 */
  OVER_HTTP_ONLY: { status: 403; retryable: false };
  /** 超出限购数量 */
  OVER_LIMIT: { status: 422; retryable: false };
  /** 不能复核自己或自己开设、管理的账号提交的事项，请由另一位同事处理 */
  OWN_CHANGE: { status: 403; retryable: false };
  /** 请先上传图片，不能使用外部网址 */
  OWN_UPLOADS_ONLY: { status: 422; retryable: false };
  /** 快递信息刚刚被更正过，请刷新后再改 */
  PARCEL_CHANGED: { status: 409; retryable: false };
  /** 订单没有该运单号的包裹，请刷新后核对 */
  PARCEL_NOT_FOUND: { status: 404; retryable: false };
  /** 该运单号已是本订单的一个包裹，请核对运单号 */
  PARCEL_SENT: { status: 422; retryable: false };
  /** 该运单号的包裹已撤回，如确已寄出，请在订单页发货 */
  PARCEL_WITHDRAWN: { status: 422; retryable: false };
  /**
   * 支付结果与账上记录不一致
   *
   * WeChat says of a payment that it paid what our books have as another one's, or as another amount.
   */
  PAYMENT_CONTRADICTS: { status: 422; retryable: false };
  /** 支付单不存在 */
  PAYMENT_NOT_FOUND: { status: 404; retryable: false };
  /** 订单正在支付确认中，请稍后查看订单状态 */
  PAYMENT_UNDER_WAY: { status: 422; retryable: true };
  /**
   * 支付暂不可用，请联系商家
   *
   * The merchant's papers or rights are wrong: a person must mend them, repeating does not help.
   */
  PAY_MISCONFIGURED: { status: 503; retryable: false };
  /**
   * 微信支付暂未回应，请稍后查看结果
   *
   * It may or may not have happened: ask again under the same number, or query. `data["cause"]`.
   */
  PAY_OUTCOME_UNKNOWN: { status: 503; retryable: true };
  /**
   * 微信支付未能受理，请稍后再试或联系客服
   *
   * WeChat refused for good; `data["wechat_code"]` is its reason, spelled as in the v3 documents.
   */
  PAY_REFUSED: { status: 422; retryable: false };
  /** 预演只能使用过去的订单，请选择更早的时间范围 */
  PERIOD_NOT_BEGUN: { status: 400; retryable: false };
  /** 预演的订单时间范围最长 92 天 */
  PERIOD_TOO_LONG: { status: 400; retryable: false };
  /** 自提订单无需发货，请在买家到店时核销提货码 */
  PICKUP_NOT_SHIPPED: { status: 422; retryable: false };
  /** 请填写提货人的姓名和手机号 */
  PICKUP_PERSON_MISSING: { status: 400; retryable: false };
  /** 只有平台管理员可以进行此操作 */
  PLATFORM_ONLY: { status: 403; retryable: false };
  /** 会员不存在 */
  POINTS_MEMBER_NOT_FOUND: { status: 404; retryable: false };
  /** 积分不能按所选数量使用，请调整后重试 */
  POINTS_NOT_USABLE: { status: 422; retryable: false };
  /** 积分不足，请减少使用数量后重试 */
  POINTS_SHORT: { status: 422; retryable: false };
  /** 价格已变化，请确认后重新提交 */
  PRICE_CHANGED: { status: 409; retryable: false };
  /** 限时折扣请填写折扣或各规格的限时价，二者择一 */
  PRICE_OR_PERCENT: { status: 400; retryable: false };
  /** 商品已被他人修改，请刷新后重试 */
  PRODUCT_CHANGED: { status: 409; retryable: false };
  /** 商品信息不完整，不能上架 */
  PRODUCT_INCOMPLETE: { status: 422; retryable: false };
  /** 商品不存在或已下架 */
  PRODUCT_NOT_FOUND: { status: 404; retryable: false };
  /** 请填写商品编号或 SKU 编号 */
  PRODUCT_OR_SKU: { status: 400; retryable: false };
  /** 活动不存在或已结束 */
  PROMOTION_NOT_FOUND: { status: 404; retryable: false };
  /**
   * 该推送已处理
   *
   * The same push again: nothing is done, and WeChat is told that it went well.
   */
  PUSH_ALREADY_HEARD: { status: 409; retryable: false };
  /** 推送缺少必要内容 */
  PUSH_INCOMPLETE: { status: 400; retryable: false };
  /**
   * 推送未通过验证
   *
   * A push that does not verify. Deliberately says nothing of why.
   */
  PUSH_REJECTED: { status: 401; retryable: false };
  /**
   * 推送内容无法解析
   *
   * It was WeChat's, and is neither XML nor JSON of a message.
   */
  PUSH_UNREADABLE: { status: 400; retryable: false };
  /** 购买数量不符合要求，请调整后重试 */
  QUANTITY_NOT_ALLOWED: { status: 422; retryable: false };
  /** 发行量不能少于已领取的数量 */
  QUOTA_BELOW_CLAIMED: { status: 422; retryable: false };
  /** 请填写未通过的原因，申请人会看到 */
  REASON_NEEDED: { status: 400; retryable: false };
  /** 分账接收方不存在 */
  RECEIVER_NOT_FOUND: { status: 404; retryable: false };
  /** 退款结果与账上记录不一致 */
  REFUND_CONTRADICTS: { status: 422; retryable: false };
  /** 只有失败的退款可以登记为线下处理 */
  REFUND_NOT_FAILED: { status: 409; retryable: false };
  /** 退款单不存在 */
  REFUND_NOT_FOUND: { status: 404; retryable: false };
  /** 已超过可申请退款的期限，请联系商家 */
  REFUND_NOT_TO_BE_ASKED: { status: 422; retryable: false };
  /** 该退款申请已有结果，请刷新后查看 */
  REFUND_REQUEST_ENDED: { status: 409; retryable: false };
  /** 退款申请不存在 */
  REFUND_REQUEST_NOT_FOUND: { status: 404; retryable: false };
  /** 该订单已有退款申请等待处理，请先撤销或等待商家处理 */
  REFUND_REQUEST_OPEN: { status: 409; retryable: false };
  /** 该订单有退款尚未到账，请在退款完成后再重试分账 */
  REFUND_UNDER_WAY: { status: 409; retryable: false };
  /** 预演已结束，无法取消 */
  REHEARSAL_ENDED: { status: 422; retryable: false };
  /** 预演不存在或已清理 */
  REHEARSAL_NOT_FOUND: { status: 404; retryable: false };
  /** 请求已被处理过，请重新发起 */
  REQUEST_REPLAYED: { status: 401; retryable: false };
  /** 角色名称已被使用，请换一个 */
  ROLE_NAME_TAKEN: { status: 409; retryable: false };
  /** 表格应有 1 至 2000 行商品 */
  ROW_COUNT_OUT_OF_RANGE: { status: 400; retryable: false };
  /** 起购、倍购与限购相互矛盾，没有可以购买的数量 */
  RULES_ALLOW_NOTHING: { status: 400; retryable: false };
  /** 当前不能进行此操作 */
  RULE_BROKEN: { status: 422; retryable: false };
  /** 调出和调入仓库不能相同 */
  SAME_WAREHOUSE: { status: 400; retryable: false };
  /** 请选择参加活动的商品或类目；全场活动不需要选择 */
  SCOPE_IS_EMPTY: { status: 400; retryable: false };
  /** 双人复核开启时不能单人授予复核权限，请先经两人同意关闭双人复核 */
  SECOND_PERSON_NEEDED: { status: 422; retryable: false };
  /** 商家资料已被他人修改，请刷新后重试 */
  SELLER_CHANGED: { status: 409; retryable: false };
  /** 店铺名称已被使用，请换一个 */
  SELLER_NAME_TAKEN: { status: 409; retryable: false };
  /** 商家不存在 */
  SELLER_NOT_FOUND: { status: 404; retryable: false };
  /** 商家尚未通过审核 */
  SELLER_NOT_OPEN: { status: 422; retryable: false };
  /**
   * 商家已暂停营业，暂不能购买
   *
   * `seller_id` in the data; the sentence says why.
   */
  SELLER_SUSPENDED: { status: 422; retryable: false };
  /** 登录已过期，请重新登录 */
  SESSION_EXPIRED: { status: 401; retryable: false };
  /** 设置已被他人修改，请刷新后重试 */
  SETTINGS_CHANGED: { status: 409; retryable: false };
  /** 各接收方的分账比例之和超过最大分账比例 */
  SHARES_ABOVE_MOST: { status: 422; retryable: false };
  /** 分账单不存在 */
  SHARE_NOT_FOUND: { status: 404; retryable: false };
  /** 该笔支付的剩余资金已解冻，不能再次分账，请与接收方线下结清 */
  SHARE_UNFROZEN: { status: 422; retryable: false };
  /**
   * 文件不符合模板，没有发货任何订单
   *
   * The file as a whole: columns are missing, or there are no rows or too many.
   */
  SHIPMENT_FILE_REFUSED: { status: 400; retryable: false };
  /**
   * 用户名或密码不正确；连续输错会暂时锁定账号，请稍后再试
   *
   * One answer for an unknown name, a wrong password, a locked and a deactivated account.
   */
  SIGN_IN_FAILED: { status: 401; retryable: false };
  /** SKU 编码已被使用，请更换 */
  SKU_CODE_TAKEN: { status: 409; retryable: false };
  /** SKU 不属于该商品，请刷新后重试 */
  SKU_NOT_OF_PRODUCT: { status: 404; retryable: false };
  /** 规格名称或规格值重复，请检查 */
  SPECS_REPEAT: { status: 400; retryable: false };
  /** SKU 的规格值与商品规格不一致，请检查 */
  SPEC_VALUES_DO_NOT_FIT: { status: 400; retryable: false };
  /** 叠加规则表有误：每组一行，“不同享”只能填写表中的其他组 */
  STACKING_UNCLEAR: { status: 400; retryable: false };
  /** 员工或角色数量已达上限 */
  STAFF_LIMIT_REACHED: { status: 422; retryable: false };
  /** 请求已过期，请校准手机时间后重试 */
  STALE_REQUEST: { status: 401; retryable: false };
  /** 所选期间超过 10000 行，请缩小时间范围后重试 */
  STATEMENT_TOO_LARGE: { status: 422; retryable: false };
  /** 满减的门槛和优惠须逐级递增，且优惠不能超过门槛 */
  STEPS_DO_NOT_ASCEND: { status: 400; retryable: false };
  /** 库存变动已记录，无需重复操作 */
  STOCK_ALREADY_MOVED: { status: 409; retryable: false };
  /** 可售库存不足，库存不能小于零，请核对数量 */
  STOCK_BELOW_ZERO: { status: 422; retryable: false };
  /** 一个规格在一个仓库最多 1000000000 件，请核对数量 */
  STOCK_TOO_LARGE: { status: 422; retryable: false };
  /** 商家尚未开通储值功能 */
  STORED_VALUE_OFF: { status: 422; retryable: false };
  /** 个人发票无需填写税号 */
  TAX_NO_UNCALLED_FOR: { status: 400; retryable: false };
  /** 商家未开通此消息提醒 */
  TEMPLATE_NOT_SET: { status: 422; retryable: false };
  /** 阶梯价的起订量须递增，单价须递减并低于售价 */
  TIERS_DO_NOT_ASCEND: { status: 400; retryable: false };
  /** 定时时间须晚于现在 */
  TIME_IS_PAST: { status: 400; retryable: false };
  /** 操作太频繁，请稍后再试 */
  TOO_MANY: { status: 429; retryable: true };
  /** 最多同时有 5 份入驻申请，请等待审核 */
  TOO_MANY_APPLICATIONS: { status: 422; retryable: false };
  /** 类目最多 2000 个 */
  TOO_MANY_CATEGORIES: { status: 422; retryable: false };
  /** 兑换码总数不能超过发行量，请减少数量或增加发行量 */
  TOO_MANY_CODES: { status: 422; retryable: false };
  /** 运费模板最多 50 个 */
  TOO_MANY_FREIGHT_TEMPLATES: { status: 422; retryable: false };
  /** 一次最多结算 50 种商品，请分次下单 */
  TOO_MANY_GOODS: { status: 422; retryable: false };
  /** 该订单申请发票的次数已达上限，请联系商家 */
  TOO_MANY_INVOICE_REQUESTS: { status: 422; retryable: false };
  /** 该订单的备注已达上限 */
  TOO_MANY_NOTES: { status: 422; retryable: false };
  /** 单个商品最多 9999 件 */
  TOO_MANY_OF_ONE: { status: 422; retryable: false };
  /** 一次最多结算 15 个商家或仓库的商品，请分次下单 */
  TOO_MANY_ORDERS: { status: 422; retryable: false };
  /** 一笔支付的订单最多共拆分成 15 个包裹，请合并发货 */
  TOO_MANY_PARCELS: { status: 422; retryable: false };
  /** 进行中和未开始的活动最多 50 个，请先结束不用的活动 */
  TOO_MANY_PROMOTIONS: { status: 422; retryable: false };
  /** 分账接收方最多 50 个，请先移除不用的接收方 */
  TOO_MANY_RECEIVERS: { status: 422; retryable: false };
  /** 该笔支付已退款 50 次，微信支付不再接受，请线下处理 */
  TOO_MANY_REFUNDS: { status: 422; retryable: false };
  /** 该订单申请退款的次数已达上限，请联系商家 */
  TOO_MANY_REFUND_REQUESTS: { status: 422; retryable: false };
  /** 同时最多进行 3 个预演，请等待完成或取消其中一个 */
  TOO_MANY_REHEARSALS: { status: 422; retryable: false };
  /** 该笔支付的分账请求已达微信上限，请与接收方线下结清 */
  TOO_MANY_SHARES: { status: 422; retryable: false };
  /** SKU 超过 20000 个，请联系技术支持分批导出 */
  TOO_MANY_TO_EXPORT: { status: 422; retryable: false };
  /** 尝试次数过多，请稍后再试 */
  TOO_MANY_TRIES: { status: 429; retryable: true };
  /** 尚未付款的订单过多，请先付款或取消后再下单 */
  TOO_MANY_UNPAID: { status: 422; retryable: false };
  /** 仓库最多 50 个，请修改或启用已有的仓库 */
  TOO_MANY_WAREHOUSES: { status: 422; retryable: false };
  /** 充值金额不在允许范围内 */
  TOP_UP_OUT_OF_BOUNDS: { status: 400; retryable: false };
  /** 商家的储值备案已到期，暂停充值；已有余额可继续使用 */
  TOP_UP_STOPPED: { status: 422; retryable: false };
  /**
   * 此处不支持这种文件，请换一种格式
   *
   * `data` has `taken`: the types that this purpose takes.
   */
  TYPE_NOT_TAKEN: { status: 422; retryable: false };
  /**
   * 服务繁忙，请稍后再试
   *
   * The outside world did not answer usefully; the same request may be sent again.
   */
  UNAVAILABLE: { status: 503; retryable: true };
  /** 快递公司无法识别，请从快递公司列表中选择 */
  UNKNOWN_CARRIER: { status: 400; retryable: false };
  /** 省市区无法识别，请选择列表中的名称 */
  UNKNOWN_DIVISION: { status: 400; retryable: false };
  /**
   * 没有这项权限，请检查名称
   *
   * `suggestions` in the data: names that are near, the nearest first.
   */
  UNKNOWN_PERMISSION: { status: 400; retryable: false };
  /** 文件无法读取，请使用模板另存为 xlsx 或 csv 后重试 */
  UNREADABLE_FILE: { status: 400; retryable: false };
  /** 文件还没有上传完成，请上传后再试 */
  UPLOAD_NOT_ARRIVED: { status: 422; retryable: true };
  /**
   * 此文件未通过检查或已被清理，请重新上传后再保存
   *
   * What is named here is not a checked file of the one who names it, of the sort that is shown there.
   */
  UPLOAD_NOT_CHECKED: { status: 422; retryable: false };
  /** 上传不存在或已清理，请重新上传 */
  UPLOAD_NOT_FOUND: { status: 404; retryable: false };
  /** 上传已过期，请重新上传 */
  UPLOAD_OVER: { status: 409; retryable: false };
  /**
   * 文件没有通过检查，请换一个
   *
   * The file was looked at and removed; the sentence says what is wrong with it.
   */
  UPLOAD_REFUSED: { status: 422; retryable: false };
  /** 用户名已被使用，请换一个 */
  USERNAME_TAKEN: { status: 409; retryable: false };
  /** 虚拟商品的库存等于卡密数量，请通过添加卡密入库 */
  VIRTUAL_FOLLOWS_CODES: { status: 422; retryable: false };
  /** 商品创建后不能在实物与虚拟之间切换 */
  VIRTUAL_IS_FIXED: { status: 422; retryable: false };
  /** 充值后余额将超过上限，请减少充值金额 */
  WALLET_FULL: { status: 422; retryable: false };
  /** 仓库已停用，不能再调入库存 */
  WAREHOUSE_CLOSED: { status: 422; retryable: false };
  /** 仓库不存在，请从仓库列表中选择 */
  WAREHOUSE_NOT_FOUND: { status: 404; retryable: false };
  /** 密码太容易被猜到，请不要使用用户名、重复或连续的字符以及常用密码 */
  WEAK_PASSWORD: { status: 400; retryable: false };
  /**
   * 微信接口调用过于频繁，请稍后再试
   *
   * A quota of this interface is used up, for the minute or the day.
   */
  WECHAT_BUSY: { status: 429; retryable: true };
  /**
   * 微信未受理此次请求，请稍后再试或联系客服
   *
   * WeChat refused; `data["errcode"]` says why, `data["rid"]` is what its support asks for.
   */
  WECHAT_REFUSED: { status: 422; retryable: false };
  /** 结束时间须晚于开始时间和现在 */
  WINDOW_IS_EMPTY: { status: 400; retryable: false };
  /** 该优惠券不能用这种方式领取，请查看领取说明 */
  WRONG_CHANNEL: { status: 422; retryable: false };
  /**
   * 提货码无效或已使用，请与买家核对
   *
   * One error for a wrong, a used and another seller's code: a guess learns nothing.
   */
  WRONG_PICKUP_CODE: { status: 422; retryable: false };
}
