/** Where a seller's goods are shown: the mall's own shop has no page of its own. */

const OWN = "sel_00000000000000000000000001";

export function shopOf(seller_id: string): string {
  return seller_id === OWN ? `/products?seller=${OWN}` : `/sellers/${seller_id}`;
}
