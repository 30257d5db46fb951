/** The carriers that a parcel may go by: asked for once, whatever page shows them. */

import { shallowRef, type ShallowRef } from "vue";
import type { Output } from "wechat-mall-client";
import { theMall } from "../shell/mall";

type Carrier = Output<"fulfilment.list_carriers">["items"][number];

const carriers = shallowRef<readonly Carrier[]>([]);
let asking: Promise<void> | null = null;

/** Empty until they have come; what did not come is asked for again by the next page. */
export function useCarriers(): Readonly<ShallowRef<readonly Carrier[]>> {
  asking ??= theMall().call("fulfilment.list_carriers").then(
    ({ items }) => void (carriers.value = items), () => void (asking = null));
  return carriers;
}
