/** One browser for all scenes: prints its address, and ends with whoever started it. */

import { chromium } from "playwright-core";

const QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--font-render-hinting=none"];

const server = await chromium.launchServer({
  executablePath: process.argv[2] as string,
  chromiumSandbox: false, // only our own pages are opened, and root has no other way
  args: QUIET,
});
console.log(server.wsEndpoint());
process.stdin.on("end", () => void server.close().then(() => process.exit(0)));
process.stdin.resume();
