/** The starter counts pages; the mall reads on from where the last one ended. */

export interface Read<Item> {
  items: Item[];
  next_cursor: string | null;
}

interface Place {
  cursor: string | null;
  before: number; // items of the pages before
}

export interface NumberedPage<Item> {
  items: Item[];
  /** Of this page and all before it, and one where there are more: how many there are in all nobody has counted. */
  totalCount: number;
}

const MOST_PAGES = 200;

/** One list that is read page by page. A first page begins anew. */
export class Pages<Item> {
  private readonly known = new Map<string, Place[]>();

  constructor(private readonly read: (what: string, cursor: string | null, limit: number) => Promise<Read<Item>>) {}

  /** Page `number`, from 1, of the list of this name. */
  async page(what: string, number: number, limit: number): Promise<NumberedPage<Item>> {
    if (!(number >= 1 && number <= MOST_PAGES)) return { items: [], totalCount: 0 };
    const places: Place[] = number > 1 ? this.known.get(what) ?? [] : [];
    this.known.set(what, places);
    if (!places.length) places.push({ cursor: null, before: 0 });
    while (places.length < number) {
      const last = places.length;
      const { items, next_cursor } = await this.readAt(places, what, last, limit);
      if (next_cursor === null) return { items: [], totalCount: (places[last - 1] as Place).before + items.length };
    }
    const found = await this.readAt(places, what, number, limit);
    const until = (places[number - 1] as Place).before + found.items.length;
    return { items: found.items, totalCount: until + (found.next_cursor === null ? 0 : 1) };
  }

  private async readAt(places: Place[], what: string, number: number, limit: number): Promise<Read<Item>> {
    const { cursor, before } = places[number - 1] as Place;
    const found = await this.read(what, cursor, Math.min(limit, 50));
    if (found.next_cursor !== null) places[number] = { cursor: found.next_cursor, before: before + found.items.length };
    return found;
  }
}
