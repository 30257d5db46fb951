/** A file from this page straight to object storage. */

import { Refused, uploadFile, type Input, type Output } from "wechat-mall-client";
import { theMall } from "../shell/mall";
import { t } from "../shell/words";

export type ContentType = Input<"catalog.issue_upload_url">["content_type"];
export type Form = Output<"catalog.issue_upload_url">;

export const PICTURES: ContentType[] = ["image/jpeg", "image/png", "image/webp"];
/** What stays private: a scan or a PDF, read by a link. */
export const PAPERS: ContentType[] = [...PICTURES, "application/pdf"];
export const TABLES: ContentType[] = [
  "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/** What a file is by its name, where the browser does not know its type. */
const BY_NAME: Record<string, ContentType> = { csv: TABLES[0] as ContentType, xlsx: TABLES[1] as ContentType };

/** The form with the file's `key` and `public_url`, once it is there and was found to be what it says. A table is looked
 * at by the import itself. Raises `Refused`, and an Error in plain words. */
export async function upload(file: File, accepted: readonly ContentType[]): Promise<Form> {
  const type = accepted.find((each) => each === file.type) ?? BY_NAME[file.name.split(".").at(-1)?.toLowerCase() ?? ""];
  if (!type || !accepted.includes(type)) throw new Error(t({ zh: "不支持这种文件", en: "Not a file of a kind that is taken" }));
  const form = await theMall().call("catalog.issue_upload_url",
    accepted.includes("application/pdf") ? { content_type: type, purpose: "PAPER" } : { content_type: type });
  if (file.size > form.most_bytes) {
    const most = `${Math.floor(form.most_bytes / 1024 / 1024)} MB`;
    throw new Error(t({ zh: `文件太大，最多 ${most}`, en: `Too large: at most ${most}` }));
  }
  await uploadFile(form, file).catch((problem: unknown) => {
    if (problem instanceof Refused) throw problem;
    throw new Error(t({ zh: "上传没有成功，请再试一次", en: "The upload failed, please try again" }));
  });
  if (TABLES.includes(type)) return form;
  const { public_url } = await theMall().call("catalog.finish_upload", { upload_id: form.upload_id });
  return { ...form, public_url };
}
