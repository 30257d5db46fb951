/** Every page of the shop: each subject's `routes.ts` names its own. */

import { createRouter, createWebHashHistory, type RouteRecordRaw } from "vue-router";

import { say } from "./kit/say";

declare module "vue-router" {
  interface RouteMeta {
    title: string;
    /** It has the tab bar below. */
    isTab?: boolean;
    /** Its script is fetched before anybody asks for it. */
    isNear?: boolean;
    /** Nothing of it can be shown to who is not signed in. */
    forMembers?: boolean;
  }
}

const found = import.meta.glob<{ routes: RouteRecordRaw[] }>("./pages/*/routes.ts", { eager: true });
const missing: RouteRecordRaw = { path: "/:rest(.*)*", redirect: "/" };

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [...Object.values(found).flatMap(({ routes }) => routes), missing],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

/** When the first page stands: what is likely to come next is there at once, also when the line is cut. */
export function fetchNear(): void {
  const later = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 2000));
  later(() => {
    for (const { meta, components } of router.getRoutes()) {
      const script = components?.["default"];
      if ((meta.isTab || meta.isNear) && typeof script === "function") {
        void (script as () => Promise<unknown>)().catch(() => undefined); // it is fetched again when it is needed
      }
    }
  });
}

router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · 商城` : "商城";
});
router.onError((problem: unknown, to) => {
  if (!/import|fetch|load/i.test(String(problem))) throw problem;
  // The script of a page did not come. A browser remembers that; with the line there again a fresh start gets it.
  if (navigator.onLine && startAnew(to.fullPath)) return;
  say("网络不给力，请稍后再试");
});

/** Not again and again: what still fails after a fresh start is said. */
function startAnew(path: string): boolean {
  const last = Number(sessionStorage.getItem("mall.started-anew"));
  if (Date.now() - last < 10_000) return false;
  sessionStorage.setItem("mall.started-anew", String(Date.now()));
  location.hash = path;
  location.reload();
  return true;
}
