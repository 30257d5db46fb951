/** The starter as far as its services see it: `wx`, its open pages, and calls that are held against what pages read. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Phone } from "../../client/tests/phone.js";
import { newName } from "../../client/tests/stage.js";
import { missing, STARTER } from "./starter.js";

/** A folder with the built services for each app, and which way is set in them. */
const COPIES: Record<"goods" | "orders" | "cloud", string> = JSON.parse(
  readFileSync(process.env["MALL_CLIENT_STAGE"] as string, "utf8")).copies;

/** Every service that was asked, `file:function`. */
export const asked = new Set<string>();

export interface OpenPage {
  data: Record<string, unknown>;
}

// Answers are looked at by the names that pages read, which `missing` holds; here they are as a page has them.
type Seen = any; // eslint-disable-line

export class App {
  readonly phone = new Phone(newName("app"));
  readonly pages: OpenPage[] = [];
  readonly said: string[] = [];
  turnsAway = false;

  constructor(private readonly copy: keyof typeof COPIES) {}

  /** Whom the services meet from now on. */
  private stand(): void {
    const { wx } = this.phone;
    Object.assign(globalThis, {
      getCurrentPages: () => this.pages,
      wx: {
        ...wx,
        cloud: { ...wx.cloud, init: () => undefined },
        showToast: ({ title }: { title: string }) => void this.said.push(title),
        requestPayment: (option: Parameters<typeof wx.requestPayment>[0]) =>
          this.turnsAway ? Promise.reject({ errMsg: "requestPayment:fail cancel" }) : wx.requestPayment(option),
      },
    });
  }

  async load(file: string): Promise<Record<string, (...given: unknown[]) => unknown>> {
    this.stand();
    return import(`${COPIES[this.copy]}/${file}.js`);
  }

  /** A service's answer, with all that its pages read of it. */
  async ask(file: string, name: string, ...given: unknown[]): Promise<Seen> {
    const answer = await (await this.load(file))[name]?.(...given);
    this.hold(file, name, answer);
    return JSON.parse(JSON.stringify(answer ?? null)); // as a page keeps it
  }

  /** For what is answered later than it is asked. */
  hold(file: string, name: string, answer: unknown): void {
    const paths = STARTER[file]?.[name];
    assert.ok(paths, `the starter has no ${name} in ${file}`);
    assert.deepEqual(missing(answer, paths), [], `${file}: ${name}`);
    asked.add(`${file}:${name}`);
  }

  /** What it is refused with. */
  async refusal(file: string, name: string, ...given: unknown[]): Promise<{ code: string }> {
    const found = await this.ask(file, name, ...given).then(() => null, (problem: unknown) => problem);
    assert.ok(found, `${name} was not refused`);
    asked.add(`${file}:${name}`);
    return found as { code: string };
  }
}

/** What the starter's address page hands over when somebody has typed. */
export const TYPED = {
  saasId: "88888888", uid: "88888888205500", authToken: null, id: "", addressId: "", phone: "13800001111", name: "小红",
  countryName: "", countryCode: "", provinceName: "广东省", provinceCode: "440000", cityName: "深圳市", cityCode: "440300",
  districtName: "南山区", districtCode: "440305", detailAddress: "科技园1号", isDefault: 0, addressTag: "", storeId: null,
};
