/** SHA-256 and HMAC over it (FIPS 180-4, RFC 2104): a mini program has no `crypto.subtle`. */

const K: number[] = [];
const START: number[] = [];
for (let n = 2; K.length < 64; n++) {
  let divisor = 2;
  while (divisor * divisor <= n && n % divisor) divisor++;
  if (divisor * divisor <= n) continue; // not a prime
  if (START.length < 8) START.push(fraction(Math.pow(n, 1 / 2)));
  K.push(fraction(Math.pow(n, 1 / 3)));
}

/** The first 32 bits of the part behind the point. */
function fraction(root: number): number {
  return ((root - Math.floor(root)) * 0x100000000) | 0;
}

export function utf8(text: string): number[] {
  return encodeURIComponent(text)
    .match(/%..|[^%]/g)
    ?.map((each) => (each.length > 1 ? parseInt(each.slice(1), 16) : each.charCodeAt(0))) ?? [];
}

export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => (byte + 256).toString(16).slice(1)).join("");
}

export function sha256(message: readonly number[]): number[] {
  const bytes = [...message, 0x80];
  while (bytes.length % 64 !== 56) bytes.push(0);
  const bits = message.length * 8;
  bytes.push(...word(Math.floor(bits / 0x100000000)), ...word(bits | 0));
  const state = START.slice();
  for (let at = 0; at < bytes.length; at += 64) block(state, bytes, at);
  return state.reduce<number[]>((all, each) => all.concat(word(each)), []);
}

export function hmac(key: readonly number[], message: readonly number[]): number[] {
  const padded = key.length > 64 ? sha256(key) : key.slice();
  while (padded.length < 64) padded.push(0);
  const inner = sha256(padded.map((byte) => byte ^ 0x36).concat(message));
  return sha256(padded.map((byte) => byte ^ 0x5c).concat(inner));
}

function word(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
}

function turn(value: number, bits: number): number {
  return (value >>> bits) | (value << (32 - bits));
}

/** One block of 64 bytes into the state. The arrays are as long as they are read: `!` says so to the compiler. */
function block(state: number[], bytes: readonly number[], at: number): void {
  const w: number[] = [];
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    if (i < 16) {
      const from = at + i * 4;
      w[i] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    } else {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const small = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      w[i] = (w[i - 16]! + w[i - 7]! + small) | 0;
    }
    const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i]! + w[i]!;
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((each, index) => (state[index] = (state[index]! + each) | 0));
}
