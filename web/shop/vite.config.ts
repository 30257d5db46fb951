import { VantResolver } from "@vant/auto-import-resolver";
import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import { defineConfig } from "vite";

/** While it is worked on, the API is a mall on this machine. */
const api = process.env["MALL_URL"] ?? "http://127.0.0.1:8200";
const proxy = { "/api": api };

export default defineConfig({
  base: "./",
  plugins: [vue(), Components({ dirs: [], resolvers: [VantResolver()], dts: "src/components.d.ts" })],
  server: { proxy },
  preview: { proxy },
  build: { target: "es2020", manifest: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
