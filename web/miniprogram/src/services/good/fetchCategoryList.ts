import type { Output } from "../mall/client.js";
import { ask } from "../mall/mall.js";

type Listed = Output<"catalog.list_categories">["items"][number];

export interface Category {
  groupId: string;
  name: string;
  thumbnail: string;
  children: Category[];
}

/** 商品分类. The page shows the third level, so a branch that ends before it ends in itself. */
export async function getCategoryList(): Promise<Category[]> {
  return (await ask("catalog.list_categories", {})).items.map((listed) => branch(listed, 1));
}

function branch(listed: Listed, level: number): Category {
  const below = level < 3 && !listed.children.length ? [listed] : listed.children;
  const children = level < 3 ? below.map((each) => branch(each, level + 1)) : [];
  return { groupId: listed.category_id, name: listed.name, thumbnail: pictureOf(listed), children };
}

/** Its own, or the first below it. */
function pictureOf({ picture_url, children }: Listed): string {
  return picture_url ?? children.map(pictureOf).filter(Boolean)[0] ?? "";
}
