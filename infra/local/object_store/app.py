"""The endpoint itself: S3's requests in, files out.

Served: create and head a bucket; put, copy, get (with a range), head and delete an object; list (version 2);
presigned links; browser forms. Everything else that S3 knows is answered `NotImplemented`, so that no
request is taken for a simpler one than it is.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from typing import BinaryIO
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from . import forms, signatures
from .files import MAX_OBJECT_BYTES, Files, Label, Told
from .keys import Keys
from .refusals import Refusal

PUBLIC_PREFIX = "public/"  # what a browser may read without a signature: product pictures
CHUNK_BYTES = 256 * 1024
FORM_OVERHEAD_BYTES = 64 * 1024  # the fields and boundaries around a form's file
MAX_FORM_FIELDS = 40
MAX_LISTED = 1000
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"]
LIST_PARAMETERS = {"list-type", "prefix", "continuation-token", "max-keys", "encoding-type", "start-after"}

REPLY_PARAMETERS = {"response-content-type", "response-content-disposition"}

Handler = Callable[["Call"], Awaitable[Response]]


def create_app(
    data_dir: str | os.PathLike[str], access_key: str, secret_key: str, buckets: Sequence[str] = ()
) -> Starlette:
    """An ASGI application over `data_dir`; `buckets` are made at once, where they are not there yet."""
    files, keys = Files(data_dir), Keys(access_key, secret_key)
    for bucket in buckets:
        files.create_bucket(bucket)

    async def answer(request: Request) -> Response:
        request_id = secrets.token_hex(8).upper()
        try:
            response = await _serve(request, files, keys)
        except Refusal as refusal:
            body = "" if request.method == "HEAD" else refusal.xml(request.url.path, request_id)
            response = Response(body, refusal.status, media_type="application/xml")
        except ClientDisconnect:
            response = Response(status_code=400)  # nobody is there to read it; nothing was stored
        response.headers["x-amz-request-id"] = request_id
        return response

    cors = Middleware(
        CORSMiddleware, allow_origins=["*"], allow_methods=METHODS, allow_headers=["*"], expose_headers=["ETag"]
    )
    return Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)], middleware=[cors])


class Call:
    """One request, with what every handler needs of it."""

    def __init__(self, request: Request, files: Files, keys: Keys) -> None:
        self.request, self.files, self.keys = request, files, keys
        self.wire = _wire(request)
        self.query = dict(signatures.query_pairs(self.wire.raw_query))
        self.bucket, self.key = _address(self.wire)
        self.now = datetime.now(UTC)

    def refuse_unknown(self, known: set[str]) -> None:
        """`PUT key?acl` is not `PUT key`: a parameter we do not know changes the meaning of a request."""
        unknown = [name for name in self.query if name not in known | {"x-id"} and not name.startswith("X-Amz-")]
        if unknown:
            raise Refusal("NotImplemented", f"Not supported here: {', '.join(unknown)}")


async def _serve(request: Request, files: Files, keys: Keys) -> Response:
    call = Call(request, files, keys)
    kind = "object" if call.key else "bucket"
    handler = HANDLERS.get((request.method, kind))
    if handler is None or not call.bucket:
        raise Refusal("MethodNotAllowed", "The specified method is not allowed against this resource.")
    return await handler(call)


async def _create_bucket(call: Call) -> Response:
    signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(set())
    if not await run_in_threadpool(call.files.create_bucket, call.bucket):
        raise Refusal("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded.")
    return Response(headers={"Location": f"/{call.bucket}"})


async def _head_bucket(call: Call) -> Response:
    signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(set())
    call.files.check_bucket(call.bucket)
    return Response()


async def _put_object(call: Call) -> Response:
    promised = signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(set())
    if "x-amz-copy-source" in call.wire.headers:
        return await run_in_threadpool(_copy_object, call)
    _bounded_length(call, MAX_OBJECT_BYTES)
    with call.files.draft(call.bucket, call.key) as draft:
        async for chunk in call.request.stream():
            draft.write(chunk)
        if promised not in (signatures.UNSIGNED, draft.sha256):
            raise Refusal("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' does not match the body.")
        if call.wire.headers.get("content-md5", md5 := base64.b64encode(draft.md5).decode()) != md5:
            raise Refusal("BadDigest", "The Content-MD5 you specified did not match what we received.")
        label = await run_in_threadpool(draft.publish, _told(call.wire.headers), replaces=_replaces(call.wire.headers))
    return Response(headers={"ETag": f'"{label.etag}"'})


def _copy_object(call: Call) -> Response:
    """Of this bucket, with what the request says of it in place of what the origin said."""
    bucket, _, key = unquote(call.wire.headers["x-amz-copy-source"]).lstrip("/").partition("/")
    if bucket != call.bucket or call.wire.headers.get("x-amz-metadata-directive") != "REPLACE":
        raise Refusal("NotImplemented", "Copies stay in their bucket and say anew what they are (REPLACE).")
    label, file = call.files.open(bucket, key)
    with file, call.files.draft(call.bucket, call.key) as draft:
        if call.wire.headers.get("x-amz-copy-source-if-match", label.etag).strip('"') != label.etag:
            raise Refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        for chunk in _body(file, 0, label.size_bytes):
            draft.write(chunk)
        copied = draft.publish(_told(call.wire.headers))
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult xmlns="{NAMESPACE}">'
        f"<LastModified>{_iso(copied.modified)}</LastModified><ETag>&quot;{copied.etag}&quot;</ETag></CopyObjectResult>",
        media_type="application/xml")


def _told(told: Mapping[str, str]) -> Told:
    """`told`: a request's headers or a form's fields."""
    return Told(told.get("content-type", "binary/octet-stream"), told.get("cache-control", ""),
                told.get("content-disposition", ""))


async def _get_object(call: Call) -> Response:
    signed = signatures.is_signed(call.wire)
    if signed or not call.key.startswith(PUBLIC_PREFIX):
        signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(REPLY_PARAMETERS)
    if not signed and call.query.keys() & REPLY_PARAMETERS:  # else any picture could be opened as a page
        raise Refusal("InvalidRequest", "Request specific response headers cannot be used for anonymous GET requests.")
    label, file = call.files.open(call.bucket, call.key)
    try:
        headers, start, length = _object_headers(call, label)
    except Refusal:
        file.close()
        raise
    status = 206 if "Content-Range" in headers else 200
    if call.request.method == "HEAD":
        file.close()
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_body(file, start, length), status, headers)


async def _delete_object(call: Call) -> Response:
    signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(set())
    await run_in_threadpool(call.files.delete, call.bucket, call.key)
    return Response(status_code=204)


async def _post_form(call: Call) -> Response:
    call.refuse_unknown(set())
    call.files.check_bucket(call.bucket)
    _bounded_length(call, MAX_OBJECT_BYTES + FORM_OVERHEAD_BYTES)
    if not call.wire.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refusal("MalformedPOSTRequest", "The body of your POST request is not multipart/form-data.")
    try:
        form = await call.request.form(max_files=1, max_fields=MAX_FORM_FIELDS)
    except HTTPException as problem:
        raise Refusal("MalformedPOSTRequest", problem.detail) from None
    try:
        fields, upload = _form_parts(form.multi_items())
        forms.admit(fields, call.bucket, upload.size or 0, call.keys, call.now)
        label = await _store_upload(call, fields, upload)
    finally:
        await form.close()
    return _form_answer(call, fields, label)


async def _list_objects(call: Call) -> Response:
    signatures.verify(call.wire, call.keys, call.now)
    call.refuse_unknown(LIST_PARAMETERS)
    if call.query.get("list-type") != "2":
        raise Refusal("NotImplemented", "Only ListObjectsV2 is supported here.")
    prefix, after = call.query.get("prefix", ""), call.query.get("start-after", "")
    if token := call.query.get("continuation-token"):
        after = _read_token(token)
    if not (wanted := call.query.get("max-keys", str(MAX_LISTED))).isdigit():
        raise Refusal("InvalidArgument", "max-keys must be a number.")
    limit = min(int(wanted), MAX_LISTED)
    labels = await run_in_threadpool(lambda: list(call.files.labels(call.bucket)))
    found = sorted((label for label in labels if label.key.startswith(prefix)), key=lambda label: label.key.encode())
    rest = [label for label in found if label.key.encode() > after.encode()]
    return Response(_listing(call, prefix, rest[:limit], limit, len(rest) > limit > 0), media_type="application/xml")


HANDLERS: Mapping[tuple[str, str], Handler] = {
    ("PUT", "bucket"): _create_bucket,
    ("HEAD", "bucket"): _head_bucket,
    ("GET", "bucket"): _list_objects,
    ("POST", "bucket"): _post_form,
    ("PUT", "object"): _put_object,
    ("GET", "object"): _get_object,
    ("HEAD", "object"): _get_object,
    ("DELETE", "object"): _delete_object,
}


def _wire(request: Request) -> signatures.Signed:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    raw_path = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    raw_query = request.scope["query_string"].decode("latin-1")
    return signatures.Signed(request.method, raw_path.decode("latin-1").partition("?")[0], raw_query, headers)


def _address(wire: signatures.Signed) -> tuple[str, str]:
    """Bucket and key: `mall.localhost:8203/key` (virtual style) or `127.0.0.1:8203/mall/key` (path style)."""
    try:
        path = unquote(wire.raw_path, errors="strict").removeprefix("/")
    except UnicodeDecodeError:
        raise Refusal("InvalidURI", "Couldn't parse the specified URI.") from None
    host = wire.headers.get("host", "").partition(":")[0].lower()
    if host.endswith(".localhost"):
        return host.removesuffix(".localhost"), path
    bucket, _, key = path.partition("/")
    return bucket, key


def _bounded_length(call: Call, limit_bytes: int) -> None:
    length = call.wire.headers.get("content-length", "")
    if not length.isdigit():
        raise Refusal("MissingContentLength", "You must provide the Content-Length HTTP header.")
    if int(length) > limit_bytes:
        raise Refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.")


def _object_headers(call: Call, label: Label) -> tuple[dict[str, str], int, int]:
    headers = {
        "Content-Type": call.query.get("response-content-type", label.content_type),
        "ETag": f'"{label.etag}"',
        "Last-Modified": formatdate(label.modified, usegmt=True),
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",  # an upload that says image/png is never run as a page
    }
    if disposition := call.query.get("response-content-disposition", label.disposition):
        headers["Content-Disposition"] = disposition
    if label.cache_control:
        headers["Cache-Control"] = label.cache_control
    start, length = 0, label.size_bytes
    if wanted := re.fullmatch(r"bytes=(\d*)-(\d*)", call.wire.headers.get("range", "")):
        start, end = _range(wanted[1], wanted[2], label.size_bytes)
        length = end - start + 1
        headers["Content-Range"] = f"bytes {start}-{end}/{label.size_bytes}"
    headers["Content-Length"] = str(length)
    return headers, start, length


def _range(first: str, last: str, size_bytes: int) -> tuple[int, int]:
    """First and last byte; `-n` means the last n bytes, `n-` everything from n on."""
    start = int(first) if first else max(0, size_bytes - int(last or 0))
    end = min(int(last), size_bytes - 1) if first and last else size_bytes - 1
    if start > end:
        raise Refusal("InvalidRange", "The requested range is not satisfiable")
    return start, end


def _body(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0:
            chunk = file.read(min(CHUNK_BYTES, length))
            length -= len(chunk)
            yield chunk


def _form_parts(items: list[tuple[str, UploadFile | str]]) -> tuple[dict[str, str], UploadFile]:
    """Fields (names in lower case) and the file, which S3 wants to be the last part."""
    *before, (last_name, upload) = items or [("", "")]
    if last_name != "file" or not isinstance(upload, UploadFile):
        raise Refusal("InvalidArgument", "POST requires exactly one file upload per request, as the last field.")
    fields: dict[str, str] = {}
    for name, value in before:
        if not isinstance(value, str) or name.lower() in fields:
            raise Refusal("InvalidArgument", f"The form carries {name} twice or as a file.")
        fields[name.lower()] = value
    return fields, upload


async def _store_upload(call: Call, fields: Mapping[str, str], upload: UploadFile) -> Label:
    with call.files.draft(call.bucket, fields["key"]) as draft:
        while chunk := await upload.read(CHUNK_BYTES):
            draft.write(chunk)
        return await run_in_threadpool(draft.publish, _told(fields), replaces=_replaces(fields))


def _replaces(told: Mapping[str, str]) -> bool:
    """Whether an object that is there already may be replaced; `told`: a request's headers or a form's fields."""
    wanted = told.get("if-none-match")
    if wanted not in (None, "*"):
        raise Refusal("NotImplemented", "If-None-Match can only be *.")
    return wanted is None


def _form_answer(call: Call, fields: Mapping[str, str], label: Label) -> Response:
    location = f"{call.request.url.scheme}://{call.wire.headers['host']}/{call.bucket}/{quote(label.key)}"
    headers = {"ETag": f'"{label.etag}"', "Location": location}
    status = fields.get("success_action_status", "204")
    if status != "201":
        return Response(status_code=200 if status == "200" else 204, headers=headers)
    xml = (
        f"<PostResponse><Location>{escape(location)}</Location><Bucket>{call.bucket}</Bucket>"
        f"<Key>{escape(label.key)}</Key><ETag>&quot;{label.etag}&quot;</ETag></PostResponse>"
    )
    return Response(xml, 201, headers, media_type="application/xml")


def _read_token(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        raise Refusal("InvalidArgument", "The continuation token provided is incorrect.") from None


def _listing(call: Call, prefix: str, labels: list[Label], limit: int, more: bool) -> str:
    url = call.query.get("encoding-type") == "url"
    encode = quote if url else escape
    items = "".join(
        f"<Contents><Key>{encode(label.key)}</Key><LastModified>{_iso(label.modified)}</LastModified>"
        f"<ETag>&quot;{label.etag}&quot;</ETag><Size>{label.size_bytes}</Size>"
        "<StorageClass>STANDARD</StorageClass></Contents>"
        for label in labels
    )
    token = base64.urlsafe_b64encode(labels[-1].key.encode()).decode() if more else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{NAMESPACE}">'
        f"<Name>{call.bucket}</Name><Prefix>{encode(prefix)}</Prefix><KeyCount>{len(labels)}</KeyCount>"
        f"<MaxKeys>{limit}</MaxKeys><IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        + (f"<NextContinuationToken>{token}</NextContinuationToken>" if more else "")
        + ("<EncodingType>url</EncodingType>" if url else "")
        + f"{items}</ListBucketResult>"
    )


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
