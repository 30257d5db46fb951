"""Subscribe messages: who agreed to what, and what was sent."""

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, id_column, json_column, table, text_column, time_column,
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
    json_column("fields"),
    text_column("state", 16),  # PENDING SENT SKIPPED FAILED
    text_column("problem", 255, optional=True),
    count_column("attempts"),
    text_column("request_id", 64),  # of the click that it is a consequence of
    time_column("send_at"),
    time_column("created_at"),
    time_column("sent_at", optional=True),
    UniqueConstraint("once_key", name="uq_messages_once_key"),
    Index("ix_messages_state_send_at", "state", "send_at"),
    Index("ix_messages_member_id", "member_id", "message_id"),
)
