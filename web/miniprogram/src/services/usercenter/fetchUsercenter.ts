import { serviceHours, servicePhone } from "../mall/config.js";
import { ask } from "../mall/mall.js";
import { person, type Person } from "./fetchPerson.js";

export interface UserCenter {
  userInfo: Person;
  countsData: { num: number; name: string; type: string }[];
  orderTagInfos: { orderNum: number; tabType: number }[];
  customerServiceInfo: { servicePhone: string; serviceTimeDuration: string };
}

/** 个人中心. */
export async function fetchUserCenter(): Promise<UserCenter> {
  const [userInfo, center, { counts }] = await Promise.all([
    person(), ask("members.view_member_center", {}), ask("orders.count_order_tabs", {}),
  ]);
  const tab = (tabType: number, name: string) => ({ tabType, orderNum: counts[name] ?? 0 });
  return {
    userInfo,
    countsData: [
      { num: center.points.free, name: "积分", type: "point" },
      { num: center.unused_coupons, name: "优惠券", type: "coupon" },
    ],
    orderTagInfos: [tab(5, "unpaid"), tab(10, "to_ship"), tab(40, "shipped"), tab(60, "-"), tab(0, "-")],
    customerServiceInfo: { servicePhone, serviceTimeDuration: serviceHours },
  };
}
