"""Who may talk to the studio: this machine's browser, after it was opened by the address that was printed.

Every request passes :class:`Guard` first. The first address carries a random token; it is answered with a cookie that
scripts cannot read and that no other site's page makes the browser send, and with a redirect to the clean address.
Host and Origin are checked so that a page of another site cannot reach the studio through a name of its own that
points to this machine (DNS rebinding), nor open a WebSocket, to which cookies would go along.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from striate.errors import ParameterError

_CLOSED = "Open the address that striate printed: it holds the key. (This one lacks it, or striate was started anew.)\n"


class Guard:
    """Lets requests through that come from the studio's own page.

    Args:
        app: What is guarded.
        hosts: Host headers that are taken, with their port, such as "127.0.0.1:8000".

    Attributes:
        token: For the first address.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self.token = secrets.token_urlsafe(32)
        self._secret = secrets.token_urlsafe(32)
        # Cookies are shared by all ports of a host: each studio needs a name of its own.
        self.cookie = f"striate-{secrets.token_hex(6)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers or hands on a request."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refusal is not None:
                await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
                return
            await self._app(scope, receive, send)
            return
        if refusal is None:
            await self._app(scope, receive, self._with_headers(scope, send))
        else:
            await refusal(scope, receive, self._with_headers(scope, send))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that goes no further; None for one that does."""
        client = scope.get("client")
        if client is None or not _is_loopback(client[0]):
            return PlainTextResponse("the studio answers this machine only\n", 403)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("this is not the name under which the studio was started\n", 403)
        origins = headers.getlist("origin")
        if any(origin.lower() not in self._origins for origin in origins):
            return PlainTextResponse("another page's request is not answered\n", 403)
        if scope["type"] == "websocket":
            return None if origins and self._known(headers) else PlainTextResponse(_CLOSED, 403)
        method = scope["method"]
        if method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("method not allowed\n", 405, {"Allow": "GET, HEAD, POST"})
        if method == "POST" and not origins:
            return PlainTextResponse("a request that changes something must say where it comes from\n", 403)
        entered = self._entered(scope)
        if entered is not None:
            return entered
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return PlainTextResponse("another page's request is not answered\n", 403)
        return None if self._known(headers) else PlainTextResponse(_CLOSED, 403)

    def _entered(self, scope: Scope) -> Response | None:
        """The answer to the first address: the cookie, and the way to the address without the token."""
        if scope["path"] != "/" or scope["method"] != "GET":
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"))
        tokens = [value for name, value in query if name == "token"]
        if len(tokens) != 1 or not secrets.compare_digest(tokens[0].encode(), self.token.encode()):
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        response = RedirectResponse("/?" + rest if rest else "/", 303)
        response.set_cookie(self.cookie, self._secret, path="/", httponly=True, samesite="strict")
        return response

    def _known(self, headers: Headers) -> bool:
        for line in headers.getlist("cookie"):
            try:
                found = SimpleCookie(line).get(self.cookie)
            except CookieError:
                continue
            if found is not None and secrets.compare_digest(found.value.encode(), self._secret.encode()):
                return True
        return False

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers().items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        return sending

    def _headers(self) -> dict[str, str]:
        sockets = " ".join(sorted(f"ws://{host}" for host in self._hosts))
        policy = (
            f"default-src 'self'; connect-src 'self' {sockets}; img-src 'self' blob: data:; media-src 'self' blob:; "
            "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), usb=(), display-capture=()",
        }


def checked_host(host: str) -> str:
    """An address to listen on, if only this machine can reach it.

    Raises:
        ParameterError: Others could.

    Example:
        >>> checked_host("localhost")
        '127.0.0.1'
    """
    address = "127.0.0.1" if host.lower() == "localhost" else host.strip("[]")
    if not _is_loopback(address):
        raise ParameterError(
            f'host (="{host}") must be of this machine alone: 127.0.0.1, ::1 or localhost; to look from another '
            "machine forward the port: ssh -L PORT:127.0.0.1:PORT THIS-MACHINE"
        )
    return address


def host_names(address: str, port: int) -> tuple[str, ...]:
    """The Host headers that stand for an address of this machine.

    Example:
        >>> host_names("127.0.0.1", 8000)
        ('127.0.0.1:8000', 'localhost:8000')
    """
    own = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return tuple(dict.fromkeys((own, f"localhost:{port}")))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
