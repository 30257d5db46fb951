// Written by `python -m infra.web generate` from the functions; changes here are lost.

/** The merchant's message templates: which is set up how, and what each message can tell (消息模板设置). */
export declare namespace list_own_templates {
  interface Nothing {}

  interface OwnTemplate {
    template: string;
    /** to be sent back with a change; None: not saved yet */
    version: number | null;
    /** None: not set up */
    template_id: string | null;
    /** the usual ones where none were saved */
    fields: TemplateField[];
    active: boolean;
    /** what this message can tell, with its kind: text word code fen moment count */
    offers: { [name: string]: string };
    sent_today: number;
    /** at the day's limits (message_member_day_most, message_day_most) */
    dropped_today: number;
  }

  interface TemplateField {
    key: string;
    value: string | null;
    text: string | null;
  }

  interface OwnTemplates {
    /** of subscribe messages */
    items: OwnTemplate[];
    /** of the service account's template messages */
    service_items: OwnTemplate[];
  }
}

/** List the message templates (订阅消息模板) for which the client can ask the buyer's consent. */
export declare namespace list_templates {
  interface MessageTemplate {
    /** ours, for messaging.record_subscription */
    name: string;
    /** WeChat's, for wx.requestSubscribeMessage */
    template_id: string;
  }

  interface MessageTemplates {
    templates: MessageTemplate[];
  }
}

/** Record which messages the buyer just allowed (记录订阅授权): one more of each, as WeChat counts them. */
export declare namespace record_subscription {
  /** Our names; the merchant says which template of WeChat each of them is. */
  type Template = "order_paid" | "order_shipped" | "group_progress" | "group_success" | "group_failed" | "coupon_expiring" | "order_unpaid" | "refund_done" | "refund_refused";

  interface RecordSubscription {
    /** what wx.requestSubscribeMessage may ask for · at least 1, at most 3 */
    accepted: Template[];
  }

  interface Remaining {
    /** of every template the member ever allowed */
    remaining: { [name: string]: number };
  }
}

/** Say which template of the merchant's a message goes out by, and what stands in its fields (消息模板字段映射). */
export declare namespace save_template {
  /** By what a message goes out. */
  type Channel = "SUBSCRIBE" | "TEMPLATE";

  /** Our names; the merchant says which template of WeChat each of them is. */
  type Template = "order_paid" | "order_shipped" | "group_progress" | "group_success" | "group_failed" | "coupon_expiring" | "order_unpaid" | "refund_done" | "refund_refused";

  interface TemplateField {
    /** as WeChat's console shows it · at most 32 letters */
    key: string;
    /** one of those that messaging.list_own_templates offers · at least 1 letters, at most 64 letters */
    value?: string | null;
    /** or always the same words · at most 255 letters */
    text?: string | null;
  }

  interface SaveTemplate {
    /** TEMPLATE: of the service account · default "SUBSCRIBE" */
    channel?: Channel;
    template: Template;
    /** of a change: the version that was read · from 1, to 1000000000 */
    version?: number | null;
    /** WeChat's · at least 1 letters, at most 64 letters */
    template_id: string;
    /** at least 1, at most 10 */
    fields: TemplateField[];
    /** false: messages of this kind are not sent · default true */
    active?: boolean;
  }

  interface TemplateSaved {
    version: number;
  }
}
