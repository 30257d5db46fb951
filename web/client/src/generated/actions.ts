// Written by `python -m infra.web generate` from the functions; changes here are lost.

import type { WaitsForSecondPerson } from "./kinds.js";
import type * as carts from "./carts.js";
import type * as catalog from "./catalog.js";
import type * as coupons from "./coupons.js";
import type * as fulfilment from "./fulfilment.js";
import type * as group_buys from "./group_buys.js";
import type * as insight from "./insight.js";
import type * as invoices from "./invoices.js";
import type * as ledger from "./ledger.js";
import type * as members from "./members.js";
import type * as messaging from "./messaging.js";
import type * as ops from "./ops.js";
import type * as orders from "./orders.js";
import type * as payments from "./payments.js";
import type * as points from "./points.js";
import type * as pricing from "./pricing.js";
import type * as promotions from "./promotions.js";
import type * as reconciliation from "./reconciliation.js";
import type * as refunds from "./refunds.js";
import type * as risk from "./risk.js";
import type * as sellers from "./sellers.js";
import type * as settlements from "./settlements.js";
import type * as staff from "./staff.js";
import type * as stock from "./stock.js";
import type * as wallets from "./wallets.js";

export type { carts, catalog, coupons, fulfilment, group_buys, insight, invoices, ledger, members, messaging, ops, orders, payments, points, pricing, promotions, reconciliation, refunds, risk, sellers, settlements, staff, stock, wallets };

/** Every action that a client may call, by its name. */
export interface Actions {
  /**
   * Take goods out of the cart (删除购物车商品); those that are not in it are no matter.
   *
   * Spec D1.
   *
   * For a member who is signed in.
   */
  "carts.drop_cart_items": {
    input: carts.drop_cart_items.DropCartItems;
    output: carts.drop_cart_items.Nothing;
    refusals: never;
  };
  /**
   * Put goods into the cart (加入购物车): add to what is there, or set the quantity.
   *
   * Spec D1. What is put in is selected. Raises GoodsNotForSale, SellerSuspended, CartFull, TooManyOfOne.
   *
   * For a member who is signed in.
   */
  "carts.put_cart_item": {
    input: carts.put_cart_item.PutCartItem;
    output: carts.put_cart_item.CartSize;
    refusals: "CART_FULL" | "GOODS_NOT_FOR_SALE" | "SELLER_SUSPENDED" | "TOO_MANY_OF_ONE";
  };
  /**
   * Select or deselect items of the cart (勾选), some or all.
   *
   * Spec D1. Raises NotInCart.
   *
   * For a member who is signed in.
   */
  "carts.select_cart_items": {
    input: carts.select_cart_items.SelectCartItems;
    output: carts.select_cart_items.Nothing;
    refusals: "NOT_IN_CART";
  };
  /**
   * My cart (购物车) with live prices: items, invalid ones apart, the sum of what is selected, add-on hints.
   *
   * Spec D1. Coupons and freight come with pricing.quote_checkout.
   *
   * For a member who is signed in.
   */
  "carts.view_cart": {
    input: carts.view_cart.Nothing;
    output: carts.view_cart.Cart;
    refusals: never;
  };
  /**
   * Copy a product (复制商品): a draft with the same goods under new SKU codes, without stock.
   *
   * Spec B4. SKUs that are sold no more are left out. Raises ProductNotFound, ProductIncomplete.
   *
   * For staff with the permission `catalog.copy_product`.
   */
  "catalog.copy_product": {
    input: catalog.copy_product.CopyProduct;
    output: catalog.copy_product.ProductCopied;
    refusals: "PRODUCT_INCOMPLETE" | "PRODUCT_NOT_FOUND";
  };
  /**
   * Export all goods to a file (商品导出), CSV or Excel, behind a link that lasts ten minutes.
   *
   * Spec B4, docs/goods-table.md. The file can be changed and imported again by catalog.import_products; cells
   * that
   * a spreadsheet would run as a formula get an apostrophe before them. Raises TooManyToExport.
   *
   * For staff with the permission `catalog.export_products`.
   */
  "catalog.export_products": {
    input: catalog.export_products.ExportProducts;
    output: catalog.export_products.ProductsExported;
    refusals: "TOO_MANY_TO_EXPORT";
  };
  /**
   * What was uploaded is checked and may be used (上传完成): pictures are drawn anew, in the sizes that are shown.
   *
   * Spec B2 B4, docs/uploads.md. What is no such file, too large or broken is removed. Raises UploadNotFound,
   * NotArrived, UploadOver, UploadRefused.
   *
   * For staff with the permission `catalog.finish_upload`.
   */
  "catalog.finish_upload": {
    input: catalog.finish_upload.FinishUpload;
    output: catalog.finish_upload.UploadFinished;
    refusals: "UPLOAD_NOT_ARRIVED" | "UPLOAD_NOT_FOUND" | "UPLOAD_OVER" | "UPLOAD_REFUSED";
  };
  /**
   * The detail page of a product (商品详情) in one call: goods, this buyer's prices, stock, what applies.
   *
   * Spec B5, B9. Raises ProductNotFound, also for what is not listed, SellerSuspended with the reason.
   *
   * For anyone.
   */
  "catalog.get_product": {
    input: catalog.get_product.GetProduct;
    output: catalog.get_product.Product;
    refusals: "PRODUCT_NOT_FOUND" | "SELLER_SUSPENDED";
  };
  /**
   * Import goods from a file (商品导入): CSV or Excel, a row for each SKU; each row that is wrong says why.
   *
   * Spec B4, docs/goods-table.md. SKUs are known by their codes; new products become drafts. At most 2,000 rows
   * and
   * 5 MB, uploaded by catalog.issue_upload_url. Raises FileNotFound, FileTooLarge, UnreadableFile,
   * HeaderIncomplete,
   * HeaderUnknown, RowCountOutOfRange.
   *
   * For staff with the permission `catalog.import_products`.
   */
  "catalog.import_products": {
    input: catalog.import_products.ImportProducts;
    output: catalog.import_products.ProductsImported;
    refusals: "FILE_NOT_FOUND" | "FILE_TOO_LARGE" | "HEADER_INCOMPLETE" | "HEADER_UNKNOWN" | "ROW_COUNT_OUT_OF_RANGE" | "UNREADABLE_FILE";
  };
  /**
   * A form to upload one picture, video, PDF or import file straight to object storage (直传表单).
   *
   * Spec B2 B4, docs/uploads.md. The form is good for this key, this type and this size, for ten minutes; what
   * was
   * uploaded is used after catalog.finish_upload. Raises TypeNotTaken, TooManyTries.
   *
   * For staff with the permission `catalog.issue_upload_url`.
   */
  "catalog.issue_upload_url": {
    input: catalog.issue_upload_url.IssueUploadUrl;
    output: catalog.issue_upload_url.UploadForm;
    refusals: "TOO_MANY_TRIES" | "TYPE_NOT_TAKEN";
  };
  /**
   * The category tree (类目树): three levels at most, hidden branches left out.
   *
   * Spec B1.
   *
   * For anyone.
   */
  "catalog.list_categories": {
    input: catalog.list_categories.ListCategories;
    output: catalog.list_categories.Categories;
    refusals: never;
  };
  /**
   * All of the seller's categories (类目管理), hidden ones too, each with the version that a change has to name.
   *
   * Spec B1. The whole tree, parents before their children.
   *
   * For staff with the permission `catalog.list_own_categories`.
   */
  "catalog.list_own_categories": {
    input: catalog.list_own_categories.Nothing;
    output: catalog.list_own_categories.OwnCategories;
    refusals: never;
  };
  /**
   * Listed goods (商品列表): by category with all below it, tag and words of the title, in four orders.
   *
   * Spec B1. `price_from_fen` and `price_to_fen` are of the lowest price on the card, both included.
   *
   * For anyone.
   */
  "catalog.list_products": {
    input: catalog.list_products.ListProducts;
    output: catalog.list_products.ProductPage;
    refusals: never;
  };
  /**
   * The seller's own goods (商品管理列表), drafts and unlisted ones too, the newest first.
   *
   * Spec B4.
   *
   * For staff with the permission `catalog.list_shelf`.
   */
  "catalog.list_shelf": {
    input: catalog.list_shelf.ListShelf;
    output: catalog.list_shelf.ShelfPage;
    refusals: never;
  };
  /**
   * One of the seller's own products in full (编辑商品), with the version that a change has to name.
   *
   * Spec B2, B9. Raises ProductNotFound, also for another seller's, ProductOrSku where nothing is named.
   *
   * For staff with the permission `catalog.open_product`.
   */
  "catalog.open_product": {
    input: catalog.open_product.OpenProduct;
    output: catalog.open_product.Product;
    refusals: "PRODUCT_NOT_FOUND" | "PRODUCT_OR_SKU";
  };
  /**
   * List products (上架), at once or at a set time: each that is complete, and why not the others.
   *
   * Spec B4. Codes in the results: PRODUCT_NOT_FOUND, PRODUCT_INCOMPLETE. Raises TimeIsPast.
   *
   * For staff with the permission `catalog.publish_products`.
   */
  "catalog.publish_products": {
    input: catalog.publish_products.PublishProducts;
    output: catalog.publish_products.Published;
    refusals: "TIME_IS_PAST";
  };
  /**
   * Make, rename or move a category (保存类目): at most three levels, what stands below comes along.
   *
   * Spec B1. Raises CategoryNotFound, CategoryTooDeep, CategoryInItself, TooManyCategories,
   * ChangedMeanwhile, NotChecked.
   *
   * For staff with the permission `catalog.save_category`.
   */
  "catalog.save_category": {
    input: catalog.save_category.SaveCategory;
    output: catalog.save_category.CategorySaved;
    refusals: "CATEGORY_IN_ITSELF" | "CATEGORY_NOT_FOUND" | "CATEGORY_TOO_DEEP" | "TOO_MANY_CATEGORIES" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Make or change a product with its SKU matrix (保存商品): every combination of specifications once.
   *
   * Spec B2, B9. A new product is a draft until catalog.publish_products. New specification values are a new
   * SKU,
   * whatever its `sku_id`, and values that come back are the SKU they were. Raises SpecsRepeat,
   * SpecValuesDoNotFit,
   * CombinationRepeats, TiersDoNotAscend, SkuCodeTaken, ProductChanged, RulesAllowNothing, LevelUnknown,
   * NotChecked ...
   *
   * For staff with the permission `catalog.save_product`.
   */
  "catalog.save_product": {
    input: catalog.save_product.SaveProduct;
    output: catalog.save_product.ProductWasSaved | WaitsForSecondPerson;
    refusals: "COMBINATION_REPEATS" | "LEVEL_UNKNOWN" | "PRODUCT_CHANGED" | "RULES_ALLOW_NOTHING" | "SKU_CODE_TAKEN" | "SPECS_REPEAT" | "SPEC_VALUES_DO_NOT_FIT" | "TIERS_DO_NOT_ASCEND" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Add codes to a virtual SKU (卡密入库): each code once, and one unit of stock for each.
   *
   * Spec B2. Raises SkuNotOfProduct, NotVirtual, CodeRepeats, AlreadyMoved; then no code is added.
   *
   * For staff with the permission `catalog.save_virtual_codes`.
   */
  "catalog.save_virtual_codes": {
    input: catalog.save_virtual_codes.SaveVirtualCodes;
    output: catalog.save_virtual_codes.CodesSaved;
    refusals: "CODE_REPEATS" | "NOT_VIRTUAL" | "SKU_NOT_OF_PRODUCT" | "STOCK_ALREADY_MOVED";
  };
  /**
   * Unlist products (下架), at once or at a set time; at once also drops what was planned.
   *
   * Spec B4. Codes in the results: PRODUCT_NOT_FOUND. Raises TimeIsPast.
   *
   * For staff with the permission `catalog.withdraw_products`.
   */
  "catalog.withdraw_products": {
    input: catalog.withdraw_products.WithdrawProducts;
    output: catalog.withdraw_products.Withdrawn;
    refusals: "TIME_IS_PAST";
  };
  /**
   * Claim a coupon in the claim centre (领券): never more than the quota, nor than one person may have.
   *
   * Spec D4. Raises TemplateNotFound, WrongChannel, ClaimNotOpen, ClaimLimitReached, CouponsGone,
   * SellerSuspended.
   *
   * For a member who is signed in.
   */
  "coupons.claim_coupon": {
    input: coupons.claim_coupon.ClaimCoupon;
    output: coupons.claim_coupon.CouponClaimed;
    refusals: "CLAIM_LIMIT_REACHED" | "CLAIM_NOT_OPEN" | "COUPONS_GONE" | "FREIGHT_TEMPLATE_NOT_FOUND" | "SELLER_SUSPENDED" | "WRONG_CHANNEL";
  };
  /**
   * End a coupon template (停止发放): nobody gets one any more; those in people's hands stay good.
   *
   * Spec D4. Harmless when it has ended. Raises TemplateNotFound.
   *
   * For staff with the permission `coupons.end_coupon`.
   */
  "coupons.end_coupon": {
    input: coupons.end_coupon.EndCoupon;
    output: coupons.end_coupon.Nothing;
    refusals: "FREIGHT_TEMPLATE_NOT_FOUND";
  };
  /**
   * Give a coupon to listed members (定向发券), such as a search found; who gets none is told apart with the reason.
   *
   * Spec D4. In the order of the list until the quota is reached; never more than one person may have, nor to
   * who is
   * blocked. Raises TemplateNotFound, MemberListedTwice, WrongChannel, ClaimNotOpen.
   *
   * For staff with the permission `coupons.issue_coupons`.
   */
  "coupons.issue_coupons": {
    input: coupons.issue_coupons.IssueCoupons;
    output: coupons.issue_coupons.CouponsIssued | WaitsForSecondPerson;
    refusals: "CLAIM_NOT_OPEN" | "FREIGHT_TEMPLATE_NOT_FOUND" | "MEMBER_LISTED_TWICE" | "WRONG_CHANNEL";
  };
  /**
   * The claim centre (领券中心): coupons that may be claimed now, and how many of each I have and may have.
   *
   * Spec D4. A visitor sees the centre, too; one that is gone stays, with nothing left.
   *
   * For anyone.
   */
  "coupons.list_claimable_coupons": {
    input: coupons.list_claimable_coupons.ListClaimableCoupons;
    output: coupons.list_claimable_coupons.ClaimableCoupons;
    refusals: never;
  };
  /**
   * The shop's coupon templates (优惠券管理): what each gives and how many are claimed, the newest first.
   *
   * Spec D4.
   *
   * For staff with the permission `coupons.list_coupon_templates`.
   */
  "coupons.list_coupon_templates": {
    input: coupons.list_coupon_templates.ListCouponTemplates;
    output: coupons.list_coupon_templates.CouponTemplates;
    refusals: never;
  };
  /**
   * My coupons (我的优惠券) by tab: usable, used (or bound to an unpaid order), expired.
   *
   * Spec D4. Usable ones with the soonest end first, the others with the newest first.
   *
   * For a member who is signed in.
   */
  "coupons.list_my_coupons": {
    input: coupons.list_my_coupons.ListMyCoupons;
    output: coupons.list_my_coupons.MyCoupons;
    refusals: never;
  };
  /**
   * Make a batch of coupon codes (批量生成兑换码): shown once, in this answer, for print or for a partner.
   *
   * Spec D4. There are never more codes than the quota, so that none disappoints. Raises TemplateNotFound,
   * WrongChannel, CouponEnded, TooManyCodes.
   *
   * For staff with the permission `coupons.make_code_batch`.
   */
  "coupons.make_code_batch": {
    input: coupons.make_code_batch.MakeCodeBatch;
    output: coupons.make_code_batch.CodeBatch | WaitsForSecondPerson;
    refusals: "COUPON_ENDED" | "FREIGHT_TEMPLATE_NOT_FOUND" | "TOO_MANY_CODES" | "WRONG_CHANNEL";
  };
  /**
   * Redeem a coupon code (兑换优惠券): a code gives one coupon to one person, once.
   *
   * Spec D4. Raises CodeUnknown, CodeAlreadyRedeemed, ClaimNotOpen, ClaimLimitReached, CouponsGone, and
   * SellerSuspended: the code stays good.
   *
   * For a member who is signed in.
   */
  "coupons.redeem_code": {
    input: coupons.redeem_code.RedeemCode;
    output: coupons.redeem_code.CodeRedeemed;
    refusals: "CLAIM_LIMIT_REACHED" | "CLAIM_NOT_OPEN" | "CODE_ALREADY_REDEEMED" | "CODE_UNKNOWN" | "COUPONS_GONE" | "SELLER_SUSPENDED";
  };
  /**
   * Make or change a coupon template (优惠券): what it gives, on what, to how many, and when.
   *
   * Spec D4. Raises BadTerms, TemplateNotFound, CouponEnded, QuotaBelowClaimed, TooManyCodes, TermsFixed,
   * ChangedMeanwhile, and ProductNotFound, CategoryNotFound for a scope that names what the seller does not
   * have.
   *
   * For staff with the permission `coupons.save_coupon`.
   */
  "coupons.save_coupon": {
    input: coupons.save_coupon.SaveCoupon;
    output: coupons.save_coupon.CouponSaved | WaitsForSecondPerson;
    refusals: "BAD_COUPON_TERMS" | "CATEGORY_NOT_FOUND" | "COUPON_ENDED" | "FREIGHT_TEMPLATE_NOT_FOUND" | "GROUP_BUY_TERMS_FIXED" | "PRODUCT_NOT_FOUND" | "QUOTA_BELOW_CLAIMED" | "TOO_MANY_CODES";
  };
  /**
   * Hand over a pick-up order at the store (自提核销): its code works once.
   *
   * Spec E2, G4. Raises WrongPickupCode for a wrong, a used, and another seller's code alike, CodesShort
   * where a virtual line still lacks its codes.
   *
   * For staff with the permission `fulfilment.check_off_pickup`.
   */
  "fulfilment.check_off_pickup": {
    input: fulfilment.check_off_pickup.CheckOffPickup;
    output: fulfilment.check_off_pickup.PickedUp;
    refusals: "CODES_SHORT" | "WRONG_PICKUP_CODE";
  };
  /**
   * Put right a wrong carrier or tracking number after shipping (更正快递信息); the buyer is told, and WeChat once.
   *
   * Spec E2, E11, G3. Raises OrderNotFound, NotOnItsWay, UnknownCarrier, BadTrackingNo, ParcelSent (another
   * parcel of
   * the order has the number), ParcelChanged.
   *
   * For staff with the permission `fulfilment.correct_parcel`.
   */
  "fulfilment.correct_parcel": {
    input: fulfilment.correct_parcel.CorrectParcel;
    output: fulfilment.correct_parcel.ParcelCorrected;
    refusals: "BAD_TRACKING_NO" | "NOT_ON_ITS_WAY" | "ORDER_NOT_FOUND" | "PARCEL_CHANGED" | "PARCEL_SENT" | "UNKNOWN_CARRIER";
  };
  /**
   * Ship by file (Excel 批量发货): 订单号, 快递公司, 运单号; orders whose rows are right go out, the others say why.
   *
   * Spec E11, E2. Rows that name their SKU put it, or so many of it (发货数量), into the parcel. At most 1,000 rows
   * and 2 MB, uploaded by catalog.issue_upload_url. Raises NotFound, FileTooLarge, UnreadableFile,
   * ShipmentFileRefused.
   *
   * For staff with the permission `fulfilment.import_shipments`.
   */
  "fulfilment.import_shipments": {
    input: fulfilment.import_shipments.ImportShipments;
    output: fulfilment.import_shipments.ShipmentsImported;
    refusals: "FILE_TOO_LARGE" | "SHIPMENT_FILE_REFUSED" | "UNREADABLE_FILE";
  };
  /**
   * The carriers a parcel may go by (快递公司), with the ids that WeChat knows.
   *
   * Spec E2.
   *
   * For anyone.
   */
  "fulfilment.list_carriers": {
    input: {};
    output: fulfilment.list_carriers.Carriers;
    refusals: never;
  };
  /**
   * Orders that wait for shipping or pick-up (待发货列表), the oldest first.
   *
   * Spec E2, G1.
   *
   * For staff with the permission `fulfilment.list_to_ship`.
   */
  "fulfilment.list_to_ship": {
    input: fulfilment.list_to_ship.ListToShip;
    output: fulfilment.list_to_ship.ToShipPage;
    refusals: never;
  };
  /**
   * Ship up to a hundred parcels (批量发货), of whole orders or of parts (拆单发货): each tells whether it went out, and
   * why not.
   *
   * Spec E2, E11, G1. One transaction: all orders are locked, what can be shipped goes out together, the
   * others stay as they were. Outcomes: ORDER_NOT_FOUND NOT_TO_SHIP PICKUP_NOT_SHIPPED UNKNOWN_CARRIER
   * BAD_TRACKING_NO NOT_SPLIT PARCEL_SENT TOO_MANY_PARCELS LINE_NOT_IN_ORDER MORE_THAN_TO_SHIP CODES_SHORT.
   *
   * For staff with the permission `fulfilment.ship_orders`.
   */
  "fulfilment.ship_orders": {
    input: fulfilment.ship_orders.ShipOrders;
    output: fulfilment.ship_orders.OrdersShipped;
    refusals: never;
  };
  /**
   * Take back a parcel that did not go out after all (撤回包裹), before it was received; its pieces are to be
   * shipped.
   *
   * Spec E2, E11, G3. Pieces that were refunded while the parcel was on its way are back in stock. Raises
   * OrderNotFound, NotOnItsWay, ParcelNotFound.
   *
   * For staff with the permission `fulfilment.withdraw_parcel`.
   */
  "fulfilment.withdraw_parcel": {
    input: fulfilment.withdraw_parcel.WithdrawParcel;
    output: fulfilment.withdraw_parcel.ParcelWithdrawn;
    refusals: "NOT_ON_ITS_WAY" | "ORDER_NOT_FOUND" | "PARCEL_NOT_FOUND";
  };
  /**
   * End a group-buy activity (结束拼团活动): nobody opens or joins any more; paid seats go on to their group's end.
   *
   * Spec F1. Harmless when it has ended. Raises GroupBuyNotFound.
   *
   * For staff with the permission `group_buys.end_group_buy`.
   */
  "group_buys.end_group_buy": {
    input: group_buys.end_group_buy.EndGroupBuy;
    output: group_buys.end_group_buy.Nothing;
    refusals: "GROUP_BUY_NOT_FOUND";
  };
  /**
   * The shop's group-buy activities (拼团管理), the newest first, each with how its groups fared.
   *
   * Spec F1.
   *
   * For staff with the permission `group_buys.list_group_buys`.
   */
  "group_buys.list_group_buys": {
    input: group_buys.list_group_buys.ListGroupBuys;
    output: group_buys.list_group_buys.GroupBuys;
    refusals: never;
  };
  /**
   * Groups of a product that wait for people (可参加的团): those nearest to success first.
   *
   * Spec F1, E13. Not full, not over, somebody in it has paid, and its seller is not suspended.
   *
   * For anyone.
   */
  "group_buys.list_joinable_groups": {
    input: group_buys.list_joinable_groups.ListJoinableGroups;
    output: group_buys.list_joinable_groups.JoinableGroups;
    refusals: never;
  };
  /**
   * Make or change a group-buy activity (拼团活动): which product, how many people, how long, at what price.
   *
   * Spec F1, B9. Raises BadWindow, ProductNotFound, BadPrices, RulesAllowNothing, GroupBuyNotFound,
   * GroupBuyEnded,
   * TermsFixed, ChangedMeanwhile.
   *
   * For staff with the permission `group_buys.save_group_buy`.
   */
  "group_buys.save_group_buy": {
    input: group_buys.save_group_buy.SaveGroupBuy;
    output: group_buys.save_group_buy.GroupBuySaved | WaitsForSecondPerson;
    refusals: "BAD_GROUP_BUY_WINDOW" | "BAD_GROUP_PRICES" | "GROUP_BUY_ENDED" | "GROUP_BUY_NOT_FOUND" | "GROUP_BUY_TERMS_FIXED" | "PRODUCT_NOT_FOUND" | "RULES_ALLOW_NOTHING";
  };
  /**
   * One group as its page shows it (拼团详情): 还差1人, who is in it (masked), until when, and my part in it.
   *
   * Spec F1. Anyone with the link may look. Raises GroupNotFound.
   *
   * For anyone.
   */
  "group_buys.view_group": {
    input: group_buys.view_group.ViewGroup;
    output: group_buys.view_group.GroupView;
    refusals: "GROUP_NOT_FOUND";
  };
  /**
   * What coupons cost and what they brought by day (优惠券成本与成交).
   *
   * Spec D4, E9. Raises BadChartWindow, FiguresNotReady.
   *
   * For staff with the permission `insight.chart_coupons`.
   */
  "insight.chart_coupons": {
    input: insight.chart_coupons.Window;
    output: insight.chart_coupons.CouponsChart;
    refusals: "BAD_CHART_WINDOW" | "FIGURES_NOT_READY";
  };
  /**
   * Points by day (积分趋势), and how many are owed to members when each day ends.
   *
   * Spec A4, E9. Points belong to the platform. Raises PlatformOnly, BadChartWindow, FiguresNotReady.
   *
   * For staff with the permission `insight.chart_points`.
   */
  "insight.chart_points": {
    input: insight.chart_points.Window;
    output: insight.chart_points.PointsChart;
    refusals: "BAD_CHART_WINDOW" | "FIGURES_NOT_READY" | "PLATFORM_ONLY";
  };
  /**
   * Refunds by day (退款趋势), each on the day on which it was decided.
   *
   * Spec E9. Money that had nothing to pay for and went back is not among them. Raises BadChartWindow,
   * FiguresNotReady.
   *
   * For staff with the permission `insight.chart_refunds`.
   */
  "insight.chart_refunds": {
    input: insight.chart_refunds.Window;
    output: insight.chart_refunds.RefundsChart;
    refusals: "BAD_CHART_WINDOW" | "FIGURES_NOT_READY";
  };
  /**
   * Profit sharing by day (分账趋势): what receivers were promised, and what came back.
   *
   * Spec E7, E9. Raises BadChartWindow, FiguresNotReady.
   *
   * For staff with the permission `insight.chart_sharing`.
   */
  "insight.chart_sharing": {
    input: insight.chart_sharing.Window;
    output: insight.chart_sharing.SharingChart;
    refusals: "BAD_CHART_WINDOW" | "FIGURES_NOT_READY";
  };
  /**
   * Takings and paid orders by day (营业额趋势), exact by the ledger.
   *
   * Spec E9. The seller's own, today's as they are now; refunds are told by insight.chart_refunds. Raises
   * BadChartWindow, FiguresNotReady.
   *
   * For staff with the permission `insight.chart_takings`.
   */
  "insight.chart_takings": {
    input: insight.chart_takings.Window;
    output: insight.chart_takings.TakingsChart;
    refusals: "BAD_CHART_WINDOW" | "FIGURES_NOT_READY";
  };
  /**
   * Today (今日概览): what waits for the staff, and takings and orders hour by hour beside yesterday.
   *
   * Spec E9. The seller's own.
   *
   * For staff with the permission `insight.view_today`.
   */
  "insight.view_today": {
    input: insight.view_today.Nothing;
    output: insight.view_today.Today;
    refusals: never;
  };
  /**
   * Take back the request for an invoice (取消发票申请) that was not issued yet.
   *
   * Spec E12. The order may be invoiced anew. Raises InvoiceNotFound, also for somebody else's, IllegalMove once
   * it
   * was issued, InvoiceChanged.
   *
   * For a member who is signed in.
   */
  "invoices.cancel_request": {
    input: invoices.cancel_request.CancelRequest;
    output: invoices.cancel_request.RequestCancelled;
    refusals: "ILLEGAL_MOVE" | "INVOICE_CHANGED" | "INVOICE_NOT_FOUND";
  };
  /**
   * Correct the title of an invoice (修改发票抬头) that one has asked for and that was not issued yet.
   *
   * Spec E12. Who issues it meanwhile, with the title before, is told. Raises InvoiceNotFound, also for somebody
   * else's, IllegalMove, InvoiceCorrected, BadTaxNo, TaxNoUncalledFor.
   *
   * For a member who is signed in.
   */
  "invoices.correct_request": {
    input: invoices.correct_request.CorrectRequest;
    output: invoices.correct_request.RequestCorrected;
    refusals: "BAD_TAX_NO" | "ILLEGAL_MOVE" | "INVOICE_CORRECTED" | "INVOICE_NOT_FOUND" | "TAX_NO_UNCALLED_FOR";
  };
  /**
   * The accountant's statement (财务对账表) as an Excel file: payments, refunds, fees and invoices of a period.
   *
   * Spec E12. Numbers and amounts only, no buyer's data. Raises BadPeriod, StatementTooLarge.
   *
   * For staff with the permission `invoices.export_statement`.
   */
  "invoices.export_statement": {
    input: invoices.export_statement.ExportStatement;
    output: invoices.export_statement.StatementExported;
    refusals: "BAD_PERIOD" | "STATEMENT_TOO_LARGE";
  };
  /**
   * The seller's invoices (发票管理) by state: what is to be issued, what is to be reddened.
   *
   * Spec E12.
   *
   * For staff with the permission `invoices.list_invoices`.
   */
  "invoices.list_invoices": {
    input: invoices.list_invoices.ListInvoices;
    output: invoices.list_invoices.InvoicePage;
    refusals: never;
  };
  /**
   * The buyer's own invoices (我的发票), the newest first.
   *
   * Spec E12.
   *
   * For a member who is signed in.
   */
  "invoices.list_my_invoices": {
    input: invoices.list_my_invoices.ListMyInvoices;
    output: invoices.list_my_invoices.MyInvoices;
    refusals: never;
  };
  /**
   * Record an invoice that was issued (登记发票): its number, its day, where its file is.
   *
   * Spec E12. Raises InvoiceNotFound, IllegalMove, AmountChanged when it was printed for another amount than is
   * to be
   * invoiced by now, InvoiceCorrected when its buyer corrected what was printed, InvoiceChanged, NumberTaken,
   * IssuedLater, NotChecked, BadInput for two files.
   *
   * For staff with the permission `invoices.record_invoice`.
   */
  "invoices.record_invoice": {
    input: invoices.record_invoice.RecordInvoice;
    output: invoices.record_invoice.InvoiceRecorded;
    refusals: "ILLEGAL_MOVE" | "INVOICE_AMOUNT_CHANGED" | "INVOICE_CHANGED" | "INVOICE_CORRECTED" | "INVOICE_NOT_FOUND" | "INVOICE_NUMBER_TAKEN" | "ISSUED_LATER" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Record a red-letter invoice (登记红字发票) that takes back what was refunded.
   *
   * Spec E12. Raises InvoiceNotFound, IllegalMove, AmountChanged, InvoiceChanged when more became due meanwhile,
   * IssuedLater, IssuedEarlier.
   *
   * For staff with the permission `invoices.record_red_letter`.
   */
  "invoices.record_red_letter": {
    input: invoices.record_red_letter.RecordRedLetter;
    output: invoices.record_red_letter.RedLetterRecorded;
    refusals: "ILLEGAL_MOVE" | "INVOICE_AMOUNT_CHANGED" | "INVOICE_CHANGED" | "INVOICE_NOT_FOUND" | "ISSUED_EARLIER" | "ISSUED_LATER";
  };
  /**
   * Issue no invoice for a request (拒绝开票) and say why: its buyer reads it, and may ask anew.
   *
   * Spec E12. Raises InvoiceNotFound, IllegalMove once it was issued, InvoiceCorrected when its buyer corrected
   * what
   * was read, InvoiceChanged.
   *
   * For staff with the permission `invoices.refuse_request`.
   */
  "invoices.refuse_request": {
    input: invoices.refuse_request.RefuseRequest;
    output: invoices.refuse_request.RequestRefused;
    refusals: "ILLEGAL_MOVE" | "INVOICE_CHANGED" | "INVOICE_CORRECTED" | "INVOICE_NOT_FOUND";
  };
  /**
   * Ask for the invoice (申请发票) of one's own order, for what was paid and not refunded.
   *
   * Spec E12. Raises OrderNotFound, BadTaxNo, TaxNoUncalledFor, NotInvoiceable before the goods are sent,
   * NothingToInvoice, InvoiceExists, TooManyInvoiceRequests.
   *
   * For a member who is signed in.
   */
  "invoices.request_invoice": {
    input: invoices.request_invoice.RequestInvoice;
    output: invoices.request_invoice.InvoiceRequested;
    refusals: "BAD_TAX_NO" | "INVOICE_EXISTS" | "NOTHING_TO_INVOICE" | "NOT_INVOICEABLE" | "ORDER_NOT_FOUND" | "TAX_NO_UNCALLED_FOR" | "TOO_MANY_INVOICE_REQUESTS";
  };
  /**
   * The balances of the ledger's accounts (账户余额): what is held, owed and spent, to the fen.
   *
   * Spec E9. The platform's staff see every account, which add up to zero, those of members kind by kind; other
   * sellers' see their own. Raises PlatformOnly for members one by one.
   *
   * For staff with the permission `ledger.list_balances`.
   */
  "ledger.list_balances": {
    input: ledger.list_balances.ListBalances;
    output: ledger.list_balances.Balances;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * The ledger's entries of one order or one movement (记账明细), leg by leg.
   *
   * Spec E9. Raises OrderOrReference, MovementNotFound, also for another seller's.
   *
   * For staff with the permission `ledger.list_entries`.
   */
  "ledger.list_entries": {
    input: ledger.list_entries.ListEntries;
    output: ledger.list_entries.Entries;
    refusals: "MOVEMENT_NOT_FOUND" | "ORDER_OR_REFERENCE";
  };
  /**
   * Begin signing in from the H5 shop (网页登录): where to send the visitor, and the state to bring back.
   *
   * Spec A1. The state lasts ten minutes and works in the browser that holds the key, so nobody can be
   * made to sign in as somebody else by a link.
   *
   * For anyone.
   */
  "members.begin_web_sign_in": {
    input: members.begin_web_sign_in.BeginWebSignIn;
    output: members.begin_web_sign_in.WebSignInBegun;
    refusals: never;
  };
  /**
   * Bind the phone (绑定手机号) that WeChat vouches for, by the code of `getPhoneNumber`.
   *
   * Spec A1. Raises BadLoginCode for a used or unknown code, BadInput for a number from abroad.
   *
   * For a member who is signed in.
   */
  "members.bind_phone": {
    input: members.bind_phone.BindPhone;
    output: members.bind_phone.PhoneBound;
    refusals: "BAD_LOGIN_CODE";
  };
  /**
   * What a member uploaded is checked and may be used (会员上传完成): nothing but the picture itself is kept of it.
   *
   * Spec A1 E6, docs/uploads.md. What is no such file, too large or broken is removed. Raises UploadNotFound,
   * NotArrived, UploadOver, UploadRefused, TooManyTries.
   *
   * For a member who is signed in.
   */
  "members.finish_upload": {
    input: members.finish_upload.FinishUpload;
    output: members.finish_upload.UploadFinished;
    refusals: "TOO_MANY_TRIES" | "UPLOAD_NOT_ARRIVED" | "UPLOAD_NOT_FOUND" | "UPLOAD_OVER" | "UPLOAD_REFUSED";
  };
  /**
   * A form to upload one picture or video straight to object storage (会员上传): a face, evidence, a review.
   *
   * Spec A1 E6, docs/uploads.md. The form is good for this key, this type and this size, for ten minutes; what
   * was
   * uploaded is used after members.finish_upload. Raises TypeNotTaken, TooManyTries.
   *
   * For a member who is signed in.
   */
  "members.issue_upload_url": {
    input: members.issue_upload_url.IssueMemberUploadUrl;
    output: members.issue_upload_url.UploadForm;
    refusals: "TOO_MANY_TRIES" | "TYPE_NOT_TAKEN";
  };
  /**
   * List my addresses (收货地址), the default first, phones masked.
   *
   * Spec A2.
   *
   * For a member who is signed in.
   */
  "members.list_addresses": {
    input: members.list_addresses.Nothing;
    output: members.list_addresses.Addresses;
    refusals: never;
  };
  /**
   * What brought me growth value and what took it back (成长值明细), the newest first.
   *
   * Spec A3. The amounts of all entries add up to the growth value.
   *
   * For a member who is signed in.
   */
  "members.list_growth_entries": {
    input: members.list_growth_entries.ListGrowthEntries;
    output: members.list_growth_entries.GrowthEntries;
    refusals: never;
  };
  /**
   * Read a pasted address (地址识别): name, phone, province, city, district and the rest.
   *
   * Spec A2. Rules only: nothing is sent anywhere and nothing is stored.
   *
   * For a member who is signed in.
   */
  "members.parse_address": {
    input: members.parse_address.ParseAddress;
    output: members.parse_address.AddressRead;
    refusals: never;
  };
  /**
   * Remove an address (删除收货地址); orders keep their own copy.
   *
   * Spec A2. When the default goes, the newest one left takes its place. Raises NotFound for an address
   * that is not mine.
   *
   * For a member who is signed in.
   */
  "members.remove_address": {
    input: members.remove_address.RemoveAddress;
    output: members.remove_address.AddressRemoved;
    refusals: never;
  };
  /**
   * Show a member's phone whole (查看完整手机号) to one of the staff who has to call; the audit log keeps who looked.
   *
   * Spec A6, J4. Raises PlatformOnly, MemberMerged, MemberNotFound.
   *
   * For staff with the permission `members.reveal_phone`.
   */
  "members.reveal_phone": {
    input: members.reveal_phone.RevealPhone;
    output: members.reveal_phone.PhoneRevealed;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * Save an address (保存收货地址): a new one, or all parts of one that I have.
   *
   * Spec A2. Province, city and district are kept by their official names, however they are written. The first
   * address is the default; the default is moved, never taken away. Raises UnknownDivision (with `suggestions`),
   * NotFound for an address that is not mine, AddressLimitReached when the book is full (`address_limit`),
   * ChangedMeanwhile.
   *
   * For a member who is signed in.
   */
  "members.save_address": {
    input: members.save_address.SaveAddress;
    output: members.save_address.AddressSaved;
    refusals: "ADDRESS_LIMIT_REACHED" | "UNKNOWN_DIVISION";
  };
  /**
   * Look for members (会员查询): by number, phone or how the nickname begins; by level and joining; who is blocked.
   *
   * Spec A3, A6; phones masked. Raises PlatformOnly; MemberMerged for a number of old; BadInput for two ways of
   * looking at once.
   *
   * For staff with the permission `members.search_members`.
   */
  "members.search_members": {
    input: members.search_members.SearchMembers;
    output: members.search_members.FoundMembers;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY";
  };
  /**
   * All of one member on one page (会员详情): standing, value, orders, consents, sign-ins, blocks; masked.
   *
   * Spec A3, A6. Orders are counted and summed up of the last thousand. Raises PlatformOnly, MemberMerged,
   * MemberNotFound.
   *
   * For staff with the permission `members.show_member`.
   */
  "members.show_member": {
    input: members.show_member.ShowMember;
    output: members.show_member.ShownMember;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * One member's level, its history and growth value (会员等级与成长值), for the staff who answer questions about it.
   *
   * Spec A3. Members belong to the platform. Raises PlatformOnly, MemberMerged, MemberNotFound.
   *
   * For staff with the permission `members.show_member_growth`.
   */
  "members.show_member_growth": {
    input: members.show_member_growth.ShowMemberGrowth;
    output: members.show_member_growth.MemberGrowth;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * Sign in from the mini program (小程序登录): a cloud call's identity, or `wx.login`'s code.
   *
   * Spec A1. Raises BadLoginCode for a code that WeChat does not know, MemberBlocked never: a blocked
   * member may sign in and read why.
   *
   * For anyone.
   */
  "members.sign_in": {
    input: members.sign_in.SignIn;
    output: members.sign_in.SignedIn;
    refusals: "BAD_LOGIN_CODE" | "MEMBER_BLOCKED";
  };
  /**
   * Sign in from the H5 shop (网页授权登录): the service account's code, for the same member as elsewhere.
   *
   * Spec A1. Raises BadWebState when this browser did not begin the sign-in within ten minutes,
   * BadLoginCode for a code that WeChat does not know or a snapshot visitor (快照页).
   *
   * For anyone.
   */
  "members.sign_in_web": {
    input: members.sign_in_web.SignInWeb;
    output: members.sign_in_web.SignedInWeb;
    refusals: "BAD_LOGIN_CODE" | "BAD_WEB_STATE";
  };
  /**
   * Sign out (退出登录): this session ends at once, others of the member go on.
   *
   * Spec A1.
   *
   * For a member who is signed in.
   */
  "members.sign_out": {
    input: members.sign_out.Nothing;
    output: members.sign_out.SignedOut;
    refusals: never;
  };
  /**
   * Change nickname and picture (修改资料); what is not given stays.
   *
   * Spec A1. Raises OwnUploadsOnly, NotChecked, and ChangedMeanwhile when another of my devices was faster.
   *
   * For a member who is signed in.
   */
  "members.update_profile": {
    input: members.update_profile.UpdateProfile;
    output: members.update_profile.ProfileUpdated;
    refusals: "OWN_UPLOADS_ONLY" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * The member centre (会员中心): my level, what is missing to the next, growth value, points, coupons, balance.
   *
   * Spec A3. One round trip.
   *
   * For a member who is signed in.
   */
  "members.view_member_center": {
    input: members.view_member_center.Nothing;
    output: members.view_member_center.MemberCenter;
    refusals: never;
  };
  /**
   * Show my profile (我的资料), the phone masked.
   *
   * Spec A1.
   *
   * For a member who is signed in.
   */
  "members.view_profile": {
    input: members.view_profile.Nothing;
    output: members.view_profile.Profile;
    refusals: never;
  };
  /**
   * The merchant's message templates: which is set up how, and what each message can tell (消息模板设置).
   *
   * Spec I1. One of each kind; they belong to the platform. Raises PlatformOnly.
   *
   * For staff with the permission `messaging.list_own_templates`.
   */
  "messaging.list_own_templates": {
    input: messaging.list_own_templates.Nothing;
    output: messaging.list_own_templates.OwnTemplates;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * List the message templates (订阅消息模板) for which the client can ask the buyer's consent.
   *
   * Spec I1. Only those that the merchant has set up.
   *
   * For anyone.
   */
  "messaging.list_templates": {
    input: {};
    output: messaging.list_templates.MessageTemplates;
    refusals: never;
  };
  /**
   * Record which messages the buyer just allowed (记录订阅授权): one more of each, as WeChat counts them.
   *
   * Spec I1. `accepted` are our names of the templates with the answer "accept". Where WeChat's own push tells
   * it
   * (consents_by_push), what clients say is not counted beside it. Raises TemplateNotSet.
   *
   * For a member who is signed in.
   */
  "messaging.record_subscription": {
    input: messaging.record_subscription.RecordSubscription;
    output: messaging.record_subscription.Remaining;
    refusals: "TEMPLATE_NOT_SET";
  };
  /**
   * Say which template of the merchant's a message goes out by, and what stands in its fields (消息模板字段映射).
   *
   * Spec I1. Templates belong to the platform. Each field is checked against WeChat's kinds of value. It also
   * holds
   * for messages that wait, and ends the case about the template. Raises PlatformOnly, FieldUnfit,
   * ChangedMeanwhile.
   *
   * For staff with the permission `messaging.save_template`.
   */
  "messaging.save_template": {
    input: messaging.save_template.SaveTemplate;
    output: messaging.save_template.TemplateSaved;
    refusals: "MESSAGE_FIELD_UNFIT" | "PLATFORM_ONLY";
  };
  /**
   * Tell whether the mall works (健康检查): the database answers, events flow, the books are audited.
   *
   * Spec L6. Numbers only, for a monitor. A database that is away answers UNAVAILABLE (503) instead.
   *
   * For anyone.
   */
  "ops.check_health": {
    input: {};
    output: ops.check_health.Health;
    refusals: never;
  };
  /**
   * List what a person has to look at (待办): late payments, refunds that failed, books that do not agree.
   *
   * Spec L6. The seller's own, the newest first.
   *
   * For staff with the permission `ops.list_cases`.
   */
  "ops.list_cases": {
    input: ops.list_cases.ListCases;
    output: ops.list_cases.Cases;
    refusals: never;
  };
  /**
   * List the events that their listeners kept refusing (暂停的事件), to be replayed once the cause is gone.
   *
   * Spec L6. The oldest first. Raises PlatformOnly.
   *
   * For staff with the permission `ops.list_parked_events`.
   */
  "ops.list_parked_events": {
    input: ops.list_parked_events.ListParkedEvents;
    output: ops.list_parked_events.ParkedEvents;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * Put a parked event back into the queue (重新投递): only the listeners that have not heard it are told.
   *
   * Spec L6. It starts anew with all its attempts; the relay takes it within a minute. Raises EventNotParked.
   *
   * For staff with the permission `ops.replay_parked_event`.
   */
  "ops.replay_parked_event": {
    input: ops.replay_parked_event.ReplayParkedEvent;
    output: ops.replay_parked_event.Replayed;
    refusals: "EVENT_NOT_PARKED" | "PLATFORM_ONLY" | "REQUEST_REPLAYED";
  };
  /**
   * Resolve a case (处理待办), with a note of what was done.
   *
   * Spec L6. Raises CaseNotFound, also for another seller's case, and CaseResolved.
   *
   * For staff with the permission `ops.resolve_case`.
   */
  "ops.resolve_case": {
    input: ops.resolve_case.ResolveCase;
    output: ops.resolve_case.Resolved;
    refusals: "CASE_NOT_FOUND" | "CASE_RESOLVED";
  };
  /**
   * Audit the books now (立即核账) and read what does not agree.
   *
   * Spec E9. The rules of ops.audit_invariants over everything; opens no case. Raises PlatformOnly.
   *
   * For staff with the permission `ops.run_audit`.
   */
  "ops.run_audit": {
    input: ops.run_audit.RunAudit;
    output: ops.run_audit.Findings;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * Trace one order (订单追踪): what every book says about it, in the order of time, personal data masked.
   *
   * Spec L6. For the support desk. Raises OrderNotFound, also for another seller's order.
   *
   * For staff with the permission `ops.trace_order`.
   */
  "ops.trace_order": {
    input: ops.trace_order.TraceOrder;
    output: ops.trace_order.OrderTrace;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * Cancel an unpaid order (取消订单): closed at WeChat first, then everything it held goes back.
   *
   * Spec E4. A payment that came in between wins: the answer then tells that the order is paid.
   * Raises OrderNotFound, PaymentUnderWay, PartsAreKept.
   *
   * For a member who is signed in.
   */
  "orders.cancel_order": {
    input: orders.cancel_order.CancelOrder;
    output: orders.cancel_order.OrderCancelled;
    refusals: "INSTALMENTS_ARE_KEPT" | "ORDER_NOT_FOUND" | "PAYMENT_UNDER_WAY";
  };
  /**
   * Send my order to another address of my book before it is shipped (修改收货地址); the new freight is told first.
   *
   * Spec A2. Nothing is charged and nothing paid back; what would be dearer only the shop may change. Raises
   * OrderNotFound, NotFound, AddressFixed, AddressChanged, NotDeliverable, FreightDiffers, FreightWouldRise.
   *
   * For a member who is signed in.
   */
  "orders.change_address": {
    input: orders.change_address.ChangeAddress;
    output: orders.change_address.AddressChanged;
    refusals: "ADDRESS_CHANGED" | "ADDRESS_FIXED" | "FREIGHT_DIFFERS" | "FREIGHT_WOULD_RISE" | "NOT_DELIVERABLE" | "ORDER_NOT_FOUND";
  };
  /**
   * Close a buyer's unpaid order (关闭订单) from the order desk.
   *
   * Spec E11. As the buyer's cancel; a paid order is refunded instead. Raises OrderNotFound, PaymentUnderWay.
   *
   * For staff with the permission `orders.close_order`.
   */
  "orders.close_order": {
    input: orders.close_order.CloseOrder;
    output: orders.close_order.OrderClosed | WaitsForSecondPerson;
    refusals: "ORDER_NOT_FOUND" | "PAYMENT_UNDER_WAY";
  };
  /**
   * The buyer has the goods (确认收货).
   *
   * Spec E4. Raises OrderNotFound, IllegalMove unless it was shipped.
   *
   * For a member who is signed in.
   */
  "orders.confirm_receipt": {
    input: orders.confirm_receipt.ConfirmReceipt;
    output: orders.confirm_receipt.ReceiptConfirmed;
    refusals: "ILLEGAL_MOVE" | "ORDER_NOT_FOUND";
  };
  /**
   * How many orders stand in each tab of the buyer's page (订单角标).
   *
   * Spec E3. One query.
   *
   * For a member who is signed in.
   */
  "orders.count_order_tabs": {
    input: {};
    output: orders.count_order_tabs.OrderCounts;
    refusals: never;
  };
  /**
   * Orders as an Excel file (导出订单), a row for each line, behind a link that lasts ten minutes.
   *
   * Spec E11. Receivers stand in it in full for who may open them (orders.open_receiver), else masked; who
   * exported
   * what time's orders is in the audit log, and that receivers were shown whole. Raises ExportTooLarge above
   * 10,000
   * rows.
   *
   * For staff with the permission `orders.export_orders`.
   */
  "orders.export_orders": {
    input: orders.export_orders.ExportOrders;
    output: orders.export_orders.OrdersExported;
    refusals: "EXPORT_TOO_LARGE";
  };
  /**
   * One order of the buyer's own (订单详情), all of its page in one call.
   *
   * Spec E1 to E4. Raises OrderNotFound, also for somebody else's.
   *
   * For a member who is signed in.
   */
  "orders.get_order": {
    input: orders.get_order.GetOrder;
    output: orders.get_order.OrderDetail;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * The buyer's orders by tab (我的订单), the newest first, each with its lines and buttons.
   *
   * Spec E3. Orders and lines are read in one round trip each, whatever the size of the page.
   *
   * For a member who is signed in.
   */
  "orders.list_orders": {
    input: orders.list_orders.ListOrders;
    output: orders.list_orders.OrderPage;
    refusals: never;
  };
  /**
   * One more thing that staff want to remember of an order (商家备注), beside who wrote it and when.
   *
   * Spec E11. Buyers never see it. Raises OrderNotFound, TooManyNotes.
   *
   * For staff with the permission `orders.note_order`.
   */
  "orders.note_order": {
    input: orders.note_order.NoteOrder;
    output: orders.note_order.OrderNoted;
    refusals: "ORDER_NOT_FOUND" | "TOO_MANY_NOTES";
  };
  /**
   * Look at who receives an order, in full (查看收件人): name, phone and address; who looked is in the audit log.
   *
   * Spec A6, J4. Lists and pages of the desk show receivers masked; each look is an audit entry with the order's
   * number. Raises OrderNotFound, also for another seller's.
   *
   * For staff with the permission `orders.open_receiver`.
   */
  "orders.open_receiver": {
    input: orders.open_receiver.OpenReceiver;
    output: orders.open_receiver.ReceiverOpened;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * Place an order (下单): hold the stock, make an unpaid order of each seller and parcel, for thirty minutes.
   *
   * Spec E1, E13: one-click, cart and of a kind. Raises OutOfStock, PriceChanged, GoodsChanged, CouponNotUsable,
   * NotDeliverable, GoodsUnavailable, TooManyOfOne, TooManyOrders, AmountTooLarge, AddressMissing,
   * PickupPersonMissing,
   * ActivityNotFound, TooManyUnpaid, StoredValueOff, BalanceShort, BalanceNotUsable, PointsShort,
   * PointsNotUsable,
   * QuantityNotAllowed, what its kind refuses; BelowLeast, NotAMultiple, OverLimit, NotForYourLevel (B9).
   *
   * For a member who is signed in.
   */
  "orders.place_order": {
    input: orders.place_order.PlaceOrder;
    output: orders.place_order.OrderPlaced;
    refusals: "ACTIVITY_NOT_FOUND" | "ADDRESS_MISSING" | "AMOUNT_TOO_LARGE" | "BALANCE_NOT_USABLE" | "BALANCE_SHORT" | "BELOW_LEAST" | "COUPON_NOT_USABLE" | "GOODS_CHANGED" | "GOODS_UNAVAILABLE" | "NOT_A_MULTIPLE" | "NOT_DELIVERABLE" | "NOT_FOR_YOUR_LEVEL" | "OUT_OF_STOCK" | "OVER_LIMIT" | "PICKUP_PERSON_MISSING" | "POINTS_NOT_USABLE" | "POINTS_SHORT" | "PRICE_CHANGED" | "QUANTITY_NOT_ALLOWED" | "STORED_VALUE_OFF" | "TOO_MANY_OF_ONE" | "TOO_MANY_ORDERS" | "TOO_MANY_UNPAID";
  };
  /**
   * What the freight of my order would be to another address of my book (修改地址运费试算), before I change it.
   *
   * Spec A2, E11. Nothing is written. Raises OrderNotFound, NotFound, AddressFixed, NotDeliverable.
   *
   * For a member who is signed in.
   */
  "orders.quote_address": {
    input: orders.quote_address.QuoteAddress;
    output: orders.quote_address.AddressQuoted;
    refusals: "ADDRESS_FIXED" | "NOT_DELIVERABLE" | "ORDER_NOT_FOUND";
  };
  /**
   * What the freight of a buyer's order would be to another place (改地址运费试算), before staff send it there.
   *
   * Spec A2, E11. Nothing is written. Raises OrderNotFound, UnknownDivision, AddressFixed, NotDeliverable.
   *
   * For staff with the permission `orders.quote_redirect`.
   */
  "orders.quote_redirect": {
    input: orders.quote_redirect.QuoteRedirect;
    output: orders.quote_redirect.RedirectQuoted;
    refusals: "ADDRESS_FIXED" | "NOT_DELIVERABLE" | "ORDER_NOT_FOUND" | "UNKNOWN_DIVISION";
  };
  /**
   * Send a buyer's order to another address before it is shipped (改收货地址), as he asked on the phone.
   *
   * Spec A2, E11. Nothing is charged and nothing paid back; the shop bears what is dearer. Raises OrderNotFound,
   * UnknownDivision, AddressFixed, AddressChanged, NotDeliverable, FreightDiffers.
   *
   * For staff with the permission `orders.redirect_order`.
   */
  "orders.redirect_order": {
    input: orders.redirect_order.RedirectOrder;
    output: orders.redirect_order.OrderRedirected;
    refusals: "ADDRESS_CHANGED" | "ADDRESS_FIXED" | "FREIGHT_DIFFERS" | "NOT_DELIVERABLE" | "ORDER_NOT_FOUND" | "UNKNOWN_DIVISION";
  };
  /**
   * The merchant's order search (订单查询): by order, payment, parcel, receiver, member and goods; receivers masked.
   *
   * Spec E11. All that is asked for holds of each. Raises MemberMerged.
   *
   * For staff with the permission `orders.search_orders`.
   */
  "orders.search_orders": {
    input: orders.search_orders.SearchOrders;
    output: orders.search_orders.FoundOrders;
    refusals: "MEMBER_MERGED";
  };
  /**
   * One order at the merchant's desk (商家订单详情), its receiver and its delivered codes masked until opened.
   *
   * Spec E11. The pick-up code is not shown: it is the buyer's to show. Raises OrderNotFound, also for another
   * seller's.
   *
   * For staff with the permission `orders.view_order`.
   */
  "orders.view_order": {
    input: orders.view_order.ViewOrder;
    output: orders.view_order.OrderAtDesk;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * Start paying an order (发起支付): a prepay at WeChat under our own number, for JSAPI, Native or H5.
   *
   * Spec E5. Asking again gives the same payment; another channel or amount closes the old one first.
   * Raises OrderNotFound, NothingToPay, OrderLapsed, PaymentUnderWay, OutcomeUnknown (ask again).
   *
   * For a member who is signed in.
   */
  "payments.start_payment": {
    input: payments.start_payment.StartPayment;
    output: payments.start_payment.PaymentStarted;
    refusals: "NOTHING_TO_PAY" | "ORDER_LAPSED" | "ORDER_NOT_FOUND" | "PAYMENT_UNDER_WAY" | "PAY_OUTCOME_UNKNOWN";
  };
  /**
   * Sign in for today (每日签到) and get points, more for days in a row, and growth value.
   *
   * Spec A4, A3. Once a day of the shop's time zone, however often it is asked. Raises CheckInOff.
   *
   * For a member who is signed in.
   */
  "points.check_in_daily": {
    input: points.check_in_daily.Nothing;
    output: points.check_in_daily.CheckedIn;
    refusals: "CHECK_IN_OFF";
  };
  /**
   * The buyer's points (我的积分): what may be spent, what expires when, and what came and went, the newest first.
   *
   * Spec A4.
   *
   * For a member who is signed in.
   */
  "points.list_point_entries": {
    input: points.list_point_entries.ListPointEntries;
    output: points.list_point_entries.PointEntries;
    refusals: never;
  };
  /**
   * One member's points and their entries (会员积分), for the staff who answer questions about them.
   *
   * Spec A4. Points belong to the platform. Raises PlatformOnly, MemberMerged, MemberNotFound.
   *
   * For staff with the permission `points.show_member_points`.
   */
  "points.show_member_points": {
    input: points.show_member_points.ShowMemberPoints;
    output: points.show_member_points.MemberPoints;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * Change the price of an order that is not paid yet (改价): goods for less, freight for less or waived.
   *
   * Spec E11. Never above what the buyer was offered. A payment under way is closed at WeChat first. Raises
   * OrderNotFound, NotUnpaid, OrderLapsed, PriceChanged, AboveOffer, BelowBalance, GroupOver, PaymentUnderWay,
   * OutcomeUnknown.
   *
   * For staff with the permission `pricing.adjust_order_price`.
   */
  "pricing.adjust_order_price": {
    input: pricing.adjust_order_price.AdjustOrderPrice;
    output: pricing.adjust_order_price.OrderPriceAdjusted | WaitsForSecondPerson;
    refusals: "ABOVE_OFFER" | "BELOW_BALANCE" | "GROUP_OVER" | "ORDER_LAPSED" | "ORDER_NOT_FOUND" | "ORDER_NOT_UNPAID" | "PAYMENT_UNDER_WAY" | "PAY_OUTCOME_UNKNOWN" | "PRICE_CHANGED";
  };
  /**
   * Cancel a rehearsal that is under way (取消预演): what it found so far stays.
   *
   * Spec F13. Raises RehearsalNotFound, RehearsalEnded; one that was cancelled before stays so.
   *
   * For staff with the permission `pricing.cancel_rehearsal`.
   */
  "pricing.cancel_rehearsal": {
    input: pricing.cancel_rehearsal.CancelRehearsal;
    output: pricing.cancel_rehearsal.Nothing;
    refusals: "REHEARSAL_ENDED" | "REHEARSAL_NOT_FOUND";
  };
  /**
   * Explain the price of an order (价格明细): the explanation that was stored when it was placed.
   *
   * Spec D2. Raises OrderNotFound, also for another member's order.
   *
   * For a member who is signed in.
   */
  "pricing.explain_price": {
    input: pricing.explain_price.ExplainPrice;
    output: pricing.explain_price.PriceExplained;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * The seller's freight templates (运费模板列表).
   *
   * Spec D3. At most fifty.
   *
   * For staff with the permission `pricing.list_freight_templates`.
   */
  "pricing.list_freight_templates": {
    input: pricing.list_freight_templates.Nothing;
    output: pricing.list_freight_templates.FreightTemplates;
    refusals: never;
  };
  /**
   * The seller's rehearsals over whole periods (预演列表), the newest first, each with how far it has come.
   *
   * Spec F13. They are kept for 90 days after their end.
   *
   * For staff with the permission `pricing.list_rehearsals`.
   */
  "pricing.list_rehearsals": {
    input: pricing.list_rehearsals.ListRehearsals;
    output: pricing.list_rehearsals.Rehearsals;
    refusals: never;
  };
  /**
   * Price what a buyer is about to order (结算页): every fen explained, nothing held.
   *
   * Spec D2, D3, D4, E8, E13, B9. Raises GoodsUnavailable, AddressNotFound, ActivityNotFound, DeliveryMismatch,
   * QuantityNotAllowed, TooManyOfOne, TooManyOrders, AmountTooLarge, StoredValueOff, BalanceNotUsable,
   * PointsShort,
   * PointsNotUsable, OverLimit, PartsDoNotFit, and what the kind of the order refuses.
   *
   * For a member who is signed in.
   */
  "pricing.quote_checkout": {
    input: pricing.quote_checkout.QuoteCheckout;
    output: pricing.quote_checkout.CheckoutQuoted;
    refusals: "ACTIVITY_NOT_FOUND" | "ADDRESS_NOT_FOUND" | "AMOUNT_TOO_LARGE" | "BALANCE_NOT_USABLE" | "DELIVERY_MISMATCH" | "GOODS_UNAVAILABLE" | "INSTALMENTS_DO_NOT_FIT" | "OVER_LIMIT" | "POINTS_NOT_USABLE" | "POINTS_SHORT" | "QUANTITY_NOT_ALLOWED" | "STORED_VALUE_OFF" | "TOO_MANY_OF_ONE" | "TOO_MANY_ORDERS";
  };
  /**
   * Rehearse a draft of a promotion, a coupon, or what combines, over real orders of a past period (活动预演).
   *
   * Spec F13. Freight is left as it was, and hook prices for new members are nobody's. Of a coupon each member
   * has
   * one in hand at each order, `per_member` in all, and the `quota` goes in the order of placing; it is taken
   * where it
   * makes the order cheaper, and its windows are not asked. Raises BadCursor, CouponInOneCall, and as
   * pricing.simulate_promotion. All orders of a long period: pricing.start_rehearsal.
   *
   * For staff with the permission `pricing.rehearse_promotion`.
   */
  "pricing.rehearse_promotion": {
    input: pricing.rehearse_promotion.RehearsePromotion;
    output: pricing.rehearse_promotion.PromotionRehearsed;
    refusals: "BAD_CURSOR" | "COUPON_IN_ONE_CALL";
  };
  /**
   * Make or change a freight template (运费模板): fees by region and piece or weight, free-shipping thresholds.
   *
   * Spec D3. A seller has one default, which goods without a template of their own take. Raises
   * UnknownDivision (with `suggestions`), TemplateNotFound, TooManyTemplates, DefaultIsNeeded, PlaceRepeats,
   * ChangedMeanwhile.
   *
   * For staff with the permission `pricing.save_freight_template`.
   */
  "pricing.save_freight_template": {
    input: pricing.save_freight_template.SaveFreightTemplate;
    output: pricing.save_freight_template.FreightTemplateSaved | WaitsForSecondPerson;
    refusals: "DEFAULT_FREIGHT_IS_NEEDED" | "FREIGHT_PLACE_REPEATS" | "FREIGHT_TEMPLATE_NOT_FOUND" | "TOO_MANY_FREIGHT_TEMPLATES" | "UNKNOWN_DIVISION";
  };
  /**
   * Try a draft of a promotion or a coupon on a basket (活动试算): the price without it and with it; nothing is
   * saved.
   *
   * Spec D2, F6, F13. The buyer holds one of the coupon that is tried. Raises GoodsUnavailable, TooManyOfOne,
   * AmountTooLarge, StackingUnclear, LevelUnknown, PromotionNotFound for what it replaces, and what
   * promotions.save_promotion and coupons.save_coupon say of such.
   *
   * For staff with the permission `pricing.simulate_promotion`.
   */
  "pricing.simulate_promotion": {
    input: pricing.simulate_promotion.SimulatePromotion;
    output: pricing.simulate_promotion.PromotionSimulated;
    refusals: "AMOUNT_TOO_LARGE" | "GOODS_UNAVAILABLE" | "LEVEL_UNKNOWN" | "PROMOTION_NOT_FOUND" | "STACKING_UNCLEAR" | "TOO_MANY_OF_ONE";
  };
  /**
   * Start a rehearsal over all orders of a past period (全量预演): a timer goes through them.
   *
   * Spec F13. Three at once for a seller. Raises PeriodNotBegun, PeriodTooLong, TooManyRehearsals, and as
   * pricing.simulate_promotion.
   *
   * For staff with the permission `pricing.start_rehearsal`.
   */
  "pricing.start_rehearsal": {
    input: pricing.start_rehearsal.StartRehearsal;
    output: pricing.start_rehearsal.RehearsalStarted;
    refusals: "PERIOD_NOT_BEGUN" | "PERIOD_TOO_LONG" | "TOO_MANY_REHEARSALS";
  };
  /**
   * How far a rehearsal over a whole period has come, and what it found so far, day by day (预演结果).
   *
   * Spec F13. Raises RehearsalNotFound.
   *
   * For staff with the permission `pricing.view_rehearsal`.
   */
  "pricing.view_rehearsal": {
    input: pricing.view_rehearsal.ViewRehearsal;
    output: pricing.view_rehearsal.RehearsalView;
    refusals: "REHEARSAL_NOT_FOUND";
  };
  /**
   * End a promotion before its time (结束活动): from the next price on it takes nothing off.
   *
   * Spec F6. Raises PromotionNotFound, also for one that has ended.
   *
   * For staff with the permission `promotions.end_promotion`.
   */
  "promotions.end_promotion": {
    input: promotions.end_promotion.EndPromotion;
    output: promotions.end_promotion.Nothing;
    refusals: "PROMOTION_NOT_FOUND";
  };
  /**
   * The seller's promotions (活动列表), the newest first.
   *
   * Spec F6.
   *
   * For staff with the permission `promotions.list_promotions`.
   */
  "promotions.list_promotions": {
    input: promotions.list_promotions.ListPromotions;
    output: promotions.list_promotions.Promotions;
    refusals: never;
  };
  /**
   * Make or change a promotion (营销活动): its kind and what it gives, on what, and when.
   *
   * Spec D2, F6. Orders keep the price they were placed at. Raises PromotionNotFound (also of an ended
   * one), WindowIsEmpty, FieldNeeded, FieldOfAnotherKind, StepsDoNotAscend, GoodsTwice, GiftTwice,
   * PriceOrPercent,
   * DayTwice, LevelUnknown, ScopeIsEmpty, ProductNotFound, CategoryNotFound, GiftIsVirtual, KindStays,
   * TooManyPromotions, ChangedMeanwhile.
   *
   * For staff with the permission `promotions.save_promotion`.
   */
  "promotions.save_promotion": {
    input: promotions.save_promotion.SavePromotion;
    output: promotions.save_promotion.PromotionSaved | WaitsForSecondPerson;
    refusals: "CATEGORY_NOT_FOUND" | "DAY_TWICE" | "FIELD_NEEDED" | "FIELD_OF_ANOTHER_KIND" | "GIFT_IS_VIRTUAL" | "GIFT_TWICE" | "GOODS_TWICE" | "KIND_STAYS" | "LEVEL_UNKNOWN" | "PRICE_OR_PERCENT" | "PRODUCT_NOT_FOUND" | "PROMOTION_NOT_FOUND" | "SCOPE_IS_EMPTY" | "STEPS_DO_NOT_ASCEND" | "TOO_MANY_PROMOTIONS" | "WINDOW_IS_EMPTY";
  };
  /**
   * List WeChat's bills (账单列表) by day, the newest first, each with its totals beside ours.
   *
   * Spec E10.
   *
   * For staff with the permission `reconciliation.list_bills`.
   */
  "reconciliation.list_bills": {
    input: reconciliation.list_bills.ListBills;
    output: reconciliation.list_bills.BillPage;
    refusals: never;
  };
  /**
   * List what differs between WeChat's bills and our books (对账差异), each with its cause and the proposed step.
   *
   * Spec E10.
   *
   * For staff with the permission `reconciliation.list_differences`.
   */
  "reconciliation.list_differences": {
    input: reconciliation.list_differences.ListDifferences;
    output: reconciliation.list_differences.DifferencePage;
    refusals: never;
  };
  /**
   * Pull and match one day's bills again (重新对账), as when WeChat wrote a bill anew.
   *
   * Spec E10. For the platform's staff. Raises PlatformOnly, DayWithoutBill, BillNotReady, BillDamaged,
   * BillUnreadable.
   *
   * For staff with the permission `reconciliation.pull_day`.
   */
  "reconciliation.pull_day": {
    input: reconciliation.pull_day.PullDay;
    output: reconciliation.pull_day.DayPulled;
    refusals: "BILL_DAMAGED" | "BILL_NOT_READY" | "BILL_UNREADABLE" | "DAY_WITHOUT_BILL" | "PLATFORM_ONLY";
  };
  /**
   * Mark a difference as settled (处理对账差异), with a note of what was done; its case is closed with it.
   *
   * Spec E10. Raises DifferenceNotFound, DifferenceResolved.
   *
   * For staff with the permission `reconciliation.resolve_difference`.
   */
  "reconciliation.resolve_difference": {
    input: reconciliation.resolve_difference.ResolveDifference;
    output: reconciliation.resolve_difference.DifferenceSettled;
    refusals: "DIFFERENCE_NOT_FOUND" | "DIFFERENCE_RESOLVED";
  };
  /**
   * Staff answer a buyer's request for a refund (处理退款申请): accept it, which starts the refund, or say why not.
   *
   * Spec E6, J6: accepted, it counts against one person's limits as any refund. Raises RequestNotFound,
   * RequestEnded,
   * AnswerMissing, NothingToAskFor, and what refunds.start_refund would.
   *
   * For staff with the permission `refunds.answer_request`.
   */
  "refunds.answer_request": {
    input: refunds.answer_request.AnswerRequest;
    output: refunds.answer_request.RequestAnswered | WaitsForSecondPerson;
    refusals: "ANSWER_MISSING" | "NOTHING_TO_ASK_FOR" | "REFUND_REQUEST_ENDED" | "REFUND_REQUEST_NOT_FOUND";
  };
  /**
   * A buyer asks for a refund (申请退款): of pieces, of an amount, or of all that is left; the shop answers.
   *
   * Spec E6. One open request of an order; nothing moves before the shop accepts it. Raises OrderNotFound,
   * IllegalMove, NotToBeAsked, TooManyRequests, RequestIsOpen, NothingToAskFor, LinesOrAmount, LineTwice,
   * LineNotInOrder, MoreThanBought, MoreThanPaid, TooManyRefunds, NotChecked of evidence that is not the buyer's
   * own.
   *
   * For a member who is signed in.
   */
  "refunds.ask_refund": {
    input: refunds.ask_refund.AskRefund;
    output: refunds.ask_refund.RefundAsked;
    refusals: "ILLEGAL_MOVE" | "LINES_OR_AMOUNT" | "LINE_NOT_IN_ORDER" | "LINE_TWICE" | "MORE_THAN_BOUGHT" | "MORE_THAN_PAID" | "NOTHING_TO_ASK_FOR" | "ORDER_NOT_FOUND" | "REFUND_NOT_TO_BE_ASKED" | "REFUND_REQUEST_OPEN" | "TOO_MANY_REFUNDS" | "TOO_MANY_REFUND_REQUESTS" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Give back what was kept of an order that was not paid to the end (退还定金): all of it, or a part.
   *
   * Spec E6, docs/instalments.md. The money is sent by `refunds.send_due_refunds`. Raises OrderNotFound,
   * NothingKept,
   * MoreThanKept, StateChanged, TooManyRefunds. Where two people decide, it counts as a refund does (J6).
   *
   * For staff with the permission `refunds.give_back_kept`.
   */
  "refunds.give_back_kept": {
    input: refunds.give_back_kept.GiveBackKept;
    output: refunds.give_back_kept.KeptGivenBack | WaitsForSecondPerson;
    refusals: "MORE_THAN_KEPT" | "NOTHING_KEPT" | "ORDER_NOT_FOUND" | "ORDER_STATE_CHANGED" | "TOO_MANY_REFUNDS";
  };
  /**
   * The seller's refunds (退款列表) by state, the newest first; a failed one with its next step.
   *
   * Spec E6.
   *
   * For staff with the permission `refunds.list_refunds`.
   */
  "refunds.list_refunds": {
    input: refunds.list_refunds.ListRefunds;
    output: refunds.list_refunds.RefundPage;
    refusals: never;
  };
  /**
   * What buyers ask back (退款申请列表), by state, the newest first.
   *
   * Spec E6, docs/uploads.md: the links open for ten minutes.
   *
   * For staff with the permission `refunds.list_requests`.
   */
  "refunds.list_requests": {
    input: refunds.list_requests.ListRequests;
    output: refunds.list_requests.RequestPage;
    refusals: never;
  };
  /**
   * What a refund of these pieces, or by this amount, would give back (退款试算), and why; nothing is written.
   *
   * Spec E6. Refuses what refunds.start_refund would refuse, with the same errors.
   *
   * For staff with the permission `refunds.quote_refund`.
   */
  "refunds.quote_refund": {
    input: refunds.quote_refund.QuoteRefund;
    output: refunds.quote_refund.RefundQuote;
    refusals: never;
  };
  /**
   * Record that staff gave a failed refund back by hand (登记线下退款): in WeChat's platform or by bank transfer.
   *
   * Spec E6. Nothing is paid here. Where two people decide, it counts against one person's limits as the refund
   * did: that the money went another way is said by a person alone (J6). Raises RefundNotFound, RefundNotFailed,
   * OurOwnNumber, OutsideNumberUsed.
   *
   * For staff with the permission `refunds.record_settled_by_hand`.
   */
  "refunds.record_settled_by_hand": {
    input: refunds.record_settled_by_hand.RecordSettledByHand;
    output: refunds.record_settled_by_hand.SettledByHand | WaitsForSecondPerson;
    refusals: "OUR_OWN_NUMBER" | "OUTSIDE_NUMBER_USED" | "REFUND_NOT_FAILED" | "REFUND_NOT_FOUND";
  };
  /**
   * Get an order back that was not shipped, decided at once for those the shop trusts (极速退款).
   *
   * Spec E6. All that is left of it goes back, within the limits of the order's seller; the money is sent by
   * `refunds.send_due_refunds`. Raises OrderNotFound, IllegalMove for one that is not waiting to be shipped,
   * FlashRefundRefused with the reason.
   *
   * For a member who is signed in.
   */
  "refunds.request_flash_refund": {
    input: refunds.request_flash_refund.RequestFlashRefund;
    output: refunds.request_flash_refund.FlashRefundDecided;
    refusals: "FLASH_REFUND_REFUSED" | "ILLEGAL_MOVE" | "ORDER_NOT_FOUND";
  };
  /**
   * Send a failed refund again (重试退款); under a new number only when WeChat says that it closed the last one.
   *
   * Spec E6. WeChat is asked first. Changes nothing of one that has not failed. Raises RefundNotFound,
   * TooManyRefunds.
   *
   * For staff with the permission `refunds.retry_refund`.
   */
  "refunds.retry_refund": {
    input: refunds.retry_refund.RetryRefund;
    output: refunds.retry_refund.RefundRetried;
    refusals: "REFUND_NOT_FOUND" | "TOO_MANY_REFUNDS";
  };
  /**
   * Refund an order: all of it, some pieces, or an amount (退款、退差价、退运费、补偿); the last piece closes it.
   *
   * Spec E6. The money is sent by `refunds.send_due_refunds`. Raises OrderNotFound, AlreadyRefunded,
   * StateChanged, LinesOrAmount, LineNotInOrder, MoreThanBought, MoreThanPaid, TooManyRefunds, IllegalMove for
   * an order
   * that was never paid. Where two people decide, it counts against one person's limits (J6).
   *
   * For staff with the permission `refunds.start_refund`.
   */
  "refunds.start_refund": {
    input: refunds.start_refund.StartRefund;
    output: refunds.start_refund.RefundStarted | WaitsForSecondPerson;
    refusals: "ALREADY_REFUNDED" | "ILLEGAL_MOVE" | "LINES_OR_AMOUNT" | "LINE_NOT_IN_ORDER" | "MORE_THAN_BOUGHT" | "MORE_THAN_PAID" | "ORDER_NOT_FOUND" | "ORDER_STATE_CHANGED" | "TOO_MANY_REFUNDS";
  };
  /**
   * What a buyer may still ask back of an order (可申请退款), and what was asked before, with the shop's answers.
   *
   * Spec E6; what shows evidence opens for ten minutes (docs/uploads.md). Raises OrderNotFound, also for
   * somebody
   * else's.
   *
   * For a member who is signed in.
   */
  "refunds.view_refundable": {
    input: refunds.view_refundable.ViewRefundable;
    output: refunds.view_refundable.Refundable;
    refusals: "ORDER_NOT_FOUND";
  };
  /**
   * A buyer takes a request for a refund back (撤销退款申请) that the shop has not answered.
   *
   * Spec E6. Raises RequestNotFound, also for somebody else's, RequestEnded.
   *
   * For a member who is signed in.
   */
  "refunds.withdraw_request": {
    input: refunds.withdraw_request.WithdrawRequest;
    output: refunds.withdraw_request.RequestWithdrawn;
    refusals: "REFUND_REQUEST_ENDED" | "REFUND_REQUEST_NOT_FOUND";
  };
  /**
   * Block a member (限制会员): from the next call on they may not place, pay, claim or anything else, and read why.
   *
   * Spec J1. Waits for the calls of theirs that are under way, and none begins before: an order is placed before
   * the
   * block or refused by it. Their sessions stay and are refused; what they have paid is served. The end passes
   * by
   * itself. Raises PlatformOnly, MemberMerged, MemberNotFound, BlockInThePast, BlockChanged.
   *
   * For staff with the permission `risk.block_member`.
   */
  "risk.block_member": {
    input: risk.block_member.BlockMember;
    output: risk.block_member.MemberIsBlocked;
    refusals: "BLOCK_CHANGED" | "BLOCK_IN_THE_PAST" | "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * Unblock a member (解除限制): from the next call on they may do all that others may.
   *
   * Spec J1. Raises PlatformOnly, MemberMerged, MemberNotFound, NotBlocked, BlockChanged.
   *
   * For staff with the permission `risk.unblock_member`.
   */
  "risk.unblock_member": {
    input: risk.unblock_member.UnblockMember;
    output: risk.unblock_member.MemberUnblocked;
    refusals: "BLOCK_CHANGED" | "MEMBER_MERGED" | "NOT_BLOCKED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND";
  };
  /**
   * Make a seller by the platform's own staff (新增商家): it sells at once.
   *
   * Spec E13. Its first accounts are made by whoever enters its shop (`sellers.enter_shop`). Raises
   * PlatformOnly,
   * BadLicence, SellerNameTaken, NotChecked.
   *
   * For staff with the permission `sellers.add_seller`.
   */
  "sellers.add_seller": {
    input: sellers.add_seller.AddSeller;
    output: sellers.add_seller.SellerAdded;
    refusals: "BAD_LICENCE" | "PLATFORM_ONLY" | "SELLER_NAME_TAKEN" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Apply to sell on the platform (商家入驻申请): a name for the shop, the business licence, who is to be called.
   *
   * Spec E13. The platform's staff decide (`sellers.decide_application`). Raises BadLicence, SellerNameTaken,
   * TooManyApplications, NotChecked.
   *
   * For a member who is signed in.
   */
  "sellers.apply_to_sell": {
    input: sellers.apply_to_sell.ApplyToSell;
    output: sellers.apply_to_sell.Applied;
    refusals: "BAD_LICENCE" | "SELLER_NAME_TAKEN" | "TOO_MANY_APPLICATIONS" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Decide on an application to sell (入驻审核): approve it, or refuse it and say why.
   *
   * Spec E13. Who is approved pays the commission that is set for new sellers that day. Raises
   * PlatformOnly, SellerNotFound, ReasonNeeded, IllegalMove once it was decided, SellerChanged.
   *
   * For staff with the permission `sellers.decide_application`.
   */
  "sellers.decide_application": {
    input: sellers.decide_application.DecideApplication;
    output: sellers.decide_application.ApplicationDecided;
    refusals: "ILLEGAL_MOVE" | "PLATFORM_ONLY" | "REASON_NEEDED" | "SELLER_CHANGED" | "SELLER_NOT_FOUND";
  };
  /**
   * Enter a seller's shop (进入店铺): the platform's staff get a session in which they are its staff.
   *
   * Spec E13. What they may there is what their role permits here; the seller's rows and settings are then
   * theirs to
   * see and touch, each call with their own name in the seller's audit log. Ends as any session does, and with
   * the one
   * at the platform. Raises PlatformOnly, SellerNotFound, NotOpen.
   *
   * For staff with the permission `sellers.enter_shop`.
   */
  "sellers.enter_shop": {
    input: sellers.enter_shop.EnterShop;
    output: sellers.enter_shop.ShopEntered;
    refusals: "PLATFORM_ONLY" | "SELLER_NOT_FOUND" | "SELLER_NOT_OPEN" | "SESSION_EXPIRED";
  };
  /**
   * The seller's settlement statement (商家结算单) as an Excel file.
   *
   * Spec E13. As `sellers.show_statement`, whole. Numbers and amounts only. Raises BadPeriod, StatementTooLarge.
   *
   * For staff with the permission `sellers.export_statement`.
   */
  "sellers.export_statement": {
    input: sellers.export_statement.ExportStatement;
    output: sellers.export_statement.StatementExported;
    refusals: "BAD_PERIOD" | "STATEMENT_TOO_LARGE";
  };
  /**
   * What I have applied with to sell (我的入驻申请), the newest first, and what became of it.
   *
   * Spec E13.
   *
   * For a member who is signed in.
   */
  "sellers.list_my_applications": {
    input: sellers.list_my_applications.ListMyApplications;
    output: sellers.list_my_applications.Applications;
    refusals: never;
  };
  /**
   * The sellers on the platform (商家列表): by state, the newest first; by how the name begins; whose an order is.
   *
   * Spec E13. The platform's own shop is none of them. Raises PlatformOnly, BadInput for two ways of looking.
   *
   * For staff with the permission `sellers.list_sellers`.
   */
  "sellers.list_sellers": {
    input: sellers.list_sellers.ListSellers;
    output: sellers.list_sellers.Sellers;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * Let a suspended seller sell again (恢复营业).
   *
   * Spec E13. Raises PlatformOnly, SellerNotFound, IllegalMove, SellerChanged.
   *
   * For staff with the permission `sellers.resume_seller`.
   */
  "sellers.resume_seller": {
    input: sellers.resume_seller.ResumeSeller;
    output: sellers.resume_seller.SellerResumed;
    refusals: "ILLEGAL_MOVE" | "PLATFORM_ONLY" | "SELLER_CHANGED" | "SELLER_NOT_FOUND";
  };
  /**
   * Show whom to call at a seller (查看商家联系人), whole; the audit log keeps who looked.
   *
   * Spec E13, A6, J4. Raises PlatformOnly, SellerNotFound.
   *
   * For staff with the permission `sellers.reveal_contact`.
   */
  "sellers.reveal_contact": {
    input: sellers.reveal_contact.RevealContact;
    output: sellers.reveal_contact.ContactRevealed;
    refusals: "PLATFORM_ONLY" | "SELLER_NOT_FOUND";
  };
  /**
   * Change what is known of a seller (编辑商家): name, licence, contact, and which receiver of shares it is.
   *
   * Spec E13. The receiver is one of the seller's own, made in its shop by `settlements.save_receiver`. Raises
   * PlatformOnly, SellerNotFound, BadLicence, SellerNameTaken, ReceiverNotFound, SellerChanged, NotChecked.
   *
   * For staff with the permission `sellers.save_seller`.
   */
  "sellers.save_seller": {
    input: sellers.save_seller.SaveSeller;
    output: sellers.save_seller.SellerSaved;
    refusals: "BAD_LICENCE" | "PLATFORM_ONLY" | "RECEIVER_NOT_FOUND" | "SELLER_CHANGED" | "SELLER_NAME_TAKEN" | "SELLER_NOT_FOUND" | "UPLOAD_NOT_CHECKED";
  };
  /**
   * Set a seller's commission (佣金比例): what the platform keeps of orders that are placed from now on.
   *
   * Spec E13, J6. Orders that were placed keep theirs. Where two people decide, it waits for both. Raises
   * PlatformOnly, SellerNotFound, NotOpen for an application (who is approved pays the rate of that day),
   * SellerChanged, SharesAboveMost when its receivers get more than would be left.
   *
   * For staff with the permission `sellers.set_commission`.
   */
  "sellers.set_commission": {
    input: sellers.set_commission.SetCommission;
    output: sellers.set_commission.CommissionSet | WaitsForSecondPerson;
    refusals: "PLATFORM_ONLY" | "SELLER_CHANGED" | "SELLER_NOT_FOUND" | "SELLER_NOT_OPEN" | "SHARES_ABOVE_MOST";
  };
  /**
   * One seller on a page (商家详情): its standing, its staff, what it is owed, who shares in its orders.
   *
   * Spec E13. Raises PlatformOnly, SellerNotFound.
   *
   * For staff with the permission `sellers.show_seller`.
   */
  "sellers.show_seller": {
    input: sellers.show_seller.ShowSeller;
    output: sellers.show_seller.ShownSeller;
    refusals: "PLATFORM_ONLY" | "SELLER_NOT_FOUND";
  };
  /**
   * The seller's settlement statement (商家结算单) of a period: what is to be paid, and order by order why.
   *
   * Spec E13. Of the seller whose staff asks. Raises BadPeriod, StatementTooLarge.
   *
   * For staff with the permission `sellers.show_statement`.
   */
  "sellers.show_statement": {
    input: sellers.show_statement.ShowStatement;
    output: sellers.show_statement.Statement;
    refusals: "BAD_PERIOD" | "STATEMENT_TOO_LARGE";
  };
  /**
   * Suspend a seller (暂停营业): nothing of his is sold from now on, and buyers read why; what was sold is served.
   *
   * Spec E13. Its goods are on no list and their page says why, carts show it, no order is placed; orders that
   * were
   * placed are paid, shipped and refunded, and its staff come in as before. Raises PlatformOnly, SellerNotFound,
   * IllegalMove, SellerChanged.
   *
   * For staff with the permission `sellers.suspend_seller`.
   */
  "sellers.suspend_seller": {
    input: sellers.suspend_seller.SuspendSeller;
    output: sellers.suspend_seller.SellerIsSuspended;
    refusals: "ILLEGAL_MOVE" | "PLATFORM_ONLY" | "SELLER_CHANGED" | "SELLER_NOT_FOUND";
  };
  /**
   * Who sells here (店铺主页): name, business licence, and whether the shop is open.
   *
   * Spec E13. The platform's own shop is as the settings tell it. Raises SellerNotFound, also for one that waits
   * or
   * was refused.
   *
   * For anyone.
   */
  "sellers.view_shop": {
    input: sellers.view_shop.ViewShop;
    output: sellers.view_shop.Shop;
    refusals: "SELLER_NOT_FOUND";
  };
  /**
   * The seller's receivers of profit sharing (分账接收方列表) and their ratios.
   *
   * Spec E7. At most fifty.
   *
   * For staff with the permission `settlements.list_receivers`.
   */
  "settlements.list_receivers": {
    input: {};
    output: settlements.list_receivers.Receivers;
    refusals: never;
  };
  /**
   * The seller's statement of profit sharing (分账明细): what was shared of which order, with whom, what came back.
   *
   * Spec E7, E13. The newest first.
   *
   * For staff with the permission `settlements.list_statements`.
   */
  "settlements.list_statements": {
    input: settlements.list_statements.ListStatements;
    output: settlements.list_statements.Statements;
    refusals: never;
  };
  /**
   * Take a receiver out of profit sharing (移除分账接收方); what it was promised before stays its own.
   *
   * Spec E7. WeChat forgets it only when no other seller shares with the same account. Raises ReceiverNotFound,
   * OutcomeUnknown (ask again).
   *
   * For staff with the permission `settlements.remove_receiver`.
   */
  "settlements.remove_receiver": {
    input: settlements.remove_receiver.RemoveReceiver;
    output: settlements.remove_receiver.ReceiverRemoved;
    refusals: "PAY_OUTCOME_UNKNOWN" | "RECEIVER_NOT_FOUND";
  };
  /**
   * Send what receivers did not get of an order to them again (重试分账); WeChat is asked first what became of it.
   *
   * Spec E7. Changes nothing of one that is under way or complete. Raises ShareNotFound, ShareUnfrozen,
   * RefundUnderWay, NothingToShare, TooManyShares, OutcomeUnknown (ask again).
   *
   * For staff with the permission `settlements.retry_share`.
   */
  "settlements.retry_share": {
    input: settlements.retry_share.RetryShare;
    output: settlements.retry_share.ShareRetried;
    refusals: "NOTHING_TO_SHARE" | "PAY_OUTCOME_UNKNOWN" | "REFUND_UNDER_WAY" | "SHARE_NOT_FOUND" | "SHARE_UNFROZEN" | "TOO_MANY_SHARES";
  };
  /**
   * Make or change a receiver of profit sharing (分账接收方): who gets which part of the seller's orders.
   *
   * Spec E7. The same account again changes it; orders shared before keep their parts. Where two people decide,
   * WeChat hears of it when both have (J6). Raises NameNeeded, TooManyReceivers, SharesAboveMost,
   * ChangedMeanwhile,
   * OutcomeUnknown (ask again).
   *
   * For staff with the permission `settlements.save_receiver`.
   */
  "settlements.save_receiver": {
    input: settlements.save_receiver.SaveReceiver;
    output: settlements.save_receiver.ReceiverSaved | WaitsForSecondPerson;
    refusals: "NAME_NEEDED" | "PAY_OUTCOME_UNKNOWN" | "SHARES_ABOVE_MOST" | "TOO_MANY_RECEIVERS";
  };
  /**
   * Approve what a colleague asked for (复核通过): the action's own body runs, with the input that was kept.
   *
   * Spec J6. It takes effect in the transaction that decides, and only while things stand as they were shown.
   * Never
   * by the one who asked, nor where one person could sit at both accounts. Raises ChangeNotFound, ChangeDecided,
   * OwnChange, ChangeOutdated, and what the action itself would raise.
   *
   * For staff with the permission `staff.approve_sensitive_change`.
   */
  "staff.approve_sensitive_change": {
    input: staff.approve_sensitive_change.ApproveSensitiveChange;
    output: staff.approve_sensitive_change.SensitiveChangeApproved;
    refusals: "CHANGE_DECIDED" | "CHANGE_NOT_FOUND" | "CHANGE_OUTDATED" | "OWN_CHANGE";
  };
  /**
   * Change my own staff password (修改密码): the old one is asked for, every session ends.
   *
   * Spec J6. Every member of the staff may, whatever the role. A wrong old password counts as a wrong
   * sign-in, and stands in the audit log. Raises SignInFailed, also when an owner was faster with a new password
   * or a
   * dismissal; WeakPassword.
   *
   * For staff with the permission `staff.change_password`.
   */
  "staff.change_password": {
    input: staff.change_password.ChangePassword;
    output: staff.change_password.PasswordChanged;
    refusals: "SIGN_IN_FAILED" | "WEAK_PASSWORD";
  };
  /**
   * Read the audit log (操作日志): who on the staff did what, the newest first.
   *
   * Spec J4, J6; only what was done for the caller's own seller.
   *
   * For staff with the permission `staff.list_audit_log`.
   */
  "staff.list_audit_log": {
    input: staff.list_audit_log.ListAuditLog;
    output: staff.list_audit_log.AuditLog;
    refusals: never;
  };
  /**
   * List the roles (角色列表) with what each permits and how many have it.
   *
   * Spec J6.
   *
   * For staff with the permission `staff.list_roles`.
   */
  "staff.list_roles": {
    input: staff.list_roles.Nothing;
    output: staff.list_roles.Roles;
    refusals: never;
  };
  /**
   * What waits for a second person, and how the rest ended (双人复核列表).
   *
   * Spec J6. The seller's own, the newest first.
   *
   * For staff with the permission `staff.list_sensitive_changes`.
   */
  "staff.list_sensitive_changes": {
    input: staff.list_sensitive_changes.ListSensitiveChanges;
    output: staff.list_sensitive_changes.SensitiveChanges;
    refusals: never;
  };
  /**
   * List the staff (员工列表) with role and state.
   *
   * Spec J6.
   *
   * For staff with the permission `staff.list_staff`.
   */
  "staff.list_staff": {
    input: staff.list_staff.Nothing;
    output: staff.list_staff.StaffMembers;
    refusals: never;
  };
  /**
   * Reject what a colleague asked for (复核驳回), with the reason; by the one who asked it is a withdrawal (撤回).
   *
   * Spec J6. Nothing else changes. Raises ChangeNotFound, ChangeDecided.
   *
   * For staff with the permission `staff.reject_sensitive_change`.
   */
  "staff.reject_sensitive_change": {
    input: staff.reject_sensitive_change.RejectSensitiveChange;
    output: staff.reject_sensitive_change.SensitiveChangeRejected;
    refusals: "CHANGE_DECIDED" | "CHANGE_NOT_FOUND";
  };
  /**
   * Save a role (保存角色): a name, and the actions it permits.
   *
   * Spec J6; holds from the next call on of everybody who has the role. Raises BadPermission, UnknownPermission
   * (with `suggestions`), GrantBeyondOwn when it permits, or permitted, what the caller may not, LastOwner,
   * RoleNameTaken, ChangedMeanwhile; SecondPersonNeeded for the permission to approve where two people decide.
   *
   * For staff with the permission `staff.save_role`.
   */
  "staff.save_role": {
    input: staff.save_role.SaveRole;
    output: staff.save_role.RoleSaved;
    refusals: "BAD_PERMISSION" | "GRANT_BEYOND_OWN" | "LAST_OWNER" | "ROLE_NAME_TAKEN" | "SECOND_PERSON_NEEDED" | "UNKNOWN_PERMISSION";
  };
  /**
   * Change some of the shop's settings (保存店铺设置); the rest stays as it is.
   *
   * Spec J6, E13. Holds from the next call on; another seller than the platform has its own of what is marked so
   * (docs/settings.md). Raises BadSetting for an unknown name, a value out of range, what is not his to set and
   * a level
   * that something names, SettingsChanged when somebody else was faster. The audit log keeps each value before
   * and
   * after. Where two people decide, a risky setting waits for both (J6). NoSecondPerson when there are no two to
   * decide,
   * SharesAboveMost when receivers of profit sharing get more than that together.
   *
   * For staff with the permission `staff.save_settings`.
   */
  "staff.save_settings": {
    input: staff.save_settings.SaveSettings;
    output: staff.save_settings.SettingsSaved | WaitsForSecondPerson;
    refusals: "BAD_SETTING" | "NO_SECOND_PERSON" | "SETTINGS_CHANGED" | "SHARES_ABOVE_MOST";
  };
  /**
   * Save a member of the staff (保存员工): take on, change, deactivate, set a new password.
   *
   * Spec J6. Raises GrantBeyondOwn when the role, or the one before, permits what the caller may not;
   * LastOwner when nobody would be left who may do everything; UsernameTaken; ChangedMeanwhile;
   * SecondPersonNeeded
   * for somebody new who may approve, or their password, where two people decide; WeakPassword. Who is
   * deactivated
   * or gets a new password is signed out everywhere.
   *
   * For staff with the permission `staff.save_staff`.
   */
  "staff.save_staff": {
    input: staff.save_staff.SaveStaff;
    output: staff.save_staff.StaffSaved;
    refusals: "GRANT_BEYOND_OWN" | "LAST_OWNER" | "SECOND_PERSON_NEEDED" | "USERNAME_TAKEN" | "WEAK_PASSWORD";
  };
  /**
   * Show the shop's settings (店铺设置), defaults included.
   *
   * Spec J6, E13. Each setting with meaning, unit and default: docs/settings.md.
   *
   * For staff with the permission `staff.show_settings`.
   */
  "staff.show_settings": {
    input: staff.show_settings.Nothing;
    output: staff.show_settings.Settings;
    refusals: never;
  };
  /**
   * Sign in as a member of the staff (员工登录): name and password; a network that tries too many is locked out.
   *
   * Spec J6. Raises SignInFailed, the same for an unknown name, a wrong password and an account that is
   * deactivated, or locked for the network that tries (`staff_tries`, `staff_lock_minutes`); it takes as long in
   * each
   * case, and no transaction is open while the password is hashed. Good or bad, it stands in the audit log.
   *
   * For anyone.
   */
  "staff.sign_in_staff": {
    input: staff.sign_in_staff.SignInStaff;
    output: staff.sign_in_staff.StaffSignedIn;
    refusals: "SIGN_IN_FAILED";
  };
  /**
   * Sign out of the desk (员工退出): this session ends at once, and at the platform those in shops that were
   * entered.
   *
   * Spec J6, E13. Every member of the staff may, whatever the role. In a shop that was entered only that one
   * ends.
   *
   * For staff with the permission `staff.sign_out_staff`.
   */
  "staff.sign_out_staff": {
    input: staff.sign_out_staff.Nothing;
    output: staff.sign_out_staff.StaffSignedOut;
    refusals: never;
  };
  /**
   * Verify one day of the audit log (操作日志校验): is every entry as it was written?
   *
   * Spec J4. The entries that were sealed on that day, recomputed from their content. Raises PlatformOnly.
   *
   * For staff with the permission `staff.verify_audit_log`.
   */
  "staff.verify_audit_log": {
    input: staff.verify_audit_log.VerifyAuditLog;
    output: staff.verify_audit_log.AuditLogVerified;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * Correct a count (库存调整): so many units more or fewer, with a reason and a reference of its own.
   *
   * Spec B3. Raises WarehouseNotFound, NoSuchStock, StockBelowZero, StockTooLarge, AlreadyMoved, NothingToMove.
   *
   * For staff with the permission `stock.adjust_stock`.
   */
  "stock.adjust_stock": {
    input: stock.adjust_stock.AdjustStock;
    output: stock.adjust_stock.Nothing;
    refusals: "NOTHING_TO_MOVE" | "NO_SUCH_STOCK" | "STOCK_ALREADY_MOVED" | "STOCK_BELOW_ZERO" | "STOCK_TOO_LARGE" | "WAREHOUSE_NOT_FOUND";
  };
  /**
   * The seller's stock by SKU and warehouse (库存列表): what may be sold and what is promised.
   *
   * Spec B3.
   *
   * For staff with the permission `stock.list_stock`.
   */
  "stock.list_stock": {
    input: stock.list_stock.ListStock;
    output: stock.list_stock.StockPage;
    refusals: never;
  };
  /**
   * What runs low (库存预警): places under their safe level whose alert was raised and not yet answered.
   *
   * Spec B3.
   *
   * For staff with the permission `stock.list_stock_alerts`.
   */
  "stock.list_stock_alerts": {
    input: stock.list_stock_alerts.ListStockAlerts;
    output: stock.list_stock_alerts.Alerts;
    refusals: never;
  };
  /**
   * The stock ledger of one SKU (库存流水): every movement with its reference, the newest first.
   *
   * Spec B3. Another seller's SKU has no entries.
   *
   * For staff with the permission `stock.list_stock_entries`.
   */
  "stock.list_stock_entries": {
    input: stock.list_stock_entries.ListStockEntries;
    output: stock.list_stock_entries.StockEntries;
    refusals: never;
  };
  /**
   * The seller's warehouses (仓库列表), those that are closed too: at most fifty, the first in priority first.
   *
   * Spec G1. The main one is there before anybody has saved it.
   *
   * For staff with the permission `stock.list_warehouses`.
   */
  "stock.list_warehouses": {
    input: stock.list_warehouses.Nothing;
    output: stock.list_warehouses.Warehouses;
    refusals: never;
  };
  /**
   * Make or change a warehouse (仓库): where it is, which places it serves first, whether it is open.
   *
   * Spec G1. Orders that are placed keep their warehouse. Where it is may be left out, all of it or the
   * district. Raises UnknownDivision (with `suggestions`), WarehouseNotFound, TooManyWarehouses,
   * ChangedMeanwhile.
   *
   * For staff with the permission `stock.save_warehouse`.
   */
  "stock.save_warehouse": {
    input: stock.save_warehouse.SaveWarehouse;
    output: stock.save_warehouse.WarehouseSaved;
    refusals: "TOO_MANY_WAREHOUSES" | "UNKNOWN_DIVISION" | "WAREHOUSE_NOT_FOUND";
  };
  /**
   * Set the safe level (安全库存): below so many units the shop is told to replenish; 0 for never.
   *
   * Spec B3. The alert itself comes from stock.raise_stock_alerts. Raises WarehouseNotFound, NoSuchStock,
   * ChangedMeanwhile.
   *
   * For staff with the permission `stock.set_safe_level`.
   */
  "stock.set_safe_level": {
    input: stock.set_safe_level.SetSafeLevel;
    output: stock.set_safe_level.SafeLevelSet;
    refusals: "NO_SUCH_STOCK" | "WAREHOUSE_NOT_FOUND";
  };
  /**
   * Move stock between warehouses (调拨): out of one and into the other, or not at all.
   *
   * Spec B3, G1. Raises WarehouseNotFound, WarehouseClosed, NoSuchStock, StockBelowZero, StockTooLarge,
   * AlreadyMoved,
   * SameWarehouse.
   *
   * For staff with the permission `stock.transfer_stock`.
   */
  "stock.transfer_stock": {
    input: stock.transfer_stock.TransferStock;
    output: stock.transfer_stock.Nothing;
    refusals: "NO_SUCH_STOCK" | "SAME_WAREHOUSE" | "STOCK_ALREADY_MOVED" | "STOCK_BELOW_ZERO" | "STOCK_TOO_LARGE" | "WAREHOUSE_CLOSED" | "WAREHOUSE_NOT_FOUND";
  };
  /**
   * The safeguarding reports (备付日报), a row for each day, the newest first.
   *
   * Spec E8. Open also while stored value is off: what was reported stays. Raises PlatformOnly.
   *
   * For staff with the permission `wallets.list_safeguarding_reports`.
   */
  "wallets.list_safeguarding_reports": {
    input: wallets.list_safeguarding_reports.ListSafeguardingReports;
    output: wallets.list_safeguarding_reports.SafeguardingReports;
    refusals: "PLATFORM_ONLY";
  };
  /**
   * What came into the buyer's stored value and went out of it (余额明细), the newest first.
   *
   * Spec E8. The amounts of all entries add up to the balance. Raises StoredValueOff.
   *
   * For a member who is signed in.
   */
  "wallets.list_wallet_entries": {
    input: wallets.list_wallet_entries.ListWalletEntries;
    output: wallets.list_wallet_entries.WalletEntries;
    refusals: "STORED_VALUE_OFF";
  };
  /**
   * One member's stored value and its entries (会员余额), for the staff who answer questions about it.
   *
   * Spec E8. Stored value belongs to the platform. Raises PlatformOnly, MemberMerged, StoredValueOff,
   * MemberNotFound.
   *
   * For staff with the permission `wallets.show_member_wallet`.
   */
  "wallets.show_member_wallet": {
    input: wallets.show_member_wallet.ShowMemberWallet;
    output: wallets.show_member_wallet.MemberWallet;
    refusals: "MEMBER_MERGED" | "PLATFORM_ONLY" | "POINTS_MEMBER_NOT_FOUND" | "STORED_VALUE_OFF";
  };
  /**
   * Top the wallet up (储值充值): a payment of its own at WeChat, credited when it has arrived.
   *
   * Spec E8, E5. Asking again gives the same payment; another amount or channel closes the old one first. Raises
   * StoredValueOff, TopUpStopped, TopUpOutOfBounds, WalletFull, NothingToPay (the one before was just paid: look
   * at
   * the wallet), PaymentUnderWay, OutcomeUnknown (ask again).
   *
   * For a member who is signed in.
   */
  "wallets.top_up_wallet": {
    input: wallets.top_up_wallet.TopUpWallet;
    output: wallets.top_up_wallet.TopUpStarted;
    refusals: "NOTHING_TO_PAY" | "PAYMENT_UNDER_WAY" | "PAY_OUTCOME_UNKNOWN" | "STORED_VALUE_OFF" | "TOP_UP_OUT_OF_BOUNDS" | "TOP_UP_STOPPED" | "WALLET_FULL";
  };
  /**
   * The buyer's stored value (储值余额): what is free to be spent, and what may be topped up.
   *
   * Spec E8. Raises StoredValueOff.
   *
   * For a member who is signed in.
   */
  "wallets.view_wallet": {
    input: wallets.view_wallet.Nothing;
    output: wallets.view_wallet.Wallet;
    refusals: "STORED_VALUE_OFF";
  };
}
