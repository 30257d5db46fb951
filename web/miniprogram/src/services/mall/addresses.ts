/** The person's address book (收货地址), and the pages that wait for one of its addresses. */

import type { Output } from "./client.js";
import { ask } from "./mall.js";
import { numberOf } from "./numbers.js";
import type { Address } from "./shapes.js";

type Kept = Output<"members.list_addresses">["addresses"][number];

/** What a page hands over: one of the book as it was shown, which has its `address_id`, or what somebody typed. */
export type Given = Partial<Address> & { isDefault?: 0 | 1 | boolean };

interface Waiting {
  resolver: (address: Given) => void;
  rejecter: (problem: Error) => void;
}

const shown = new Map<string, Address>(); // by id in the mall: what was read last, with its version
let typed: Address[] = []; // new ones since the book was read
let length = 0; // of the book, when it was read

/** The default first. */
export async function book(): Promise<Address[]> {
  const { addresses } = await ask("members.list_addresses", {});
  const found = addresses.map(addressOf);
  found.forEach((each) => shown.set(each.address_id, each));
  return found;
}

/** The same for the list's page, which begins to count. */
export async function opened(): Promise<Address[]> {
  const found = await book();
  typed = [];
  length = found.length;
  return found;
}

/** By the number in the page's address; the list's page numbers the new ones on from the end of the book. */
export async function addressAt(number: number): Promise<Address> {
  const fresh = typed[number - length];
  const found = await book();
  const wanted = fresh ? found.filter(({ address_id }) => address_id === fresh.address_id) : found;
  const address = fresh ? wanted[0] : wanted.filter(({ id }) => Number(id) === number)[0];
  if (!address) throw new Error("地址不存在");
  return address;
}

/** What was typed, saved: as the pages go on with it, with its name in the mall. Raises Refused. */
export async function save(given: Given): Promise<Given> {
  const before = shown.get(given.addressId ?? "");
  const { address_id, version, is_default } = await ask("members.save_address", {
    ...(before ? { address_id: before.address_id, version: before.version } : {}),
    name: given.name ?? "", phone: given.phone ?? "", province: given.provinceName ?? "", city: given.cityName ?? "",
    district: given.districtName ?? "", detail: given.detailAddress ?? "", is_default: Number(given.isDefault) === 1,
  });
  const saved = { ...given, address_id, version, isDefault: is_default ? 1 : 0 } as Address;
  shown.set(address_id, saved);
  if (!before) typed.push(saved);
  return saved;
}

function addressOf(kept: Kept): Address {
  return {
    id: `${numberOf(kept.address_id)}`, addressId: kept.address_id, address_id: kept.address_id, version: kept.version,
    name: kept.name, phone: kept.phone, phoneNumber: kept.phone, countryName: "中国", countryCode: "chn",
    provinceName: kept.province, provinceCode: "", cityName: kept.city, cityCode: "", districtName: kept.district,
    districtCode: "", detailAddress: kept.detail, address: kept.province + kept.city + kept.district + kept.detail,
    isDefault: kept.is_default ? 1 : 0, addressTag: "", tag: "",
  };
}

/** Pages that wait: the list's for what is edited, the checkout's for what is chosen. */
export class Waits {
  private all: Waiting[] = [];

  wait(): Promise<Given> {
    return new Promise((resolver, rejecter) => this.all.push({ resolver, rejecter }));
  }

  take(): Waiting[] {
    const taken = this.all;
    this.all = [];
    return taken;
  }
}

export const edited = new Waits();
export const chosen = new Waits();

/** What a page gives: saved where it was typed, then told to all who waited by now, whatever pages close meanwhile. */
export async function settle(given: Given): Promise<void> {
  const lists = edited.take();
  const checkouts = chosen.take();
  try {
    const address = given.address_id ? given : await save(given);
    lists.forEach(({ resolver }) => resolver({ ...address }));
    checkouts.forEach(({ resolver }) => resolver(withPlaces(address)));
  } catch (problem) {
    give([...lists, ...checkouts], problem as Error);
  }
}

export function cancel(): void {
  give([...edited.take(), ...chosen.take()], new Error("cancel"));
}

function give(waiting: Waiting[], problem: Error): void {
  waiting.forEach(({ rejecter }) => rejecter(problem));
}

/** With what the checkout shows of it. */
function withPlaces(given: Given): Given {
  const { provinceName = "", cityName = "", districtName = "", detailAddress = "" } = given;
  return { ...given, address: given.address ?? provinceName + cityName + districtName + detailAddress };
}
