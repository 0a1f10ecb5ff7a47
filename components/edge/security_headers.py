"""The headers every answer of the site carries, whatever the bucket says."""

from dataclasses import dataclass
from typing import Literal

import pulumi_aws as aws

from components.base import Component

REMOVED = (
    "server",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-version-id",
)
"""What S3 tells about itself: among it, with SSE-KMS, the ARN of the key and so the account."""

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

Frames = Literal["DENY", "SAMEORIGIN"]


@dataclass(frozen=True, kw_only=True)
class SecurityHeaders:
    """What browsers are told to refuse.

    Attributes:
        content_security_policy: What a page may load and who may frame it.
        hsts_seconds: How long a browser insists on HTTPS.
        hsts_preload: Whether browsers may ship with that. Not undone for months.
        frames: Who may frame a page, for browsers without a content security policy.
        permissions_policy: What a page may not ask the visitor for.
    """

    content_security_policy: str = (
        "default-src 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'"
    )
    hsts_seconds: int = 63_072_000
    hsts_preload: bool = False
    frames: Frames = "DENY"
    permissions_policy: str = PERMISSIONS


def page_headers(
    owner: Component, name: str, headers: SecurityHeaders
) -> aws.cloudfront.ResponseHeadersPolicy:
    """The headers of pages: the browser asks again each time, and is told "not modified"."""
    return _policy(owner, f"{name}-page-headers", headers, {"Cache-Control": "no-cache"})


def asset_headers(
    owner: Component, name: str, headers: SecurityHeaders
) -> aws.cloudfront.ResponseHeadersPolicy:
    """The headers of hashed files.

    Their `Cache-Control` comes from the upload, never from here: it would also go out with an
    error, and a browser that met a missing file once would not ask for a year.
    """
    return _policy(owner, f"{name}-asset-headers", headers, {})


def _policy(
    owner: Component, name: str, headers: SecurityHeaders, more: dict[str, str]
) -> aws.cloudfront.ResponseHeadersPolicy:
    custom = {
        **more,
        # A login may still open in a window of its own.
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
        "Permissions-Policy": headers.permissions_policy,
    }
    return aws.cloudfront.ResponseHeadersPolicy(
        name,
        security_headers_config={
            "content_security_policy": {
                "content_security_policy": headers.content_security_policy,
                "override": True,
            },
            "content_type_options": {"override": True},
            "frame_options": {"frame_option": headers.frames, "override": True},
            "referrer_policy": {
                "referrer_policy": "strict-origin-when-cross-origin",
                "override": True,
            },
            "strict_transport_security": {
                "access_control_max_age_sec": headers.hsts_seconds,
                "include_subdomains": True,
                "preload": headers.hsts_preload,
                "override": True,
            },
        },
        custom_headers_config={
            "items": [
                {"header": header, "value": value, "override": True}
                for header, value in custom.items()
            ]
        },
        remove_headers_config={"items": [{"header": header} for header in REMOVED]},
        opts=owner.child(),
    )
