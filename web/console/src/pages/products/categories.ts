/** Categories as a tree reads: each under its parent, neighbours by their place. */

interface Category {
  category_id: string;
  parent_id: string | null;
  position: number;
  name: string;
}

export function treeOf<Each extends Category>(all: readonly Each[]): Each[] {
  const ids = new Set(all.map(({ category_id }) => category_id));
  const below = (parent: string | null): Each[] =>
    all.filter(({ parent_id }) => (parent_id && ids.has(parent_id) ? parent_id : null) === parent)
      .sort((one, other) => one.position - other.position || one.name.localeCompare(other.name, "zh"))
      .flatMap((each) => [each, ...below(each.category_id)]);
  return below(null);
}
