"""/session: who asks, and how a browser signs in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from mlcl.server.schemas.others import Session, SignIn

router = APIRouter(tags=["session"])


@router.get("/session")
def get_session(request: Request, response: Response) -> Session:
    """Who asks. On loopback without tokens this starts a session by itself."""
    raise NotImplementedError


@router.post("/session")
def sign_in(body: SignIn, request: Request, response: Response) -> Session:
    """Signs a browser in with a token (mlcl token create NAME)."""
    raise NotImplementedError


@router.delete("/session")
def sign_out(request: Request, response: Response) -> Session:
    """Signs the browser out."""
    raise NotImplementedError
