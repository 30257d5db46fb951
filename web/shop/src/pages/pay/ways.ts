/** How WeChat can be paid from here (支付方式). */

export type Channel = "jsapi" | "native" | "h5";

interface Bridge {
  invoke(name: string, given: Record<string, string>, done: (answer: { err_msg: string }) => void): void;
}

declare global {
  interface Window {
    WeixinJSBridge?: Bridge;
  }
}

/** The usual one first: within WeChat at once, on a phone by WeChat's page, elsewhere by a QR code for the phone. */
export function channels(agent: string, isTouched: boolean): Channel[] {
  if (/MicroMessenger/i.test(agent)) return ["jsapi"];
  return isTouched ? ["h5", "native"] : ["native", "h5"];
}

/** In WeChat's browser; false when the person turned away. Whether it is paid says the mall. */
export async function payInWeChat(request: Record<string, string>): Promise<boolean> {
  const bridge = window.WeixinJSBridge ?? (await bridgeOf());
  return new Promise((done) => {
    bridge.invoke("getBrandWCPayRequest", request, ({ err_msg }) => done(err_msg === "get_brand_wcpay_request:ok"));
  });
}

function bridgeOf(): Promise<Bridge> {
  return new Promise((done) => {
    document.addEventListener("WeixinJSBridgeReady", () => done(window.WeixinJSBridge as Bridge), { once: true });
  });
}

/** WeChat's page, which sends back here. */
export function pageOf(h5_url: string, back: string): string {
  return `${h5_url}${h5_url.includes("?") ? "&" : "?"}redirect_url=${encodeURIComponent(back)}`;
}

/** WeChat takes only who comes from the registered domain, so this one address is told where from, and no more. */
export function leaveFor(url: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.referrerPolicy = "origin";
  link.click();
}

/** The picture of a code to be read by a phone. */
export async function drawn(code: string): Promise<string> {
  const { toDataURL } = await import("qrcode");
  return toDataURL(code, { width: 480, margin: 2, errorCorrectionLevel: "M" });
}
