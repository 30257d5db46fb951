"""Goods on their way (履约): shipping, parcels, receipt, the files that go out and come back with numbers."""
