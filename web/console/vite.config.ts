import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import { defineConfig } from "vite";

const MALL = process.env["MALL_URL"] ?? "http://127.0.0.1:8200";

/** Static files for any host: relative addresses, names by content, nothing that a strict policy forbids. */
export default defineConfig({
  base: "./",
  plugins: [
    vue(),
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: "css" })] }),
  ],
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 400 },
  server: { proxy: { "/api": MALL } },
  preview: { proxy: { "/api": MALL } },
});
