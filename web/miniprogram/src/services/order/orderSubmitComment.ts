/** 待评价商品: reviews are not taken yet. */
export async function getGoods(): Promise<{
  goods: []; storeComment: { logisticsRate: number; servicesRate: number };
}> {
  return { goods: [], storeComment: { logisticsRate: 0, servicesRate: 0 } };
}
