// For an SDK's file in JavaScript (nothing but Node): steps, settings, controls, an address for notices. It is copied
// beside the file: import { step, ... } from './steps.mjs'.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

export const PAY = process.env.SIM_PAY_URL;
export const API = process.env.SIM_API_URL;
export const SETTINGS = JSON.parse(readFileSync(process.env.SIM_SETTINGS, 'utf8'));
const PATIENCE_MS = 20_000;

export function say(name, ok, note = '') {
  process.stdout.write(`${JSON.stringify({ step: name, ok, note })}\n`);
}

// Do it and say how it went; its value, or undefined when it failed.
export async function step(name, act) {
  try {
    const value = await act();
    say(name, true);
    return value;
  } catch (error) {
    say(name, false, `${error?.name}: ${error?.message}`.slice(0, 200));
    return undefined;
  }
}

export function same(found, expected) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) throw new Error(`${one}, where ${other} was due`);
}

// Something of a simulator that is not WeChat's: control(`${PAY}/_sim/pay/NO`, {}).
export async function control(url, body, method) {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const answer = await fetch(url, { method: method ?? (sent ? 'POST' : 'GET'), body: sent,
    headers: { 'Content-Type': 'application/json' } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Its value, once it has one that is true.
export async function until(holds) {
  const ends = Date.now() + PATIENCE_MS;
  while (Date.now() < ends) {
    const found = await holds();
    if (found) return found;
    await new Promise((go) => setTimeout(go, 20));
  }
  throw new Error('it did not come in time');
}

// Where notices come to: `url`, and each as { headers, body }; it answers 204.
export class Site {
  static async open() {
    const site = new Site();
    site.received = [];
    site.taken = new Set();
    site.server = createServer((request, response) => {
      const pieces = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        site.received.push({ headers: request.headers, body: Buffer.concat(pieces).toString('utf8') });
        response.writeHead(204).end();
      });
    });
    await new Promise((go) => site.server.listen(0, '127.0.0.1', go));
    site.url = `http://127.0.0.1:${site.server.address().port}/notice`;
    return site;
  }

  // The oldest notice that was not taken yet; the same one may come again (a slow answer), and is taken once.
  async next() {
    for (;;) {
      await until(() => this.received.length);
      const notice = this.received.shift();
      const { id } = JSON.parse(notice.body);
      if (!this.taken.has(id)) {
        this.taken.add(id);
        return notice;
      }
    }
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
