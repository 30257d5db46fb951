/** 评价详情: there are none yet. */
export async function getCommentDetail(): Promise<{ commentInfos: []; logisticsScore: null; serviceScore: null }> {
  return { commentInfos: [], logisticsScore: null, serviceScore: null };
}
