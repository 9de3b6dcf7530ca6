"""Who may talk to the studio, over real sockets."""

from __future__ import annotations

import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from striate.errors import ParameterError
from striate.studio.security import Guard, checked_host, host_names
from tests.event_loop import run_apart
from tests.studio.live import Live


class TestToken:
    def test_the_first_address_gives_a_strict_cookie_and_leads_to_the_clean_one(self, studio: Live) -> None:
        answer = httpx.get(f"{studio.base}/?n=edges&token={studio.guard.token}&x=house")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?n=edges&x=house")
        parts = [part.strip().lower() for part in answer.headers["set-cookie"].split(";")]
        assert {"httponly", "samesite=strict", "path=/"} <= set(parts)
        assert studio.guard.token not in answer.headers["set-cookie"]
        assert answer.headers["cache-control"] == "no-store"
        assert httpx.get(f"{studio.base}/?token={studio.guard.token}").headers["location"] == "/"

    def test_with_the_cookie_the_page_is_there(self, studio: Live) -> None:
        with studio.http() as client:
            assert "striate" in client.get("/").text

    @pytest.mark.parametrize("query", ["", "?token=", "?token=wrong", "?token=%00", "?token=é", "?token=a&token=b"])
    def test_without_token_or_cookie_there_is_nothing(self, studio: Live, query: str) -> None:
        answer = httpx.get(studio.base + "/" + query)
        assert answer.status_code == 403
        assert "Open the address that striate printed" in answer.text
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize("cookie", ["", "wrong", "striate=1", 'a="', "x" * 4000])
    def test_another_cookie_does_not_do(self, studio: Live, cookie: str) -> None:
        assert httpx.get(studio.base + "/", headers={"Cookie": cookie}).status_code == 403
        name = studio.guard.cookie
        assert httpx.get(studio.base + "/", headers={"Cookie": f"{name}={cookie}"}).status_code == 403

    def test_the_token_opens_nothing_but_the_first_address(self, studio: Live) -> None:
        token = studio.guard.token
        assert httpx.get(f"{studio.base}/index.html?token={token}").status_code == 403
        assert httpx.post(f"{studio.base}/?token={token}", headers={"Origin": studio.base}).status_code == 403
        assert httpx.get(studio.base, headers={"Cookie": f"{studio.guard.cookie}={token}"}).status_code == 403


class TestHostAndOrigin:
    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}"]
    )
    def test_other_names_are_not_answered(self, studio: Live, host: str) -> None:
        named = host.format(port=studio.address.split(":")[1])
        with studio.http(Host=named) as client:
            assert client.get("/").status_code == 403
        assert httpx.get(f"{studio.base}/?token={studio.guard.token}", headers={"Host": named}).status_code == 403

    def test_localhost_is_this_machine(self, studio: Live) -> None:
        port = studio.address.split(":")[1]
        with studio.http(Host=f"localhost:{port}", Origin=f"http://localhost:{port}") as client:
            assert client.get("/").status_code == 200

    def test_a_request_without_host_is_not_answered(self, studio: Live) -> None:
        host, port = studio.address.split(":")
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(f"GET / HTTP/1.0\r\nCookie: {studio.cookie}\r\n\r\n".encode())
            assert b" 403 " in raw.recv(1000).split(b"\r\n")[0]

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{address}", "http://127.0.0.1:1"])
    def test_another_page_s_requests_are_not_answered(self, studio: Live, origin: str) -> None:
        with studio.http(Origin=origin.format(address=studio.address)) as client:
            assert client.get("/").status_code == 403
            assert client.post("/upload?name=a.png", content=b"x").status_code == 403

    def test_what_changes_something_must_say_where_it_comes_from(self, studio: Live) -> None:
        answer = httpx.post(f"{studio.base}/upload?name=a.png", content=b"x", headers={"Cookie": studio.cookie})
        assert answer.status_code == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site"])
    def test_a_browser_that_says_that_another_site_asks_is_believed(self, studio: Live, site: str) -> None:
        headers = {"Cookie": studio.cookie, "Sec-Fetch-Site": site}
        assert httpx.get(studio.base, headers=headers).status_code == 403
        assert httpx.get(studio.base, headers={**headers, "Sec-Fetch-Site": "same-origin"}).status_code == 200

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    def test_there_is_no_cross_origin_sharing_and_no_other_method(self, studio: Live, method: str) -> None:
        with studio.http() as client:
            answer = client.request(method, "/")
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]


class TestSocket:
    def test_the_page_s_own_is_served(self, studio: Live) -> None:
        with studio.tab() as tab:
            assert tab.hello() == {"network": "edges", "input": "house"}

    @pytest.mark.parametrize("origin", ["http://evil.example", "", "null", "https://{address}"])
    def test_another_origin_or_none_is_refused(self, studio: Live, origin: str) -> None:
        with pytest.raises(InvalidStatus, match="403"), studio.tab(Origin=origin.format(address=studio.address)):
            pass

    def test_without_the_cookie_it_is_refused(self, studio: Live) -> None:
        with pytest.raises(InvalidStatus, match="403"), studio.tab(Cookie="a=b"):
            pass
        address = f"ws://{studio.address}/ws?token={studio.guard.token}"
        with pytest.raises(InvalidStatus, match="403"), connect(address, origin=studio.base, proxy=None):  # type: ignore[arg-type]
            pass

    def test_another_host_is_refused(self, studio: Live) -> None:
        with pytest.raises(InvalidStatus, match="403"), studio.tab(Host="evil.example"):
            pass


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/nothing", "/?token=wrong"])
    def test_every_answer_carries_them(self, studio: Live, path: str) -> None:
        with studio.http() as client:
            headers = client.get(path).headers
        policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")}
        assert policy["default-src"] == ["'self'"]
        assert (
            policy["frame-ancestors"]
            == policy["object-src"]
            == policy["base-uri"]
            == policy["form-action"]
            == ["'none'"]
        )
        assert "script-src" not in policy  # default-src: own files only, nothing inline, nothing evaluated
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"

    def test_refusals_carry_them_too(self, studio: Live) -> None:
        assert "content-security-policy" in httpx.get(studio.base).headers


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc%2fpasswd",
            "//etc/passwd",
            "/static/../index.html",
            "/index.html/../../app.py",
            "/\\..\\app.py",
            "/%00",
            "/.fingerprint",
        ],
    )
    def test_nothing_but_the_page_s_files_is_given(self, studio: Live, path: str) -> None:
        host, port = studio.address.split(":")
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {studio.address}\r\nCookie: {studio.cookie}\r\nConnection: close\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as raw:
            raw.sendall(request.encode())
            answer = b""
            while chunk := raw.recv(65536):
                answer += chunk
        assert answer.split(b" ")[1] in (b"404", b"400")
        assert b"root:" not in answer


class TestLoopback:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
    def test_an_address_that_others_reach_is_refused(self, host: str) -> None:
        with pytest.raises(ParameterError, match=r"must be of this machine alone: 127.0.0.1, ::1 or localhost"):
            checked_host(host)

    def test_addresses_of_this_machine(self) -> None:
        assert [checked_host(host) for host in ("127.0.0.1", "LOCALHOST", "[::1]")] == ["127.0.0.1", "127.0.0.1", "::1"]
        assert host_names("::1", 80) == ("[::1]:80", "localhost:80")

    def test_it_listens_nowhere_else(self, studio: Live) -> None:
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        port = int(studio.address.split(":")[1])
        for other in others - {"127.0.0.1"}:
            if other.startswith("127."):
                continue
            with pytest.raises(OSError, match=r"refused|timed out"), socket.create_connection((other, port), 2):
                pass

    @pytest.mark.parametrize("client", [("192.168.1.5", 1000), ("testclient", 1), ("", 0)])
    def test_a_request_from_elsewhere_is_refused_whatever_it_brings(self, client: tuple[str, int]) -> None:
        app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("in"))])
        guard = Guard(app, ["127.0.0.1:80"])

        async def status(sender: tuple[str, int]) -> int:
            transport = httpx.ASGITransport(guard, client=sender)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:80") as browser:
                answer = await browser.get(f"/?token={guard.token}", headers={"Host": "127.0.0.1:80"})
            return answer.status_code

        assert run_apart(status(client)) == 403
        assert run_apart(status(("127.0.0.1", 9))) == 303
