// The one script of the client stands here when this is built.
export * from "wechat-mall-client";
