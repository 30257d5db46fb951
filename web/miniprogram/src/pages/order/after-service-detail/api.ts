import { answered, ask, type Answered } from "../../../services/mall/mall.js";
import { rightsAt, type Rights } from "../../../services/mall/rights.js";
import { written } from "../../../services/mall/time.js";

export const formatTime = (milliseconds: number, form: string): string => written(milliseconds, form);

/** 售后详情: the one, in a list. */
export async function getRightsDetail({ rightsNo }: { rightsNo: string }): Promise<Answered<Rights[]>> {
  const found = await rightsAt(rightsNo);
  return answered(found ? [found] : []);
}

/** 撤销申请 that the shop has not answered. */
export async function cancelRights({ rightsNo }: { rightsNo: string }): Promise<Answered<null>> {
  await ask("refunds.withdraw_request", { request_id: rightsNo });
  return answered(null);
}
