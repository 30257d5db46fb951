/** What the pages of the TDesign retail starter (0.2.0) read of each of its services: `a.b[].c:kind`. A kind is named
 * where a page does something that only it can do; what has none must be there, be it null. */

const ENVELOPE = ["code:string", "msg"];
const CARD = ["spuId:string", "thumb:string", "title:string", "price:number", "originPrice", "tags:array"];
const COUNTS = ["badCount", "commentCount", "goodCount", "goodRate:number", "hasImageCount", "middleCount"];
const COUPON = ["key:string", "status:string", "type", "value", "tag", "desc", "title", "timeLimit", "currency"];
const ADDRESS = [
  "id:string", "addressId:string", "name:string", "phone:string", "provinceName:string", "cityName:string",
  "districtName:string", "detailAddress:string", "isDefault:number", "addressTag",
];
const CART_GOODS = [
  "extKey", "storeId", "spuId:string", "skuId:string", "isSelected", "thumb", "title:string", "quantity:number",
  "stockQuantity:number", "shortageStock", "price:number", "specInfo:array", "specInfo[].specValue:string",
];
const ITEM = [
  "id", "goodsPictureUrl:string", "goodsName", "skuId", "spuId", "specifications:array", "specifications[].specValue",
  "tagPrice", "actualPrice:number", "buyQuantity:number", "tagText", "buttonVOs",
];
const ORDER = [
  "orderId", "orderNo:string", "parentOrderNo", "storeId", "storeName", "orderStatus:number", "orderStatusName:string",
  "paymentAmount:number", "totalAmount:number", "logisticsVO.logisticsNo", "createTime:string", "buttonVOs:array",
  "buttonVOs[].type:number", "buttonVOs[].name:string", "groupInfoVo", "freightFee:number",
  ...under("orderItemVOs[]", ITEM),
];
const RIGHTS = [
  "buttonVOs:array", "storeId", "refundMethodList:array", "rights.rightsNo:string", "rights.storeName",
  "rights.rightsType:number", "rights.rightsStatus:number", "rights.userRightsStatus:number",
  "rights.userRightsStatusName:string", "rights.userRightsStatusDesc:string", "rights.refundAmount:number",
  "rights.refundRequestAmount:number", "rights.orderNo:string", "rights.rightsReasonDesc", "rights.createTime",
  "rights.rightsImageUrls:array", "rights.afterSaleRequireType", "rightsItem:array",
  "rightsItem[].goodsPictureUrl:string",
  "rightsItem[].goodsName", "rightsItem[].specInfo:array", "rightsItem[].itemRefundAmount:number",
  "rightsItem[].rightsQuantity:number", "rightsItem[].skuId", "rightsRefund.traceNo", "rightsRefund.refundDesc",
  "logisticsVO.logisticsNo", "logisticsVO.logisticsCompanyName", "logisticsVO.logisticsCompanyCode",
  "logisticsVO.remark",
  "logisticsVO.receiverName", "logisticsVO.receiverPhone", "logisticsVO.receiverAddress",
];
const LEFT_OUT = ["storeName", "unSettlementGoods:array", "unSettlementGoods[].goodsName",
  "unSettlementGoods[].payPrice:number", "unSettlementGoods[].image", "unSettlementGoods[].reminderStock:number"];

function under(place: string, paths: string[]): string[] {
  return paths.map((path) => `${place}.${path}`);
}

export const STARTER: Record<string, Record<string, string[]>> = {
  "services/home/home": { fetchHome: ["swiper:array", "tabList:array", "tabList[].text:string", "tabList[].key"] },
  "services/good/fetchGood": {
    fetchGood: [
      "spuId:string", "title:string", "primaryImage:string", "images:array", "minSalePrice:number",
      "maxSalePrice:number",
      "maxLinePrice:number", "spuStockQuantity:number", "soldNum:number", "isPutOnSale:number", "available",
      "desc:array",
      "limitInfo:array", "specList:array", "specList[].specId:string", "specList[].title:string",
      "specList[].specValueList[].specValueId:string", "specList[].specValueList[].specValue:string",
      "skuList[].skuId:string", "skuList[].specInfo[].specId:string", "skuList[].specInfo[].specValueId:string",
      "skuList[].stockInfo.stockQuantity:number", "skuList[].priceInfo[].priceType:number",
      "skuList[].priceInfo[].price",
    ],
  },
  "services/good/fetchGoods": { fetchGoodsList: under("[]", CARD) },
  "services/good/fetchGoodsList": {
    fetchGoodsList: ["totalCount:number", ...under("spuList[]", CARD)],
  },
  "services/good/fetchSearchResult": {
    getSearchResult: ["totalCount:number", ...under("spuList[]", CARD), "spuList[].spuTagList:array", "algId"],
  },
  "services/good/fetchSearchHistory": { getSearchHistory: ["historyWords:array"],
  getSearchPopular: ["popularWords:array"] },
  "services/good/fetchCategoryList": {
    getCategoryList: ["[].name:string", "[].children:array", "[].children[].name:string",
      "[].children[].children[].name:string", "[].children[].children[].thumbnail:string",
      "[].children[].children[].groupId:string"],
  },
  "services/good/fetchGoodsDetailsComments": {
    getGoodsDetailsCommentsCount: COUNTS, getGoodsDetailsCommentList: ["homePageComments:array"],
  },
  "services/good/comments/fetchCommentDetail": { getCommentDetail: ["commentInfos:array", "logisticsScore",
    "serviceScore"] },
  "services/comments/fetchComments": { fetchComments: ["pageList:array", "totalCount"] },
  "services/comments/fetchCommentsCount": { fetchCommentsCount: [...COUNTS, "uidCount:string"] },
  "services/activity/fetchActivityList": {
    fetchActivityList: ["[].promotionId:string", "[].promotionSubCode", "[].tag:string",
      "[].activityLadder[].label:string"],
  },
  "services/activity/fetchActivity": { fetchActivity: ["promotionId", "title", "tag"] },
  "services/promotion/detail": {
    fetchPromotion: ["banner:string", "time:number", "showBannerDesc", "statusTag:string", ...under("list[]", CARD),
      "list[].tags[].title:string"],
  },
  "services/cart/cart": {
    fetchCartGroupData: [
      ...ENVELOPE, "data.storeGoods[].storeId", "data.storeGoods[].storeName", "data.isAllSelected",
      "data.storeGoods[].promotionGoodsList[].promotionCode:string", "data.storeGoods[].promotionGoodsList[].tag",
      "data.storeGoods[].promotionGoodsList[].description", "data.storeGoods[].promotionGoodsList[].isNeedAddOnShop",
      ...under("data.storeGoods[].promotionGoodsList[].goodsPromotionList[]", CART_GOODS),
      ...under("data.invalidGoodItems[]", CART_GOODS), "data.selectedGoodsCount:number", "data.totalAmount:number",
      "data.totalDiscountAmount:number",
    ],
  },
  "services/address/fetchAddress": {
    fetchDeliveryAddress: ADDRESS,
    fetchDeliveryAddressList: under("[]", [...ADDRESS, "phoneNumber:string", "address:string", "tag"]),
  },
  "services/address/list": { getAddressPromise: ADDRESS.slice(2), resolveAddress: [], rejectAddress: [] },
  "services/address/edit": { getAddressPromise: ADDRESS.slice(2), resolveAddress: [], rejectAddress: [] },
  "services/coupon/index": {
    fetchCouponList: under("[]", COUPON),
    fetchCouponDetail: [...under("detail", COUPON), "detail.base:number", "detail.useNotes", "detail.storeAdapt",
      "storeInfoList"],
  },
  "services/usercenter/fetchPerson": {
    fetchPerson: ["avatarUrl:string", "nickName:string", "phoneNumber:string", "gender:number", "address.provinceName",
      "address.cityName"],
  },
  "services/usercenter/fetchUsercenter": {
    fetchUserCenter: ["userInfo.avatarUrl", "userInfo.nickName", "userInfo.phoneNumber", "countsData[].type:string",
      "countsData[].num:number", "orderTagInfos[].orderNum:number", "orderTagInfos[].tabType:number",
      "customerServiceInfo.servicePhone", "customerServiceInfo.serviceTimeDuration"],
  },
  "services/order/orderConfirm": {
    fetchSettleDetail: [
      ...ENVELOPE, "data.settleType:number", "data.userAddress", "data.totalAmount:string",
      "data.totalPayAmount:number",
      "data.totalSalePrice:number", "data.totalDeliveryFee:number", "data.totalPromotionAmount:number",
      "data.totalCouponAmount:number", "data.totalGoodsCount:number", "data.invoiceSupport", "data.limitGoodsList",
      "data.abnormalDeliveryGoodsList", ...under("data.inValidGoodsList[]", LEFT_OUT),
      ...under("data.outOfStockGoodsList[]", LEFT_OUT), "data.storeGoodsList[].storeId",
      "data.storeGoodsList[].storeName:string",
      "data.storeGoodsList[].storeTotalPayAmount:number", "data.storeGoodsList[].couponList:array",
      ...under("data.storeGoodsList[].skuDetailVos[]", ["image", "goodsName:string", "skuSpecLst[].specValue:string",
        "tagPrice", "settlePrice:number", "tagText", "quantity:number", "skuId:string", "spuId:string", "storeId"]),
    ],
    dispatchCommitPay: [...ENVELOPE, "data.isSuccess", "data.tradeNo:string", "data.payInfo:string",
      "data.transactionId",
      "data.interactId", "data.channel:string", "data.limitGoodsList"],
    dispatchSupplementInvoice: ENVELOPE,
  },
  "services/order/orderList": {
    fetchOrders: [...ENVELOPE, ...under("data.orders[]", ORDER)],
    fetchOrdersCount: [...ENVELOPE, "data[].tabType:number", "data[].orderNum:number"],
  },
  "services/order/orderDetail": {
    fetchOrderDetail: [
      ...ENVELOPE, ...under("data", ORDER), "data.orderSubStatus", "data.goodsAmountApp:number",
      "data.discountAmount:number",
      "data.couponAmount:number", "data.remark", "data.autoCancelTime", "data.paymentVO.paySuccessTime",
      "data.invoiceVO",
      "data.invoiceStatus:number", "data.invoiceDesc:string", "data.orderStatusRemark", "data.holdStatus",
      "data.trajectoryVos[].title:string", "data.trajectoryVos[].code:number",
      "data.trajectoryVos[].nodes[].status:string",
      "data.trajectoryVos[].nodes[].timestamp:string", "data.logisticsVO.logisticsCompanyName",
      "data.logisticsVO.logisticsCompanyTel", "data.logisticsVO.receiverName", "data.logisticsVO.receiverPhone",
      "data.logisticsVO.receiverCity", "data.logisticsVO.receiverCountry", "data.logisticsVO.receiverArea",
      "data.logisticsVO.receiverAddress",
    ],
    fetchBusinessTime: [...ENVELOPE, "data.telphone:string", "data.businessTime:array"],
  },
  "services/order/orderSubmitComment": { getGoods: ["goods:array", "storeComment.logisticsRate",
    "storeComment.servicesRate"] },
  "services/order/applyService": {
    fetchRightsPreview: [
      ...ENVELOPE, "data.skuId", "data.spuId", "data.paidAmountEach:number", "data.boughtQuantity:number",
      "data.refundableAmount:number", "data.shippingFeeIncluded:number", "data.numOfSku:number",
      "data.numOfSkuAvailable:number",
      "data.goodsInfo.skuImage:string", "data.goodsInfo.goodsName:string", "data.goodsInfo.specInfo[].specValue",
    ],
    dispatchConfirmReceived: ENVELOPE,
    fetchApplyReasonList: [...ENVELOPE, "data.rightsReasonList[].id:string", "data.rightsReasonList[].desc:string"],
    dispatchApplyService: [...ENVELOPE, "data.rightsNo:string"],
  },
  "pages/order/after-service-list/api": {
    getRightsList: [...ENVELOPE, "data.states", ...under("data.dataList[]", RIGHTS)],
  },
  "pages/order/after-service-detail/api": {
    formatTime: [], getRightsDetail: [...ENVELOPE, ...under("data[]", RIGHTS)], cancelRights: ENVELOPE,
  },
  "pages/order/fill-tracking-no/api": {
    create: [], update: [], getDeliverCompanyList: ["data[].name:string", "data[].code:string"],
  },
};

/** What is missing of these paths in an answer, or is of another kind. */
export function missing(answer: unknown, paths: string[]): string[] {
  return paths.filter((path) => !isThere(answer, path));
}

function isThere(answer: unknown, path: string): boolean {
  const [place = "", kind] = path.split(":") as [string, string?];
  return found(answer, place.split(/\.|(?=\[\])/).filter(Boolean)).every((value) => isOf(value, kind));
}

function found(value: unknown, names: string[]): unknown[] {
  const [name, ...rest] = names;
  if (name === undefined) return [value];
  if (name === "[]") {
    if (value === null) return []; // a list that is not there
    return Array.isArray(value) ? value.flatMap((each) => found(each, rest)) : [undefined];
  }
  return found((value as Record<string, unknown> | null | undefined)?.[name], rest);
}

function isOf(value: unknown, kind: string | undefined): boolean {
  if (kind === undefined) return value !== undefined;
  return kind === "array" ? Array.isArray(value) : typeof value === kind;
}
