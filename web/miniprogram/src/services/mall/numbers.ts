/** The starter's pages hand ids on as numbers (`parseInt(query.id)`); the mall's are names. */

const PRIME = 281474976710597; // below 2^48: no step leaves the whole numbers that are exact

/** The same number for the same name, and another for another. */
export function numberOf(name: string): number {
  let number = 7;
  for (let at = 0; at < name.length; at++) number = (number * 31 + name.charCodeAt(at)) % PRIME;
  return number;
}
