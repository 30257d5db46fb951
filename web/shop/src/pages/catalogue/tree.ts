/** The category tree (类目树), three levels at most. */

export interface Category {
  category_id: string;
  name: string;
  children: Category[];
}

/** From the top down to this one; empty where it is not there. */
export function pathTo(tree: Category[], category_id: string | null): Category[] {
  for (const top of tree) {
    if (top.category_id === category_id) return [top];
    const below = category_id === null ? [] : pathTo(top.children, category_id);
    if (below.length) return [top, ...below];
  }
  return [];
}
