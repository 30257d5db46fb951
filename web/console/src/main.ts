import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./shell/App.vue";
import { openMall } from "./shell/mall";
import { router } from "./shell/router";
import { useSession } from "./shell/session";
import { followLook, t } from "./shell/words";
import "element-plus/theme-chalk/dark/css-vars.css";
import "./style.css";

followLook();
const app = createApp(App).use(createPinia());
try {
  await openMall((stranger) => useSession().askAnew(stranger));
  app.use(router).mount("#app");
} catch {
  document.body.append(t({ zh: "打不开：请检查网络，然后刷新页面。", en: "Out of reach: check the network, then reload this page." }));
}
