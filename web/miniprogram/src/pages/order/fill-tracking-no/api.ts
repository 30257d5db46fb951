import { answered, ask, say, type Answered } from "../../../services/mall/mall.js";

/** 快递公司. */
export async function getDeliverCompanyList(): Promise<Answered<{ name: string; code: string }[]>> {
  const { items } = await ask("fulfilment.list_carriers", {});
  return answered(items.map(({ carrier, name }) => ({ code: carrier, name })));
}

/** 填写退货运单号: no button leads here, as goods are not sent back through the mall yet. */
export async function create(): Promise<never> {
  return refuse();
}

/** 修改退货运单号: the same. */
export async function update(): Promise<never> {
  return refuse();
}

function refuse(): never {
  const msg = "暂不支持在线寄回商品，请联系客服";
  say(msg);
  throw Object.assign(new Error(msg), { code: "NOT_THERE", msg });
}
