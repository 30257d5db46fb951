// `node build.mjs`: the client's one script into dist/, beside what the compiler has put there (`tsc`).
// `node build.mjs tests OUT`: the tests, so that Node can run them.
import { copyFile } from "node:fs/promises";
import { build } from "esbuild";

const [what, out] = process.argv.slice(2);
if (what === "tests") {
  const around = { platform: "node", format: "esm", packages: "external", outfile: out };
  await build({ entryPoints: ["tests/all.ts"], bundle: true, ...around });
} else {
  await copyFile("../client/dist/index.mjs", "dist/services/mall/client.js");
}
