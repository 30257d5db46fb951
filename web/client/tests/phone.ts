/** A person's phone as far as a mini program sees it: `wx`, in the shapes of miniprogram-api-typings. */

import { STAGE, thumb } from "./stage.js";

type Wx = WechatMiniprogram.Wx;
type Used = "request" | "uploadFile" | "login" | "requestPayment" | "requestSubscribeMessage" | "chooseMedia"
  | "getStorageSync" | "setStorageSync" | "removeStorageSync";
type Cloud = Pick<WxCloud, "callFunction">;

const SPELT_ITS_OWN_WAY = (name: string) => name.replace(/(^|-)x/g, "$1X"); // as no two platforms do

export class Phone {
  /** How many of the next answers get lost on their way back: the mall has done what was asked. */
  losesAnswers = 0;
  /** Whether nothing gets out at all. */
  isOffline = false;
  /** What was sent: by which way, which action, under which key. */
  readonly sent: { by: string; action: string; key: string }[] = [];
  readonly subscribed: string[][] = [];
  private readonly storage = new Map<string, unknown>();

  constructor(readonly person: string) {}

  /** What an app's `wx` has of this. */
  get wx(): Pick<Wx, Used> & { cloud: Cloud } {
    return {
      request: (option) => {
        void this.request(option as WechatMiniprogram.RequestOption);
        return {} as WechatMiniprogram.RequestTask;
      },
      uploadFile: (option) => {
        void this.upload(option);
        return {} as WechatMiniprogram.UploadTask;
      },
      login: (option) => option?.success?.({ code: `sim:${this.person}`, errMsg: "login:ok" }) as never,
      requestPayment: (option) => this.pay(option) as never,
      requestSubscribeMessage: (option) => this.allow(option) as never,
      chooseMedia: (option) => Promise.resolve({
        errMsg: "chooseMedia:ok", type: "image", tempFiles: [{ tempFilePath: "wxfile://tmp_1.png" }], option,
      }) as never,
      getStorageSync: (name) => (this.storage.get(name) ?? "") as never, // "" for what is not there
      setStorageSync: (name, value) => void this.storage.set(name, value),
      removeStorageSync: (name) => void this.storage.delete(name),
      cloud: { callFunction: ((param) => void this.callFunction(param)) as Cloud["callFunction"] },
    };
  }

  private async request(option: WechatMiniprogram.RequestOption): Promise<void> {
    const header = option.header as Record<string, string>;
    this.note("request", new URL(option.url).pathname, header["Idempotency-Key"]);
    const got = await this.carry(option.url, { method: option.method, headers: header, body: option.data as string });
    if (!got) return option.fail?.(TIMED_OUT);
    const text = await got.text();
    const found: Partial<WechatMiniprogram.RequestSuccessCallbackResult> = {
      data: parsed(text), statusCode: got.status, cookies: [], errMsg: "request:ok",
      header: Object.fromEntries([...got.headers].map(([name, value]) => [SPELT_ITS_OWN_WAY(name), value])),
    };
    option.success?.(found as WechatMiniprogram.RequestSuccessCallbackResult);
  }

  /** As the platform does it: the function is called by its name, the event is the data, the context says who it is. */
  private async callFunction({ name, data, success, fail }: ICloud.CallFunctionParam): Promise<void> {
    const { action, idempotency_key } = data as { action: string; idempotency_key: string };
    this.note("cloud", `/api/${action.replace(".", "/")}`, idempotency_key);
    if (STAGE.units[action] !== name) return fail?.({ errMsg: `cloud.callFunction:fail -501000 no function ${name}` });
    const got = await this.carry(`${STAGE.gateway}/api/${action.replace(".", "/")}`, {
      method: "POST", body: JSON.stringify(data),
      headers: { "X-Mall-Shape": "cloudbase", "X-Sim-Openid": encodeURIComponent(this.person) },
    });
    if (!got) return fail?.({ errMsg: "cloud.callFunction:fail -404012 polling exceed max timeout" });
    success?.({ result: (await got.json()) as object, errMsg: "cloud.callFunction:ok" });
  }

  /** Multipart, the fields first and the file last. */
  private async upload({ url, name, formData, success, fail }: WechatMiniprogram.UploadFileOption): Promise<void> {
    const parts = new FormData();
    for (const [field, value] of Object.entries(formData ?? {})) parts.append(field, value as string);
    parts.append(name, new Blob([PICTURE], { type: "image/png" }), "tmp_1.png");
    const got = await this.carry(url, { method: "POST", body: parts });
    if (!got) return fail?.({ errMsg: "uploadFile:fail timeout" });
    const found = { statusCode: got.status, data: await got.text(), errMsg: "uploadFile:ok" };
    success?.(found as unknown as WechatMiniprogram.UploadFileSuccessCallbackResult);
  }

  /** The person's thumb, in the payment's own window. */
  private async pay(option: WechatMiniprogram.RequestPaymentOption): Promise<{ errMsg: string }> {
    const { timeStamp, nonceStr, paySign, signType } = option;
    if (![timeStamp, nonceStr, paySign].every(Boolean) || signType !== "RSA") throw { errMsg: "requestPayment:fail" };
    await thumb(option.package);
    return { errMsg: "requestPayment:ok" };
  }

  private async allow({ tmplIds }: WechatMiniprogram.RequestSubscribeMessageOption): Promise<Record<string, string>> {
    this.subscribed.push(tmplIds);
    return Object.fromEntries([["errMsg", "requestSubscribeMessage:ok"], ...tmplIds.map((id) => [id, "accept"])]);
  }

  private async carry(url: string, how: RequestInit): Promise<Response | null> {
    if (this.isOffline) return null;
    const got = await fetch(url, how).catch(() => null);
    return got && this.losesAnswers-- > 0 ? null : got;
  }

  private note(by: string, path: string, key: string | undefined): void {
    this.sent.push({ by, action: path.replace("/api/", "").replace("/", "."), key: key ?? "" });
  }
}

/** As wx.request does with `dataType: "json"`: what is no JSON stays a text. */
function parsed(text: string): string | WechatMiniprogram.IAnyObject {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const TIMED_OUT = { errMsg: "request:fail timeout", errno: 5 } as WechatMiniprogram.RequestFailCallbackErr;

export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
