import { NO_COMMENTS, type CommentCounts } from "../mall/comments.js";

/** 商品详情页评价数: there are none yet. */
export async function getGoodsDetailsCommentsCount(): Promise<CommentCounts> {
  return { ...NO_COMMENTS };
}

/** 商品详情页评价: there are none yet. */
export async function getGoodsDetailsCommentList(): Promise<{ homePageComments: [] }> {
  return { homePageComments: [] };
}
