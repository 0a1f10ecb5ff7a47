"""What CloudFront keeps: files with a hash in their name for long, everything else not at all.

Playbook APP-08. A hashed file never changes, so a year is safe; the entry page names the hashed
files, so an old one of it means an old application. Pages are checked with the bucket on every
request, whatever `Cache-Control` they were uploaded with.
"""

import pulumi_aws as aws

from components.base import Component

IMMUTABLE_PATHS = ("/assets/*",)
"""Where Vite puts hashed files; `platform frontend check` has the same default."""

YEAR_SECONDS = 31_536_000
"""What "for ever" is in HTTP caching (RFC 9111, section 1.2.2 wants no more than 2^31)."""

_PAGE_SECONDS = 60
"""The longest a page stays at the edge when its upload claimed it may be kept. Zero would switch
compression off with the cache (CloudFront Developer Guide, "Serve compressed files")."""

MANAGED_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
MANAGED_ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
MANAGED_SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
"""AWS's own policies for what is not ours to decide: an API's answers (CloudFront Developer Guide,
"Use managed cache policies", "… origin request policies", "… response headers policies")."""


def page_cache(owner: Component, name: str) -> aws.cloudfront.CachePolicy:
    """The cache policy of everything that is not known to be immutable."""
    return _policy(owner, f"{name}-page-cache", default=0, longest=_PAGE_SECONDS)


def asset_cache(owner: Component, name: str) -> aws.cloudfront.CachePolicy:
    """The cache policy of hashed files. Errors are not kept: CloudFront's own limit is 10 s."""
    return _policy(owner, f"{name}-asset-cache", default=YEAR_SECONDS, longest=YEAR_SECONDS)


def _policy(
    owner: Component, name: str, *, default: int, longest: int
) -> aws.cloudfront.CachePolicy:
    return aws.cloudfront.CachePolicy(
        name,
        min_ttl=0,
        default_ttl=default,
        max_ttl=longest,
        # A file is its path: a query string, a header or a cookie would only be a second copy.
        parameters_in_cache_key_and_forwarded_to_origin={
            "cookies_config": {"cookie_behavior": "none"},
            "headers_config": {"header_behavior": "none"},
            "query_strings_config": {"query_string_behavior": "none"},
            "enable_accept_encoding_brotli": True,
            "enable_accept_encoding_gzip": True,
        },
        opts=owner.child(),
    )
