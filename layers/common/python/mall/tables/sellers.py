"""Sellers (商家): who sells on the platform beside the platform itself, and whether he may (spec E13)."""

from typing import Any

from sqlalchemy import ColumnElement, func, select

from mall.kit.schema import (
    Index, UniqueConstraint, count_column, id_column, sealed_column, table, text_column, time_column, version_columns,
)

sellers = table(  # the platform's own shop has no row
    "sellers",
    id_column("seller_id", key=True),
    text_column("state", 16),  # PENDING ACTIVE SUSPENDED REFUSED
    text_column("name", 64),  # as buyers read it
    text_column("taken_name", 64, optional=True),  # what nobody else may be called; not of the refused
    text_column("licence_no", 18),  # the unified social credit code
    id_column("licence_upload_id", optional=True),  # a picture or PDF of the licence
    sealed_column("sellers.contact_name", 64),
    sealed_column("sellers.contact_phone", 32),
    text_column("reason", 128),  # why it was refused or suspended, as the applicant and buyers read it
    count_column("commission_per_ten_thousand"),  # of orders placed from now on
    id_column("receiver_id", optional=True),  # of profit sharing: whose parts are the seller's own
    id_column("member_id", optional=True),  # who applied; none where the platform's staff made it
    time_column("created_at"),
    time_column("decided_at", optional=True),
    *version_columns(),
    UniqueConstraint("taken_name", name="uq_sellers_taken_name"),
    Index("ix_sellers_state", "state", "seller_id"),
    Index("ix_sellers_name", "name", "seller_id"),
    Index("ix_sellers_member_id", "member_id", "seller_id"),
)


def commission(seller_id: ColumnElement) -> Any:
    """What the platform keeps of an order that is placed now, of ten thousand; nothing of its own shop's."""
    return func.coalesce(
        select(sellers.c.commission_per_ten_thousand).where(sellers.c.seller_id == seller_id).scalar_subquery(), 0)


def seller_name(seller_id: ColumnElement) -> Any:
    """As buyers read it; NULL of the platform's own shop, which is called as the settings say."""
    return select(sellers.c.name).where(sellers.c.seller_id == seller_id).scalar_subquery()


def suspended(seller_id: ColumnElement) -> Any:
    """Why the seller of a row's goods is suspended, NULL while he sells: the one condition for whatever buyers see."""
    return (
        select(sellers.c.reason)
        .where(sellers.c.seller_id == seller_id, sellers.c.state == "SUSPENDED")
        .scalar_subquery()
    )
