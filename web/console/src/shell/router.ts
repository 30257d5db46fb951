/** Addresses of the console: below `#`, so that any static host serves them. */

import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";
import { firstSeen, SCREENS, type Screen } from "./screens";
import { useSession } from "./session";
import { t, type Words } from "./words";

declare module "vue-router" {
  interface RouteMeta {
    screen?: Screen;
    title?: Words;
    isOpen?: boolean;
  }
}

const routes: RouteRecordRaw[] = [
  ...SCREENS.map((screen) => ({ path: screen.path, component: screen.page, meta: { screen, title: screen.title } })),
  // asked after the guard below: what is seen first depends on who has signed in
  { path: "/", component: () => import("./NothingHere.vue"), beforeEnter: () => firstSeen()?.path ?? true },
  {
    path: "/sign-in", component: () => import("./SignInPage.vue"),
    meta: { isOpen: true, title: { zh: "登录", en: "Sign in" } },
  },
  {
    path: "/:nowhere(.*)*", component: () => import("./NothingHere.vue"),
    meta: { title: { zh: "没有这个页面", en: "No such page" } },
  },
];

export const router = createRouter({
  history: createWebHashHistory(), routes,
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
});

router.beforeEach((to) => {
  if (to.meta.isOpen || useSession().who) return true;
  return { path: "/sign-in", query: { back: to.fullPath } };
});

router.afterEach(({ meta }) => {
  const shop = t({ zh: "商家后台", en: "Merchant console" });
  document.title = meta.title ? `${t(meta.title)} · ${shop}` : shop;
});
