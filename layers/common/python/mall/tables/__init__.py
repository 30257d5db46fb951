"""The tables, a file per group of domains, on one metadata (`mall.kit.schema.metadata`)."""


def load_all():
    """Import every table and return the metadata: for migrations, tests and the local cloud."""
    from mall.kit import idempotency, key_ring, ledger, outbox, postponed, schema
    from mall.tables import accounts, goods, insight, marketing, people, points, reach, sellers, settlements, trade

    assert all((idempotency, key_ring, ledger, outbox, postponed))
    assert all((accounts, goods, insight, marketing, people, points, reach, sellers, settlements, trade))
    return schema.metadata
