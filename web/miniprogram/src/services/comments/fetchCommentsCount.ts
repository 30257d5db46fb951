import { NO_COMMENTS, type CommentCounts } from "../mall/comments.js";

/** 商品评价数: there are none yet. */
export async function fetchCommentsCount(): Promise<CommentCounts> {
  return { ...NO_COMMENTS };
}
