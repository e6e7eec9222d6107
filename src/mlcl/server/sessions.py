"""/session: who asks, and how a browser signs in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from mlcl.server.context import Server
from mlcl.server.errors import Refused
from mlcl.server.schemas.others import Session, SignIn
from mlcl.server.security import NOBODY, Ticket, ended_cookie
from mlcl.version import __version__

router = APIRouter(tags=["session"])


@router.get("/session")
def get_session(request: Request, response: Response) -> Session:
    """Who asks. On loopback without tokens this starts a session by itself."""
    server: Server = request.app.state.server
    guard, headers = server.guard, dict(request.scope["headers"])
    guard.check_origin(request.scope, headers)
    ticket = guard.ticket(headers)
    if ticket is None and not guard.needs_token:
        ticket, cookie = guard.begin(NOBODY, secure=_secure(request))
        response.headers["set-cookie"] = cookie
    return _told(server, ticket)


@router.post("/session")
def sign_in(body: SignIn, request: Request, response: Response) -> Session:
    """Signs a browser in with a token (mlcl token create NAME)."""
    server: Server = request.app.state.server
    guard = server.guard
    guard.check_origin(request.scope, dict(request.scope["headers"]))
    name = guard.tokens.check(body.token.strip())
    if name is None:
        raise Refused(403, "This token is not known.", fix="mlcl token create NAME")
    ticket, cookie = guard.begin(name, secure=_secure(request))
    response.headers["set-cookie"] = cookie
    return _told(server, ticket)


@router.delete("/session")
def sign_out(request: Request, response: Response) -> Session:
    """Signs the browser out."""
    server: Server = request.app.state.server
    server.guard.check_origin(request.scope, dict(request.scope["headers"]))
    response.headers["set-cookie"] = ended_cookie()
    return _told(server, None)


def _told(server: Server, ticket: Ticket | None) -> Session:
    """A session of nobody is none any more once tokens are needed."""
    from mlcl.server.static import built

    guard = server.guard
    valid = ticket is not None and not (guard.needs_token and ticket.caller == NOBODY)
    return Session(
        signed_in=valid,
        name=ticket.caller if ticket and valid else "",
        needs_token=guard.needs_token,
        csrf=guard.csrf(ticket) if ticket and valid else "",
        version=__version__,
        store=server.store.address if valid else "",
        page=built(),
    )


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"
