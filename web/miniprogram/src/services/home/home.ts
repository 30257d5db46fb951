import { homePictures } from "../mall/config.js";

export interface Home {
  swiper: string[];
  tabList: { text: string; key: number }[];
  activityImg: string;
}

/** 首页. Its page shows the same goods under every tab, so there is one. */
export async function fetchHome(): Promise<Home> {
  return { swiper: homePictures, tabList: [{ text: "全部商品", key: 0 }], activityImg: "" };
}
