import { answered, type Answered } from "../../../services/mall/mall.js";
import { Pages } from "../../../services/mall/paging.js";
import { readRights, type Rights } from "../../../services/mall/rights.js";

export interface RightsPage {
  pageNum: number;
  pageSize: number;
  totalCount: number;
  /** How many stand in each tab nobody counts. */
  states: null;
  dataList: Rights[];
}

const pages = new Pages<Rights>((status, cursor) => readRights(cursor, Number(status)));

/** 退款/售后列表. */
export async function getRightsList(
  { parameter }: { parameter: { afterServiceStatus?: number; pageNum?: number; pageSize?: number } },
): Promise<Answered<RightsPage>> {
  const { afterServiceStatus = -1, pageNum = 1, pageSize = 10 } = parameter;
  const { items, totalCount } = await pages.page(`${afterServiceStatus}`, pageNum, pageSize);
  return answered({ pageNum, pageSize, totalCount, states: null, dataList: items });
}
