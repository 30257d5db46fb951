// The two scripts of the package (types are the compiler's): one for mini programs, one for bundlers.
// `node build.mjs tests OUT`: the tests, so that Node can run them.
import { build } from "esbuild";

const [what, out] = process.argv.slice(2);
if (what === "tests") {
  const around = { platform: "node", format: "esm", packages: "external", outfile: out };
  await build({ entryPoints: ["tests/all.ts"], bundle: true, ...around });
} else {
  const common = { entryPoints: ["src/index.ts"], bundle: true, minify: true, charset: "utf8", legalComments: "none" };
  await build({ ...common, format: "cjs", target: "es2015", outfile: "miniprogram_dist/index.js" });
  await build({ ...common, format: "esm", target: "es2020", outfile: "dist/index.mjs" });
}
