// The tests of what needs no browser, `src/**/*.test.ts` of one part, so that Node can run them: `node test.mjs console OUT`.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const [part, out] = process.argv.slice(2);
const files = readdirSync(`${part}/src`, { recursive: true }).filter((file) => file.endsWith(".test.ts")).sort();
const BROWSER = `globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };
globalThis.matchMedia ??= () => ({ matches: false });`; // what a page asks as it is loaded
const contents = files.map((file) => `import "./${part}/src/${file}";`).join("\n");
await build({
  stdin: { contents, resolveDir: import.meta.dirname }, bundle: true, platform: "node", format: "esm", packages: "external",
  alias: { "mall-common": "./common/src" },
  banner: { js: BROWSER },
  outfile: out,
});
