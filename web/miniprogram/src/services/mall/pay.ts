/** Paying (微信支付), and what WeChat may ask for after it. */

import type { Input } from "./client.js";
import { messages } from "./config.js";
import { mall, quietly } from "./mall.js";

type Template = Input<"messaging.record_subscription">["accepted"][number];

let templates: { name: string; template_id: string }[] = [];

/** Before it is needed: after a payment there is no time to ask the mall. */
export async function prepareMessages(): Promise<void> {
  if (!messages.length || templates.length) return;
  templates = (await quietly("messaging.list_templates", {})).templates.filter(({ name }) => messages.includes(name));
}

/** The payment's window, and what it was opened with. Raises Refused; or what wx.requestPayment says, when the person
 * turns away: the order waits. */
export async function pay(orderNo: string): Promise<{ paymentNo: string; payInfo: Record<string, string> }> {
  const { payment_no, request_payment } = await quietly("payments.start_payment", { order_no: orderNo });
  const payInfo = request_payment ?? {};
  await wx.requestPayment(payInfo as unknown as Payment);
  await askForMessages().catch(() => undefined); // whoever wants none has paid all the same
  await settled(orderNo);
  return { paymentNo: payment_no, payInfo };
}

type Payment = Pick<WechatMiniprogram.RequestPaymentOption, "timeStamp" | "nonceStr" | "package" | "paySign">;

/** May the shop tell when it ships? WeChat opens this window within a tap, or when a payment has ended. */
async function askForMessages(): Promise<void> {
  const wanted = templates.slice(0, 3);
  if (!wanted.length) return;
  const tmplIds = wanted.map(({ template_id }) => template_id);
  const said: Record<string, unknown> = await wx.requestSubscribeMessage({ tmplIds });
  const accepted = wanted.filter(({ template_id }) => said[template_id] === "accept")
    .map(({ name }) => name as Template);
  if (accepted.length) await mall().call("messaging.record_subscription", { accepted });
}

const LOOKS = 5;

/** Until the mall has heard of the payment, as long as a person waits; it may be later. */
async function settled(orderNo: string): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    const { order } = await quietly("orders.get_order", { order_no: orderNo });
    if (order.state !== "UNPAID" && order.state !== "PART_PAID") return;
    await new Promise((done) => setTimeout(done, 300 * (look + 1)));
  }
}
