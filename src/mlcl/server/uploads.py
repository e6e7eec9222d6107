"""/uploads: files on their way into the store."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from mlcl.server.schemas.others import StartUpload, Upload

router = APIRouter(tags=["uploads"])

UploadId = Annotated[str, Path(max_length=64, pattern="^[0-9a-f]+$")]


@router.post("/uploads", status_code=201)
def start_upload(body: StartUpload) -> Upload:
    raise NotImplementedError


@router.get("/uploads/{upload}")
def get_upload(upload: UploadId) -> Upload:
    raise NotImplementedError


@router.patch("/uploads/{upload}", openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}})
async def send_part(upload: UploadId, request: Request, offset: Annotated[int, Query(ge=0)]) -> Upload:
    raise NotImplementedError
