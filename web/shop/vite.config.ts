import { VantResolver } from "@vant/auto-import-resolver";
import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import { defineConfig, type Plugin } from "vite";

/** While it is worked on, the API is a mall on this machine. */
const api = process.env["MALL_URL"] ?? "http://127.0.0.1:8200";
const proxy = { "/api": api };

/** Vant's icons come with the page: no host of somebody else's is asked for them. */
const ownIcons: Plugin = {
  name: "own-icons",
  enforce: "pre",
  transform(code, id) {
    if (/vant\/.*icon\/index\.css$/.test(id)) return code.replace(/,\s*url\(\/\/at\.alicdn\.com[^)]*\)\s*format\("woff"\)/g, "");
  },
};

export default defineConfig({
  base: "./",
  plugins: [ownIcons, vue(), Components({ dirs: [], resolvers: [VantResolver()], dts: "src/components.d.ts" })],
  server: { proxy },
  preview: { proxy },
  build: { target: "es2020", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
