// `node build.mjs OUT`: the browser's server and each file of tests, so that Node can run them.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const tests = readdirSync("tests").filter((name) => name.endsWith(".test.ts")).map((name) => `tests/${name}`);
await build({
  entryPoints: [...tests, "src/browser.ts"], bundle: true, platform: "node", format: "esm",
  target: "node20", packages: "external", outdir: process.argv[2], outbase: ".", outExtension: { ".js": ".mjs" },
});
