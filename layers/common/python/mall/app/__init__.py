"""The front desk: all that a function file imports besides flows, domains and errors."""

from mall.app import loading
from mall.app.actions import Action, Load, Schedule, TwoPeople, command, listener, query, remote, timer, webhook
from mall.app.context import Ctx
from mall.app.fields import (
    Body, Code, Count, Cursor, Day, Fen, Happened, Id, Input, Key, Limit, Line, Moment, Name, NewPassword, Note,
    Nothing, Output, Paragraph, Password, Percent, Phone, PickupCode, Planned, PositiveFen, Quantity, Serial, Title,
    TypedId, TypedSerial, Url, Version, in_form, in_order,
)
from mall.app.kind_fields import KindFields
from mall.app.repeats import KEY, harmless, seen

loading.ends()

__all__ = [
    "Action", "Body", "Code", "Count", "Ctx", "Cursor", "Day", "Fen", "Happened", "Id", "Input", "KEY", "Key",
    "KindFields", "Limit", "Line", "Load", "Moment", "Name", "NewPassword", "Note", "Nothing", "Output",
    "Paragraph", "Password", "Percent", "Phone", "PickupCode", "Planned", "PositiveFen", "Quantity", "Schedule",
    "Serial", "Title", "TwoPeople", "TypedId", "TypedSerial", "Url", "Version", "command", "harmless", "in_form",
    "in_order", "listener", "query", "remote", "seen", "timer", "webhook",
]
