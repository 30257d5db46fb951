export interface CommentPage {
  pageNum: number;
  pageSize: number;
  totalCount: number;
  pageList: [];
}

/** 商品评价: there are none yet. */
export async function fetchComments(params: { pageNum?: number; pageSize?: number } = {}): Promise<CommentPage> {
  const { pageNum = 1, pageSize = 10 } = params;
  return { pageNum, pageSize, totalCount: 0, pageList: [] };
}
