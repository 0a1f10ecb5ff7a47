"""The function that answers pages, run by a JavaScript engine that knows ECMAScript 5.1 only."""

from typing import cast

import dukpy
import pytest

from components.edge.page_routing import PAGE_ROUTING, RUNTIME

_RUN = PAGE_ROUTING + "handler(dukpy['event'])"


def handled(uri: str, **more: object) -> dict[str, object]:
    """What CloudFront goes on with: the viewer-request event of its developer guide."""
    request: dict[str, object] = {"method": "GET", "uri": uri, **more}
    event = {"version": "1.0", "context": {"eventType": "viewer-request"}, "request": request}
    return cast("dict[str, object]", dukpy.evaljs(_RUN, event=event))  # pyright: ignore[reportUnknownMemberType] - no stubs


@pytest.mark.parametrize(
    "uri",
    ["/", "/users", "/users/", "/users/42/orders", "/a.b/c", "/v1.2/notes", ""],
)
def test_a_page_is_the_entry_page(uri: str) -> None:
    assert handled(uri)["uri"] == "/index.html"


@pytest.mark.parametrize(
    "uri",
    [
        "/index.html",
        "/favicon.ico",
        "/assets/index-BQ4sJk2f.js",
        "/robots.txt",
        "/.well-known/security.txt",
        "/.well-known/apple-app-site-association",
        "/.well-known/assetlinks.json",
    ],
)
def test_a_file_is_itself(uri: str) -> None:
    assert handled(uri)["uri"] == uri


def test_all_else_of_a_request_stays_as_it_was() -> None:
    query = {"code": {"value": "abc"}}
    headers = {"host": {"value": "app.example.com"}}
    after = handled("/login/callback", querystring=query, headers=headers)
    assert after == {
        "method": "GET",
        "uri": "/index.html",
        "querystring": query,
        "headers": headers,
    }


def test_the_function_keeps_to_cloudfronts_limits() -> None:
    assert RUNTIME == "cloudfront-js-2.0"
    assert len(PAGE_ROUTING.encode()) <= 10 * 1024  # CloudFront quotas, "Function size"
