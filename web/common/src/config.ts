/** What a page is told when it is deployed: `config.json`, beside its `index.html`. */

export interface Config {
  /** The addresses of the API, the first that answers is used; empty: this page's own. */
  api: string[];
}

const KEPT = "mall.config";

/** Read anew at every start; when the host of the page is away, as it was last told. */
export async function loadConfig(): Promise<Config> {
  try {
    const answer = await fetch("config.json", { cache: "no-store" });
    if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
    const config = (await answer.json()) as Config;
    localStorage.setItem(KEPT, JSON.stringify(config));
    return config;
  } catch (problem) {
    const kept = localStorage.getItem(KEPT);
    if (!kept) throw problem;
    return JSON.parse(kept) as Config;
  }
}

export function addresses(config: Config): string[] {
  return config.api.length ? config.api : [location.origin];
}
