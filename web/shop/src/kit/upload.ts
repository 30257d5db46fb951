/** A picture or paper of the member's own: to the store, and looked at by the mall. */

import { shallowReactive } from "vue";
import { uploadFile, type Input, type Output } from "wechat-mall-client";

import { useDeed } from "./deed";
import { say } from "./say";

type Asked = Input<"members.issue_upload_url">;
type Arrived = Output<"members.finish_upload">;

export const PICTURES: readonly Asked["content_type"][] = ["image/jpeg", "image/png", "image/webp"];

export interface Upload {
  busy: boolean;
  /** Null when it did not arrive, or is not what it should be: then it has been said why. */
  send(file: File): Promise<Arrived | null>;
}

/** `said`: what is taken, as people call it. */
export function useUpload(purpose: Asked["purpose"], taken: readonly Asked["content_type"][], said: string): Upload {
  const issuing = useDeed("members.issue_upload_url");
  const finishing = useDeed("members.finish_upload");
  const upload: Upload = shallowReactive({ busy: false, send });
  async function send(file: File): Promise<Arrived | null> {
    if (upload.busy) return null;
    upload.busy = true;
    try {
      const upload_id = await put(file);
      return upload_id === null ? null : await finishing.run({ upload_id });
    } finally {
      upload.busy = false;
    }
  }
  async function put(file: File): Promise<string | null> {
    const content_type = taken.find((type) => type === file.type);
    if (!content_type) return told(`请选择${said}`);
    const form = await issuing.run({ purpose, content_type });
    if (!form) return null;
    if (file.size > form.most_bytes) return told(`文件不能超过 ${Math.floor(form.most_bytes / 1024 / 1024)} MB`);
    const isSent = await uploadFile(form, file).then(() => true, () => false);
    return isSent ? form.upload_id : told("没有传上去，请再试一次");
  }
  return upload;
}

function told(sentence: string): null {
  say(sentence);
  return null;
}
