"""What the accountant works with: WeChat's bills and how they differ from our books; invoices (发票); what is
safeguarded for the owners of stored value (备付); how far the audit has come."""

from mall.kit.documents import Shape
from mall.kit.schema import (
    Index, UniqueConstraint, count_column, fen_column, id_column, json_column, sealed_column, table, text_column,
    time_column, version_columns,
)

bills = table(  # one file of WeChat's; a day asked for again that reads otherwise is another bill
    "bills",
    id_column("bill_id", key=True),
    id_column("seller_id"),
    text_column("day", 10),  # of Shanghai
    text_column("kind", 8),  # TRADE, FUND
    text_column("state", 16),  # STORING PULLED MATCHED REPLACED
    text_column("sha1", 40),
    text_column("file_key", 128, optional=True),  # None: WeChat has no bill, nothing was traded
    count_column("rows_count"),
    json_column("totals", shape=Shape()),  # {"theirs": {...}} and, once matched, {"ours": {...}}
    count_column("matched_rows", optional=True),  # how many of its rows the matching under way has been through
    time_column("pulled_at"),
    time_column("matched_at", optional=True),
    Index("ix_bills_day", "day", "kind"),
    Index("ix_bills_seller_day", "seller_id", "day", "bill_id"),
)
bill_tries = table(  # a bill that is due and not here yet: counted before each try, as one may kill its function
    "bill_tries",
    text_column("day", 10, key=True),
    text_column("kind", 8, key=True),
    count_column("attempts"),
    text_column("problem", 64, optional=True),  # the code of the last one that could say it
    time_column("try_at"),  # not before
)
bill_rows = table(
    "bill_rows",
    id_column("bill_id", key=True),
    count_column("row_no", key=True),
    text_column("entry", 16),  # PAYMENT, REFUND of a trade bill; INCOME FEE REFUND FEE_BACK REFUND_BACK OTHER of funds
    text_column("number", 64),  # ours: of the payment or the refund
    text_column("wechat_no", 64),
    text_column("state", 16),
    fen_column("amount_fen"),  # always positive in a trade bill; signed in a fund flow
    fen_column("fee_fen"),  # of a trade, negative where it came back
    text_column("appid", 64, optional=True),  # of a trade: the app that it was made in
    time_column("booked_at"),
    Index("ix_bill_rows_number", "number"),
)
differences = table(
    "differences",
    id_column("difference_id", key=True),
    id_column("seller_id"),
    text_column("day", 10),
    text_column("kind", 16),  # MISSING_HERE MISSING_THERE AMOUNT FEE STATE
    text_column("subject", 8),  # PAYMENT, REFUND
    text_column("number", 64),
    text_column("state", 16),  # OPEN RESOLVED MENDED
    text_column("once_key", 120, optional=True),  # kind and number while it counts: one difference each
    fen_column("ours_fen", optional=True),
    fen_column("theirs_fen", optional=True),
    text_column("sentence", 255),
    text_column("next_step", 255),
    text_column("mended_by", 64),  # the action that mends it
    text_column("note", 255),
    time_column("created_at"),
    time_column("resolved_at", optional=True),
    UniqueConstraint("once_key", name="uq_differences_once_key"),
    Index("ix_differences_seller_state", "seller_id", "state", "difference_id"),
    Index("ix_differences_day", "day", "state"),
)
invoices = table(
    "invoices",
    id_column("invoice_id", key=True),
    id_column("seller_id"),
    id_column("member_id"),
    id_column("order_no"),
    text_column("state", 16),  # REQUESTED ISSUED RED_DUE RED CANCELLED REFUSED
    text_column("title_kind", 16),  # PERSONAL COMPANY
    sealed_column("invoices.title", 128),
    sealed_column("invoices.tax_no", 20, optional=True),
    fen_column("amount_fen"),  # as requested, then as issued
    fen_column("red_due_fen"),  # to be taken back by a red-letter invoice (红字发票)
    fen_column("reddened_fen"),
    text_column("number", 32, optional=True),
    text_column("issued_on", 10, optional=True),
    text_column("file_url", 512, optional=True),  # where it is kept elsewhere
    id_column("file_upload_id", optional=True),  # of a paper of the seller's, in its place
    json_column("red_letters", shape=Shape(each=True)),  # [{number, issued_on, amount_fen}]
    text_column("active_key", 80, optional=True),  # the order while the invoice counts: one each
    text_column("refusal", 255, optional=True),  # why the shop issues none, as its buyer reads it
    time_column("requested_at"),
    time_column("issued_at", optional=True),
    time_column("changed_at"),
    *version_columns(changed_at=False, changed_by=False),  # of what the buyer asked for
    UniqueConstraint("active_key", name="uq_invoices_active_key"),
    UniqueConstraint("seller_id", "number", name="uq_invoices_seller_id_number"),
    Index("ix_invoices_order_no", "order_no"),
    Index("ix_invoices_seller_state", "seller_id", "state", "invoice_id"),
    Index("ix_invoices_member_id", "member_id", "invoice_id"),
    Index("ix_invoices_issued_at", "issued_at"),
)
safeguarding_reports = table(
    "safeguarding_reports",
    text_column("day", 10, key=True),  # of Shanghai
    fen_column("opening_fen"),  # owed to members, held parts of it too
    fen_column("topped_up_fen"),
    fen_column("spent_fen"),
    fen_column("refunded_fen"),
    fen_column("closing_fen"),
    count_column("percent"),
    fen_column("safeguard_fen"),  # what has to lie in the safeguarding account
    fen_column("difference_fen"),  # what the movements do not explain: zero
    time_column("made_at"),
)
audit_runs = table(  # one look of the audit; a row that stays RUNNING is one that died
    "audit_runs",
    id_column("run_id", key=True),
    text_column("state", 16),  # RUNNING DONE LOST
    count_column("checked"),  # keys looked at
    count_column("findings"),
    time_column("started_at"),
    time_column("finished_at", optional=True),
    Index("ix_audit_runs_state", "state", "started_at"),
)
audit_positions = table(  # how far it has come with each subject, and with each table that tells what has changed
    "audit_positions",
    text_column("name", 64, key=True),
    json_column("position"),  # a list; [] at the beginning
    count_column("turn"),  # so that two runs at once do not undo each other
    time_column("began_at", optional=True),  # of the round over everything
    time_column("passed_at", optional=True),  # when a subject was last gone through to its end
)
