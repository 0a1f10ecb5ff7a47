"""What a page needs besides itself: the files its HTML names."""

from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

_ORIGIN = "https://site.invalid"
"""Stands for the site; RFC 2606 keeps the name free."""

_LINKS = frozenset(
    {
        "apple-touch-icon",
        "icon",
        "manifest",
        "mask-icon",
        "modulepreload",
        "prefetch",
        "preload",
        "stylesheet",
    }
)
"""Link relations that are files; others, such as `canonical`, are pages."""

_ATTRIBUTES = {
    "audio": ("src",),
    "embed": ("src",),
    "img": ("src", "srcset"),
    "input": ("src",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}


class _Collector(HTMLParser):
    """Collects what the tags refer to, as it is written."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = values.get("href", "")
        if tag == "link" and not _LINKS.isdisjoint(values.get("rel", "").lower().split()):
            self.found.append(values.get("href", ""))
        for name in _ATTRIBUTES.get(tag, ()):
            value = values.get(name, "")
            self.found += _candidates(value) if name == "srcset" else [value]


def _candidates(srcset: str) -> list[str]:
    """The URLs of a `srcset`: the first word of each part between commas."""
    return [part.split()[0] for part in srcset.split(",") if part.strip()]


def references(html: str, page: str) -> list[str]:
    """The paths in the folder that a page refers to, each once, in order.

    Args:
        html: The page.
        page: Its path in the folder, from which relative references are resolved.
    """
    collector = _Collector()
    collector.feed(html)
    collector.close()
    base = urljoin(f"{_ORIGIN}/{page}", collector.base)
    paths: dict[str, None] = {}
    for reference in filter(None, (found.strip() for found in collector.found)):
        try:
            url = urlsplit(urljoin(base, reference))
        except ValueError:  # not a URL at all: the file of that name does not exist
            paths[reference] = None
            continue
        path = unquote(url.path).strip("/")
        if f"{url.scheme}://{url.netloc}" == _ORIGIN and path:
            paths[path] = None
    return list(paths)
