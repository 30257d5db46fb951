"""Messages to members: who agreed to what, what was sent by which channel, the merchant's templates, how many a day;
and what WeChat pushes to us."""

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, flag_column, id_column, json_column, sealed_json_column, table, text_column,
    time_column, version_columns,
)

message_consents = table(
    "message_consents",
    id_column("member_id", key=True),
    text_column("template", 32, key=True),  # our name of the kind: order_paid, order_shipped ...
    count_column("remaining"),
    time_column("changed_at"),
)
messages = table(
    "messages",
    id_column("message_id", key=True),
    id_column("member_id"),
    text_column("template", 32),
    text_column("once_key", 160),  # one message once
    text_column("page", 255),
    json_column("fields"),  # as the usual template shows them: sent where there are no facts
    json_column("facts", optional=True),  # by our own names, to be put into the merchant's template
    text_column("state", 16),  # PENDING SENT SKIPPED FAILED
    text_column("problem", 255, optional=True),
    count_column("attempts"),
    text_column("request_id", 64),  # of the click that it is a consequence of
    time_column("send_at"),
    time_column("created_at"),
    time_column("sent_at", optional=True),
    text_column("channel", 16, default="SUBSCRIBE"),  # the one that is tried now: SUBSCRIBE TEMPLATE
    UniqueConstraint("once_key", name="uq_messages_once_key"),
    Index("ix_messages_state_send_at", "state", "send_at"),
    Index("ix_messages_member_id", "member_id", "message_id"),
)
message_templates = table(  # the merchant's own template for a kind of message, saved as a whole
    "message_templates",
    text_column("template", 32, key=True),  # our name of the kind
    text_column("template_id", 64),  # WeChat's
    json_column("fields"),  # [{key, value or text}]
    flag_column("active"),  # off: messages of this kind are not sent
    time_column("created_at"),
    *version_columns(),
)
service_templates = table(  # the same of the service account's template messages (公众号模板消息)
    "service_templates",
    text_column("template", 32, key=True),
    text_column("template_id", 64),
    json_column("fields"),
    flag_column("active"),
    time_column("created_at"),
    *version_columns(),
)
message_days = table(  # how many went out on a day of the shop, and how many were dropped at the day's limits
    "message_days",
    text_column("day", 10, key=True),  # 2026-11-21
    text_column("channel", 16, key=True),
    text_column("template", 32, key=True),  # our name of the kind
    count_column("sent"),
    count_column("dropped"),
)
push_notes = table(  # what WeChat's message push told us (消息推送), each once
    "push_notes",
    id_column("push_id", key=True),
    text_column("once_key", 64),  # of MsgId, or of sender, time and event
    text_column("appid", 64),
    text_column("kind", 64),  # text, image ... of what a person wrote; event.subscribe ...
    text_column("openid", 64),
    text_column("subject", 64, optional=True),  # the payment, template or trace that it is about
    sealed_json_column("push_notes.document"),  # as pushed: a person's own words are among it
    time_column("happened_at"),
    time_column("created_at"),
    UniqueConstraint("once_key", name="uq_push_notes_once_key"),
    Index("ix_push_notes_openid", "appid", "openid", "push_id"),
    Index("ix_push_notes_subject", "subject"),
    Index("ix_push_notes_created_at", "created_at"),
)
followers = table(  # who follows the service account (关注), joined to members by the unionid
    "followers",
    text_column("appid", 64, key=True),
    text_column("openid", 64, key=True),
    text_column("unionid", 64, optional=True),
    flag_column("following"),
    time_column("first_followed_at"),  # stays: a gift for newcomers is for the first time only
    time_column("followed_at"),  # the last time: WeChat's subscribe_time
    time_column("told_at"),  # of the newest event that was taken in
    text_column("scene", 64),
    time_column("ask_unionid_at", optional=True),  # when WeChat is to be asked for the unionid; empty: it need not be
    Index("ix_followers_unionid", "unionid"),
    Index("ix_followers_ask_unionid_at", "ask_unionid_at"),
)
