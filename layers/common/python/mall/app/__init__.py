"""The front desk: all that a function file imports besides flows, domains and errors."""

from mall.app import loading
from mall.app.actions import Action, Schedule, command, listener, query, remote, timer, webhook
from mall.app.context import Ctx
from mall.app.fields import (
    Body, Code, Count, Cursor, Day, Fen, Id, Input, Key, Limit, Line, Moment, Name, Note, Nothing, Output, Paragraph,
    Percent, Phone, PositiveFen, Quantity, Title, Url, Version,
)
from mall.app.throttle import Throttle

loading.ends()

__all__ = [
    "Action", "Body", "Code", "Count", "Ctx", "Cursor", "Day", "Fen", "Id", "Input", "Key", "Limit", "Line", "Moment",
    "Name", "Note", "Nothing", "Output", "Paragraph", "Percent", "Phone", "PositiveFen", "Quantity", "Schedule",
    "Throttle", "Title", "Url", "Version", "command", "listener", "query", "remote", "timer", "webhook",
]
