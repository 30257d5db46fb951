/** How many goods are in the cart, for the tab bar. */

import { ref } from "vue";

import { call, isSignedIn } from "./mall";
import { refusalOf } from "./problems";

export const goodsInCart = ref(0);

export async function countCart(): Promise<void> {
  if (!isSignedIn.value) {
    goodsInCart.value = 0;
    return;
  }
  try {
    goodsInCart.value = (await call("carts.view_cart")).items.length;
  } catch (problem) {
    refusalOf(problem); // the tab bar can do without
  }
}
