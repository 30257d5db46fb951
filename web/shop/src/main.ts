import { createApp } from "vue";

import App from "./App.vue";
import { countCart } from "./kit/basket";
import { openEarly } from "./kit/mall";
import { comeBack } from "./kit/sign-in";
import { fetchNear, router } from "./router";
import "vant/es/style/base.css";
import "./shop.css";

async function start(): Promise<void> {
  openEarly();
  const to = await comeBack();
  if (to) await router.replace(to);
  createApp(App).use(router).mount("#app");
  void countCart();
  void router.isReady().then(fetchNear);
}

void start();
