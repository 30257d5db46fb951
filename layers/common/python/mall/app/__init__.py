"""The front desk: all that a function file imports besides flows, domains and errors."""

from mall.app import loading
from mall.app.actions import Action, Load, Schedule, command, listener, query, remote, timer, webhook
from mall.app.context import Ctx
from mall.app.fields import (
    Body, Code, Count, Cursor, Day, Fen, Id, Input, Key, Limit, Line, Moment, Name, NewPassword, Nothing, Output,
    Paragraph, Password, Percent, Phone, PickupCode, PositiveFen, Quantity, Serial, Title, Url, in_form,
)

loading.ends()

__all__ = [
    "Action", "Body", "Code", "Count", "Ctx", "Cursor", "Day", "Fen", "Id", "Input", "Key", "Limit", "Line", "Load",
    "Moment", "Name", "NewPassword", "Nothing", "Output", "Paragraph", "Password", "Percent", "Phone", "PickupCode",
    "PositiveFen", "Quantity", "Schedule", "Serial", "Title", "Url", "command", "in_form", "listener", "query",
    "remote", "timer", "webhook",
]
