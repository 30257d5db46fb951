import { addressAt, opened } from "../mall/addresses.js";
import { ask } from "../mall/mall.js";
import type { Address } from "../mall/shapes.js";

/** 收货地址, by the number that its page is opened with. */
export function fetchDeliveryAddress(id: number | string = 0): Promise<Address> {
  return addressAt(Number(id));
}

/** 收货地址列表, the default first. */
export function fetchDeliveryAddressList(): Promise<Address[]> {
  return opened();
}

/** Ours: 删除. */
export async function removeAddress(address: { address_id?: string; addressId?: string }): Promise<void> {
  await ask("members.remove_address", { address_id: address.address_id ?? address.addressId ?? "" });
}
