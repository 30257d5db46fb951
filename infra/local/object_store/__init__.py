"""A small S3-compatible endpoint that keeps its objects as files (本地对象存储).

It stands in for S3 and COS on one laptop: the same boto3 code, presigned links and browser forms
as in the cloud, everything in one folder, nothing lost at a restart. Start it with
`python -m infra.local.object_store --port 8203 --data DIR`, or mount `create_app(...)`.
Why it is our own: docs/decisions/0003-own-object-store-endpoint.md.
"""

from .app import create_app
from .keys import Keys, local_keys

__all__ = ["Keys", "create_app", "local_keys"]
