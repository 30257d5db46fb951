/** From the cart and from a product's page to what was asked back of an order. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { goods, newName, staff, STAGE } from "../../client/tests/stage.js";
import { App, asked, TYPED } from "./app.js";
import { STARTER } from "./starter.js";

const CONFIRM = "services/order/orderConfirm";
const LIST = "services/order/orderList";
const DETAIL = "services/order/orderDetail";
const APPLY = "services/order/applyService";

let app: App;
let tea: { spu_id: string; sku_id: string };

before(async () => {
  app = new App("orders");
  tea = await goods(15_900, 20);
  await tellAbout("order_shipped");
});

/** The shop has a template for this. */
async function tellAbout(name: string): Promise<void> {
  const shop = await staff();
  const { version } = await shop.call("staff.show_settings");
  const changes = { templates: { [name]: STAGE.templates[name] } };
  await shop.call("staff.save_settings", { version, changes, reason: "开通订阅消息" });
}

/** As the product's page hands it over: without saying which SKU was chosen, which it knows itself. */
function fromItsPage(of: { spu_id: string; sku_id: string }, quantity: number) {
  app.pages.splice(0, 9, { data: { spuId: of.spu_id, selectItem: [{ skuId: of.sku_id }] } }, { data: {} });
  return [{ quantity, storeId: "1", spuId: of.spu_id, goodsName: "茶", available: 1, price: 1, specInfo: [] }];
}

interface Settle {
  userAddress: object | null;
  totalPayAmount: number;
  storeGoodsList: { couponList: object[]; skuDetailVos: { skuId: string }[] }[] | null;
}

interface Choices {
  couponsData: { couponResultList: { status: number; couponVO: { couponId: string; value: number; type: number } }[] };
}

interface Committed {
  data: { tradeNo: string; payInfo: string };
}

/** As the checkout's page commits what it shows. */
function commit(goodsRequestList: object[], shown: Settle, more: object = {}): Promise<Committed> {
  return app.ask(CONFIRM, "dispatchCommitPay", {
    goodsRequestList, userAddressReq: shown.userAddress, totalAmount: shown.totalPayAmount, invoiceRequest: null,
    storeInfoList: [{ storeId: "1", remark: "轻放" }],
    couponList: (shown.storeGoodsList ?? []).flatMap(({ couponList }) => couponList), ...more,
  });
}

async function codeOf(refused: Promise<unknown>): Promise<string> {
  return refused.then(() => "not refused", (problem: { code: string }) => problem.code);
}

async function settle(goodsRequestList: object[], more: object = {}): Promise<Settle & Record<string, any>> {
  return (await app.ask(CONFIRM, "fetchSettleDetail", { goodsRequestList, ...more })).data;
}

/** The numbers of the newest, of one tab or of all. */
async function orders(orderStatus = -1): Promise<string[]> {
  const { data } = await app.ask(LIST, "fetchOrders", { parameter: { pageNum: 1, pageSize: 50, orderStatus } });
  return data.orders.map(({ orderNo }: { orderNo: string }) => orderNo);
}

async function bought(quantity: number): Promise<string> {
  const list = fromItsPage(tea, quantity);
  return (await commit(list, await settle(list))).data.tradeNo;
}

test("without an address the checkout waits for one, and goes on with what is typed", async () => {
  const list = fromItsPage(tea, 1);
  const before = await settle(list);
  assert.deepEqual([before.settleType, before.userAddress], [0, null]);
  const chosen = (await app.load("services/address/list"))["getAddressPromise"]?.();
  await app.ask("services/address/list", "resolveAddress", TYPED);
  const after = await settle(list, { userAddressReq: { ...((await chosen) as object), checked: true } });
  assert.equal(after.settleType, 1);
  assert.equal((after.userAddress as unknown as { detailAddress: string }).detailAddress, "科技园1号");
});

test("what the page shows adds up, and is what is paid", async () => {
  const list = fromItsPage(tea, 2);
  const shown = await settle(list);
  const { totalSalePrice, totalDeliveryFee, totalPromotionAmount, totalCouponAmount, totalPayAmount } = shown;
  assert.equal(totalSalePrice + totalDeliveryFee - totalPromotionAmount - totalCouponAmount, totalPayAmount);
  const { data } = await commit(list, shown);
  assert.ok(JSON.parse(data.payInfo).paySign);
  const { data: order } = await app.ask(DETAIL, "fetchOrderDetail", { parameter: data.tradeNo });
  assert.deepEqual([order.orderStatus, order.paymentAmount, order.remark], [10, totalPayAmount, "轻放"]);
  assert.ok(order.paymentVO.paySuccessTime);
  assert.deepEqual(app.phone.subscribed, [[STAGE.templates["order_shipped"]]]); // asked when the payment had ended
});

test("a product's page where nothing was chosen yet leads to no checkout", async () => {
  const list = fromItsPage(tea, 1);
  app.pages.splice(0, 1, { data: { spuId: tea.spu_id, selectItem: [{ skuId: "a" }, { skuId: "b" }] } });
  await app.refusal(CONFIRM, "fetchSettleDetail", { goodsRequestList: list });
  assert.equal(app.said[app.said.length - 1], "请返回选择规格");
});

test("who turns away from paying finds the order waiting, and pays it there or cancels it", async () => {
  const { cancelOrder } = await app.load(DETAIL);
  const { payOrder } = await app.load(CONFIRM);
  app.turnsAway = true;
  const list = fromItsPage(tea, 1);
  const shown = await settle(list);
  for (const [at, end] of [payOrder, cancelOrder].entries()) {
    app.turnsAway = true;
    assert.equal(await codeOf(commit(list, shown)), "ORDER_PAY_FAIL");
    app.turnsAway = false;
    const { data } = await app.ask(LIST, "fetchOrders", { parameter: { pageNum: 1, pageSize: 5, orderStatus: 5 } });
    assert.deepEqual(data.orders[0].buttonVOs.map(({ type }: { type: number }) => type), [2, 1]);
    const { orderNo } = data.orders[0];
    const waiting = (await app.ask(DETAIL, "fetchOrderDetail", { parameter: orderNo })).data;
    assert.ok(waiting.autoCancelTime > 0 && waiting.autoCancelTime <= 1_800_000);
    await end?.(orderNo);
    const after = (await app.ask(DETAIL, "fetchOrderDetail", { parameter: orderNo })).data;
    assert.deepEqual([after.orderStatus, after.autoCancelTime], [at ? 80 : 10, null]);
  }
});

test("another price than the one that was shown is told, and nothing is ordered", async () => {
  const before = await orders();
  const list = fromItsPage(tea, 1);
  const shown = await settle(list);
  assert.equal(await codeOf(commit(list, shown, { totalAmount: shown.totalPayAmount - 1 })), "TOTAL_AMOUNT_DIFFERENT");
  assert.deepEqual(await orders(), before);
});

test("what is short stands apart, and the rest is priced without it", async () => {
  const rare = await goods(9_900, 1);
  const list = [...fromItsPage(tea, 1), { skuId: rare.sku_id, spuId: rare.spu_id, quantity: 3 }].map((each, at) =>
    at ? each : { ...each, skuId: tea.sku_id });
  const shown = await settle(list);
  assert.equal(shown.settleType, 0);
  assert.deepEqual(shown.storeGoodsList?.[0]?.skuDetailVos.map(({ skuId }) => skuId), [tea.sku_id]);
  const [{ unSettlementGoods }] = shown["outOfStockGoodsList"];
  assert.deepEqual([unSettlementGoods[0].skuId, unSettlementGoods[0].reminderStock], [rare.sku_id, 1]);
  const going = [{ ...unSettlementGoods[0], quantity: 1 }, ...(shown.storeGoodsList?.[0]?.skuDetailVos ?? [])];
  assert.equal((await settle(going)).settleType, 1); // as the page goes on
  const none = await settle([list[1] as object]);
  assert.deepEqual([none.settleType, none.storeGoodsList], [0, null]);
});

test("the coupons to choose from are the person's own; none chosen is none taken", async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const saved = await (await staff()).call("coupons.save_coupon", {
    kind: "no_threshold", title: newName("券"), terms: { off_fen: 500 }, channel: "CENTRE", quota: 5, per_member: 1,
    claim_from: day(-1), claim_until: day(1), valid_days: 7,
  });
  await (await app.load("services/coupon/index"))["claimCoupon"]?.((saved as { template_id: string }).template_id);
  const list = fromItsPage(tea, 1);
  const best = await settle(list);
  assert.equal(best["totalCouponAmount"], 500);
  const { couponsData } = (await app.load("pages/order/components/selectCoupons/mock")) as never as Choices;
  const [choice] = couponsData.couponResultList;
  assert.deepEqual([choice?.status, choice?.couponVO.type, choice?.couponVO.value], [0, 1, 5_000]);
  assert.equal((await settle(list, { couponList: [] }))["totalCouponAmount"], 0);
  const chosen = await settle(list, { couponList: [{ key: choice?.couponVO.couponId, status: "default" }] });
  assert.deepEqual([chosen["totalCouponAmount"], chosen.totalPayAmount], [500, best.totalPayAmount]);
  const { tradeNo } = (await commit(list, chosen)).data;
  assert.equal((await app.ask(DETAIL, "fetchOrderDetail", { parameter: tradeNo })).data.couponAmount, 500);
});

test("the cart is bought, and is empty then", async () => {
  const { addToCart, setQuantity, selectGoods, selectStore, removeFromCart } = await app.load("services/cart/cart");
  const cart = async () => (await app.ask("services/cart/cart", "fetchCartGroupData")).data;
  assert.equal((await cart()).isNotEmpty, false);
  const other = await goods(9_900, 5);
  await addToCart?.(tea.sku_id);
  await addToCart?.(other.sku_id, 2);
  await setQuantity?.(tea.sku_id, 2);
  await selectStore?.("nobody's", false); // none of theirs: nothing is changed
  await selectGoods?.([other.sku_id], false);
  const shown = await cart();
  assert.deepEqual([shown.selectedGoodsCount, shown.totalAmount, shown.isAllSelected], [2, 31_800, false]);
  const all = shown.storeGoods[0].promotionGoodsList[0].goodsPromotionList;
  const stocks = Object.fromEntries(all.map((each: Record<string, unknown>) => [each["skuId"], each["stockQuantity"]]));
  assert.deepEqual([stocks[tea.sku_id], stocks[other.sku_id]], [9_999, 5]);
  const selected = all.filter((each: { isSelected: number }) => each.isSelected === 1);
  await commit(selected, await settle(selected));
  assert.deepEqual((await cart()).storeGoods[0].promotionGoodsList[0].goodsPromotionList.length, 1);
  await removeFromCart?.([other.sku_id]);
  assert.equal((await cart()).isNotEmpty, false);
});

test("all of it goes by cloud calls too, where the one line says so", async () => {
  const own = app;
  app = new App("cloud");
  try {
    await app.ask("services/address/edit", "resolveAddress", TYPED);
    const order = await bought(1);
    assert.equal((await app.ask(DETAIL, "fetchOrderDetail", { parameter: order })).data.orderStatus, 10);
    assert.deepEqual([...new Set(app.phone.sent.map(({ by }) => by))], ["cloud"]);
  } finally {
    app = own;
  }
});

test("an order is shipped and received, and says so", async () => {
  const orderNo = await bought(3);
  const shipped = await (await staff()).call("fulfilment.ship_orders", {
    parcels: [{ order_no: orderNo, carrier: "SF", tracking_no: newName("SF").replace(/-/g, "") }],
  });
  assert.ok("shipped" in shipped && shipped.shipped === 1);
  const { data: sent } = await app.ask(DETAIL, "fetchOrderDetail", { parameter: orderNo });
  assert.equal(sent.orderStatus, 40);
  assert.match(sent.trajectoryVos[0].nodes[0].status, /顺丰/);
  const { logisticsNo } = sent.logisticsVO;
  assert.ok(logisticsNo.startsWith("SF"));
  await app.ask(APPLY, "dispatchConfirmReceived", { parameter: { orderNo, logisticsNo } });
  const counts = (await app.ask(LIST, "fetchOrdersCount")).data;
  assert.equal(counts.filter(({ tabType }: { tabType: number }) => tabType === 50)[0].orderNum, 1);
});

test("what was received is asked back, all or a part, and what was asked is taken back", async () => {
  const [orderNo] = await orders(50);
  const { data: received } = await app.ask(DETAIL, "fetchOrderDetail", { parameter: orderNo });
  assert.deepEqual(received.orderItemVOs[0].buttonVOs.map(({ type }: { type: number }) => type), [4]);
  const { skuId, spuId } = received.orderItemVOs[0];
  const { data: preview } = await app.ask(APPLY, "fetchRightsPreview", { orderNo, skuId, spuId, numOfSku: 1 });
  assert.deepEqual([preview.numOfSkuAvailable, preview.refundableAmount], [3, 47_700]);
  const { data: reasons } = await app.ask(APPLY, "fetchApplyReasonList", { rightsReasonType: 1 });
  const damaged = reasons.rightsReasonList.filter(({ id }: { id: string }) => id === "DAMAGED")[0];
  const apply = (refundRequestAmount: number, rightsQuantity: number) => app.ask(APPLY, "dispatchApplyService", {
    rights: { orderNo, refundRequestAmount, rightsReasonDesc: damaged.desc, rightsReasonType: 1, rightsType: null },
    rightsItem: [{ itemTotalAmount: null, rightsQuantity, skuId, spuId }],
  });
  const rightsNo = (await apply(47_700, 1)).data.rightsNo;
  const [open] = (await app.ask("pages/order/after-service-detail/api", "getRightsDetail", { rightsNo })).data;
  assert.deepEqual([open.rights.refundRequestAmount, open.rights.rightsReasonDesc], [15_900, "破损、质量问题"]);
  assert.deepEqual([open.rights.rightsStatus, open.buttonVOs[0].type], [10, 2]);
  await app.ask("pages/order/after-service-detail/api", "cancelRights", { rightsNo });
  const again = (await apply(1_000, 3)).data.rightsNo;
  const list = async (afterServiceStatus: number) =>
    (await app.ask("pages/order/after-service-list/api", "getRightsList", {
      parameter: { afterServiceStatus, pageNum: 1, pageSize: 10 },
    })).data.dataList;
  const [one] = await list(10);
  assert.deepEqual([one.rights.rightsNo, one.rights.refundRequestAmount], [again, 1_000]);
  assert.deepEqual((await list(60)).map(({ rights }: { rights: { rightsNo: string } }) => rights.rightsNo), [rightsNo]);
  const { formatTime } = await app.load("pages/order/after-service-detail/api");
  const asked = String(formatTime?.(parseFloat(one.rights.createTime), "YYYY-MM-DD HH:mm"));
  assert.match(asked, /^\d{4}(-\d\d){2} \d\d:\d\d$/);
  app.hold("pages/order/after-service-detail/api", "formatTime", "");
});

test("an invoice is asked for, and said to be issued when it is", async () => {
  const [orderNo] = await orders(50);
  const invoice = async () => (await app.ask(DETAIL, "fetchOrderDetail", { parameter: orderNo })).data;
  assert.equal((await invoice()).invoiceStatus, 2);
  await app.ask(CONFIRM, "dispatchSupplementInvoice", {
    parameter: { orderNo, invoiceVO: {
      buyerName: "小红茶行", buyerTaxNo: "91350100M000100Y43", buyerPhone: "", email: "a@example.com", titleType: 2,
      contentType: 1, invoiceType: 5,
    } },
  });
  const requested = await invoice();
  assert.deepEqual([requested.invoiceStatus, requested.invoiceVO.buyerName], [3, ""]);
  const shop = await staff();
  const { items } = await shop.call("invoices.list_invoices", { state: "REQUESTED" });
  const row = items.filter(({ order_no }) => order_no === orderNo)[0];
  await shop.call("invoices.record_invoice", {
    invoice_id: row?.invoice_id ?? "", number: newName("inv"), issued_on: new Date().toISOString().slice(0, 10),
    amount_fen: row?.amount_fen ?? 0,
  });
  const issued = await invoice();
  assert.deepEqual([issued.invoiceStatus, issued.invoiceVO.buyerName, issued.invoiceVO.titleType], [1, "小红茶行", 2]);
});

test("the rest of what the starter asks for", async () => {
  assert.deepEqual((await app.ask(DETAIL, "fetchBusinessTime")).data, { telphone: "", businessTime: [] });
  const { data } = await app.ask("pages/order/fill-tracking-no/api", "getDeliverCompanyList");
  assert.ok(data.some(({ code }: { code: string }) => code === "SF"));
});

test("every service of the starter was asked", () => {
  const all = Object.entries(STARTER).flatMap(([file, names]) => Object.keys(names).map((name) => `${file}:${name}`));
  assert.deepEqual(all.filter((each) => !asked.has(each)), []);
});
