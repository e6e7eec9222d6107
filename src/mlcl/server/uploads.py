"""/uploads: files on their way into the store."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.requests import ClientDisconnect

from mlcl.server.context import Context
from mlcl.server.errors import Refused
from mlcl.server.schemas.others import StartUpload, Upload

router = APIRouter(tags=["uploads"])

UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="`id` of the upload.")]
_BYTES = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/uploads", status_code=201)
def start_upload(body: StartUpload, server: Context) -> Upload:
    """Announces a file; its parts follow."""
    return server.uploads.start(body.name, body.size)


@router.get("/uploads/{upload}")
def get_upload(upload: UploadId, server: Context) -> Upload:
    """How far an upload is: after a dropped connection, go on at `offset`."""
    return server.uploads.find(upload)


@router.patch("/uploads/{upload}", openapi_extra=_BYTES)
async def send_part(
    upload: UploadId, request: Request, server: Context, offset: Annotated[int, Query(ge=0, le=2**62)]
) -> Upload:
    """Sends the next part, as bytes; with the last one the file is in the store, and `source` names it. 409 when the
    part does not begin where the file ends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream":
        raise Refused(415, "A part is sent as application/octet-stream.", found=kind)
    with suppress(ClientDisconnect):  # what arrived is kept
        await server.uploads.add(upload, offset, request.stream())
    return await asyncio.to_thread(server.uploads.finish, upload)
