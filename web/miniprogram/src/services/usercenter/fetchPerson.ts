import { book } from "../mall/addresses.js";
import { ask } from "../mall/mall.js";

export interface Person {
  avatarUrl: string;
  nickName: string;
  phoneNumber: string;
  /** The mall keeps none. */
  gender: 0;
}

type Place = { provinceName: string; provinceCode: string; cityName: string; cityCode: string };

export async function person(): Promise<Person> {
  const { avatar_url, nickname, phone } = await ask("members.view_profile", {});
  return { avatarUrl: avatar_url ?? "", nickName: nickname, phoneNumber: phone ?? "", gender: 0 };
}

/** 个人资料, the phone masked. */
export async function fetchPerson(): Promise<Person & { address: Place }> {
  const [who, addresses] = await Promise.all([person(), book()]);
  const { provinceName = "", cityName = "" } = addresses[0] ?? {};
  return { ...who, address: { provinceName, provinceCode: "", cityName, cityCode: "" } };
}

/** Ours: 修改昵称. */
export async function saveNickName(nickname: string): Promise<void> {
  const { version } = await ask("members.view_profile", {});
  await ask("members.update_profile", { version, nickname });
}
