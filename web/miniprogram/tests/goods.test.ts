/** Goods, categories, search, activities, coupons and people. */

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { goods, newName, staff } from "../../client/tests/stage.js";
import { App, TYPED } from "./app.js";

let app: App;
let tea: { spu_id: string; sku_id: string };

before(async () => {
  app = new App("goods");
  tea = await goods(15_900, 5);
  await goods(9_900, 50);
  await goods(12_900, 50);
});

/** A product with specifications, listed. */
async function shirt(): Promise<string> {
  const shop = await staff();
  const code = newName("shirt");
  const { category_id } = await shop.call("catalog.save_category", { name: code });
  const sku = (size: string) => ({ sku_code: `${code}-${size}`, spec_values: [size], price_fen: 9_900 });
  const saved = await shop.call("catalog.save_product", {
    title: `衫 ${code}`, category_id, media: { carousel: ["https://mall.example/a.png"] },
    specs: [{ name: "尺码", values: ["S", "M"] }], skus: [sku("S"), sku("M")],
  });
  assert.ok("spu_id" in saved);
  await shop.call("catalog.publish_products", { spu_ids: [saved.spu_id] });
  return saved.spu_id;
}

test("the home page shows the shop's goods, page by page, none twice and none left out", async () => {
  const home = await app.ask("services/home/home", "fetchHome");
  assert.equal(home.tabList.length, 1);
  const pages = [];
  for (const index of [0, 1, 2, 3]) pages.push(await app.ask("services/good/fetchGoods", "fetchGoodsList", index, 2));
  const shown = pages.flat().map(({ spuId }: { spuId: string }) => spuId);
  assert.equal(new Set(shown).size, shown.length);
  assert.ok(shown.length >= 3 && shown.includes(tea.spu_id));
  assert.deepEqual(await app.ask("services/good/fetchGoods", "fetchGoodsList", 90, 2), []);
});

test("a page that was not read through is found by its number", async () => {
  const list = (pageNum: number) => app.ask("services/good/fetchGoodsList", "fetchGoodsList", { pageNum, pageSize: 1 });
  const [first, third] = [await list(1), await list(3)];
  assert.notEqual(first.spuList[0].spuId, third.spuList[0].spuId);
  assert.equal((await list(2)).totalCount, 3); // two were read, and there are more
});

test("a list knows when it has ended, and is sorted and bounded by price", async () => {
  const wanted = { sort: 1, sortType: 1, minPrice: 9_000.4, maxPrice: 12_900, pageNum: 1, pageSize: 50 };
  const { spuList, totalCount } = await app.ask("services/good/fetchGoodsList", "fetchGoodsList", wanted);
  const prices = spuList.map(({ price }: { price: number }) => price);
  assert.deepEqual(prices, [12_900, 9_900]);
  assert.equal(totalCount, spuList.length);
});

test("a word of the title is found; none is found of a word that no title has", async () => {
  const search = (keyword: string) => app.ask("services/good/fetchSearchResult", "getSearchResult", { keyword });
  const title = (await app.ask("services/good/fetchGood", "fetchGood", tea.spu_id)).title;
  assert.deepEqual((await search(title)).spuList.map(({ spuId }: { spuId: string }) => spuId), [tea.spu_id]);
  assert.deepEqual((await search("没有这样的商品")).totalCount, 0);
  assert.deepEqual(await app.ask("services/good/fetchSearchHistory", "getSearchHistory"), { historyWords: [] });
  assert.deepEqual(await app.ask("services/good/fetchSearchHistory", "getSearchPopular"), { popularWords: [] });
});

test("a category that ends before the third level stands there all the same", async () => {
  const list = await app.ask("services/good/fetchCategoryList", "getCategoryList");
  const [top] = list;
  assert.equal(top.children[0].children[0].groupId, top.groupId);
  const { spuList } = await app.ask("services/good/fetchGoodsList", "fetchGoodsList", { categoryId: top.groupId });
  assert.equal(spuList.length, 1);
});

test("goods without specifications get one, so that they can be chosen", async () => {
  const good = await app.ask("services/good/fetchGood", "fetchGood", tea.spu_id);
  assert.equal(good.minSalePrice, 15_900);
  assert.equal(good.spuStockQuantity, 5);
  assert.deepEqual(good.skuList.map(({ skuId }: { skuId: string }) => skuId), [tea.sku_id]);
  assert.equal(good.skuList[0].specInfo[0].specValueId, good.specList[0].specValueList[0].specValueId);
});

test("each SKU is found by its specifications", async () => {
  const good = await app.ask("services/good/fetchGood", "fetchGood", await shirt());
  const [{ specId, specValueList }] = good.specList;
  assert.deepEqual(specValueList.map(({ specValue }: { specValue: string }) => specValue), ["S", "M"]);
  for (const { specValueId } of specValueList) {
    const fits = good.skuList.filter(({ specInfo }: { specInfo: { specId: string; specValueId: string }[] }) =>
      specInfo.every((each) => each.specId === specId && each.specValueId === specValueId));
    assert.equal(fits.length, 1);
  }
});

test("what the mall keeps not is empty, and in the shape of what there will be", async () => {
  const counts = await app.ask("services/good/fetchGoodsDetailsComments", "getGoodsDetailsCommentsCount", tea.spu_id);
  assert.equal(counts.commentCount, "0");
  await app.ask("services/good/fetchGoodsDetailsComments", "getGoodsDetailsCommentList", tea.spu_id);
  await app.ask("services/good/comments/fetchCommentDetail", "getCommentDetail", {});
  await app.ask("services/comments/fetchComments", "fetchComments", { pageNum: 1, pageSize: 30, queryParameter: {} });
  assert.equal((await app.ask("services/comments/fetchCommentsCount", "fetchCommentsCount", {})).uidCount, "0");
  await app.ask("services/order/orderSubmitComment", "getGoods", "ord_1");
  for (const name of ["create", "update"]) {
    assert.equal((await app.refusal("pages/order/fill-tracking-no/api", name, {})).code, "NOT_THERE");
  }
});

test("promotions are told of a product that is named, and of none else", async () => {
  const shop = await staff();
  const saved = await shop.call("promotions.save_promotion", {
    kind: "full_reduction", title: newName("满减"), steps: [{ threshold_fen: 20_000, off_fen: 1_000 }],
    scope: { kind: "goods", ids: [tea.spu_id] },
    starts_at: new Date(Date.now() - 60_000).toISOString(), ends_at: new Date(Date.now() + 86_400_000).toISOString(),
  });
  assert.ok("promotion_id" in saved);
  assert.deepEqual(await app.ask("services/activity/fetchActivityList", "fetchActivityList"), []);
  const [offer] = await app.ask("services/activity/fetchActivityList", "fetchActivityList", 1, 20, tea.spu_id);
  assert.equal(offer.description, "满200.00减10.00");
  const one = await app.ask("services/activity/fetchActivity", "fetchActivity", saved.promotion_id, tea.spu_id);
  assert.equal(one.promotionId, saved.promotion_id);
  assert.ok((await app.ask("services/promotion/detail", "fetchPromotion", 0)).list.length >= 3);
  await shop.call("promotions.end_promotion", { promotion_id: saved.promotion_id });
});

/** A coupon of the claim centre. */
async function coupon(kind: "discount" | "full_reduction", terms: object): Promise<string> {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const saved = await (await staff()).call("coupons.save_coupon", {
    kind, title: newName(kind), terms, channel: "CENTRE", quota: 10, per_member: 1, claim_from: day(-1),
    claim_until: day(1), valid_days: 7,
  });
  return (saved as { template_id: string }).template_id;
}

test("coupons are shown by tab, and each is found again by the number that a page is opened with", async () => {
  const ids = [
    await coupon("discount", { percent: 85, scope: { kind: "goods", ids: [tea.spu_id] } }),
    await coupon("full_reduction", { threshold_fen: 10_000, off_fen: 1_800 }),
  ];
  const { claimCoupon, fetchClaimableCoupons } = await app.load("services/coupon/index");
  const claimable = (await fetchClaimableCoupons?.()) as { id: string }[];
  for (const id of ids) {
    assert.ok(claimable.some((each) => each.id === id));
    await claimCoupon?.(id);
  }
  const list = await app.ask("services/coupon/index", "fetchCouponList", "default");
  const shown = list.map(({ type, value, base, desc }: Record<string, unknown>) => [type, value, base, desc]);
  assert.deepEqual(shown.sort(), [[1, 1_800, 10_000, "满100元可用"], [2, 8.5, 0, "无门槛使用"]]);
  for (const { key, title } of list) {
    const { detail } = await app.ask("services/coupon/index", "fetchCouponDetail", parseInt(key));
    assert.equal(detail.title, title);
  }
  const ofTea = list.filter(({ type }: { type: number }) => type === 2)[0];
  const good = await app.ask("services/good/fetchGoods", "fetchGoodsList", parseInt(ofTea.key));
  assert.deepEqual(good.map(({ spuId }: { spuId: string }) => spuId), [tea.spu_id]);
  assert.deepEqual(await app.ask("services/coupon/index", "fetchCouponList", "useless"), []);
  await assert.rejects(app.ask("services/coupon/index", "fetchCouponDetail", 1));
});

test("what is typed in the address page is saved, and both pages that wait are told", async () => {
  const list = await app.load("services/address/list");
  const edit = await app.load("services/address/edit");
  await app.ask("services/address/fetchAddress", "fetchDeliveryAddressList");
  const [waiting, checkout] = [edit["getAddressPromise"]?.(), list["getAddressPromise"]?.()];
  await app.ask("services/address/list", "resolveAddress", TYPED);
  const told = (await waiting) as { addressId: string; address_id: string };
  app.hold("services/address/edit", "getAddressPromise", told);
  app.hold("services/address/list", "getAddressPromise", await checkout);
  assert.equal(told.addressId, ""); // so that the list's page takes it for a new one, and numbers it
  const byPage = await app.ask("services/address/fetchAddress", "fetchDeliveryAddress", 0);
  assert.equal(byPage.addressId, told.address_id);
  assert.equal(byPage.detailAddress, "科技园1号");
  const [kept] = await app.ask("services/address/fetchAddress", "fetchDeliveryAddressList");
  assert.deepEqual([kept.phone, kept.isDefault, kept.address], ["138****1111", 1, "广东省深圳市南山区科技园1号"]);
  const byNumber = await app.ask("services/address/fetchAddress", "fetchDeliveryAddress", kept.id);
  assert.equal(byNumber.address_id, kept.address_id);
});

test("an address is changed with a new phone, and over the version that was shown", async () => {
  const [before] = await app.ask("services/address/fetchAddress", "fetchDeliveryAddressList");
  await app.ask("services/address/edit", "resolveAddress", {
    ...TYPED, id: before.addressId, addressId: before.addressId, detailAddress: "科技园2号", isDefault: 1,
  });
  const [after, ...others] = await app.ask("services/address/fetchAddress", "fetchDeliveryAddressList");
  assert.deepEqual(others, []);
  assert.deepEqual([after.addressId, after.detailAddress, after.version], [before.addressId, "科技园2号", 2]);
});

test("an address that is no place is refused in the mall's words, and nothing is kept", async () => {
  const { getAddressPromise } = await app.load("services/address/edit");
  const waiting = (getAddressPromise?.() as Promise<unknown>).then(() => "told", (problem: Error) => problem.message);
  await app.ask("services/address/list", "resolveAddress", { ...TYPED, provinceName: "火星" });
  assert.equal(await waiting, app.said[app.said.length - 1]);
  assert.equal((await app.ask("services/address/fetchAddress", "fetchDeliveryAddressList")).length, 1);
});

test("a page that is left tells those who wait that nothing was chosen", async () => {
  for (const file of ["services/address/list", "services/address/edit"]) {
    const waiting = (await app.load(file))["getAddressPromise"]?.() as Promise<unknown>;
    await Promise.all([assert.rejects(waiting, { message: "cancel" }), app.ask(file, "rejectAddress")]);
  }
});

test("the member centre shows who it is and what waits", async () => {
  const center = await app.ask("services/usercenter/fetchUsercenter", "fetchUserCenter");
  assert.equal(center.userInfo.phoneNumber, "");
  const counts = center.countsData.map(({ num, type }: Record<string, unknown>) => [type, num]);
  assert.deepEqual(counts, [["point", 0], ["coupon", 2]]);
  assert.deepEqual(center.orderTagInfos.map(({ tabType }: Record<string, unknown>) => tabType), [5, 10, 40, 60, 0]);
  const { saveNickName } = await app.load("services/usercenter/fetchPerson");
  await saveNickName?.("小红");
  const person = await app.ask("services/usercenter/fetchPerson", "fetchPerson");
  assert.deepEqual([person.nickName, person.address.cityName], ["小红", "深圳市"]);
});
