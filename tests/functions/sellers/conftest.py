"""The real storage adapter against the local object store, started once for these tests."""

from tests.support.uploads import object_store, storage

__all__ = ["object_store", "storage"]
