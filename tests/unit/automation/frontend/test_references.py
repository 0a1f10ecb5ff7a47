"""What a page refers to."""

import pytest

from automation.frontend.references import references


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<script type="module" src="/assets/a.js"></script>', ["assets/a.js"]),
        ('<link rel="stylesheet" href="./a.css?v=1#x">', ["a.css"]),
        (
            '<link rel="modulepreload" href="a.js"><link rel="icon" href="/f.ico">',
            ["a.js", "f.ico"],
        ),
        ('<link rel="shortcut icon" href="/f.ico">', ["f.ico"]),
        ('<link REL="Manifest" HREF="/m.json">', ["m.json"]),
        ('<img src="a.png" srcset="b.png 1x, c.png 2x">', ["a.png", "b.png", "c.png"]),
        ('<video poster="p.jpg"><source src="v.mp4"></video>', ["p.jpg", "v.mp4"]),
        ('<script src="a%20b.js"></script>', ["a b.js"]),
        ('<base href="/app/"><script src="a.js"></script>', ["app/a.js"]),
        ('<script src="a.js"></script><script src="/a.js"></script>', ["a.js"]),
        ('<link rel="icon" href="/a&amp;b.svg">', ["a&b.svg"]),
    ],
)
def test_files_of_the_folder_are_found(html: str, wanted: list[str]) -> None:
    assert references(html, "index.html") == wanted


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.com/a.js"></script>',
        '<script src="//cdn.example.com/a.js"></script>',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="canonical" href="/about">',
        '<link rel="preconnect" href="https://fonts.example.com">',
        '<a href="/about">about</a>',
        "<script>import('/assets/a.js')</script>",
        '<img src="">',
        '<link rel="icon" href="/">',
        "<!-- <script src='/old.js'></script> -->",
    ],
)
def test_what_is_elsewhere_or_no_file_is_not(html: str) -> None:
    assert references(html, "index.html") == []


def test_a_page_further_down_is_where_relative_references_begin() -> None:
    html = '<script src="a.js"></script><script src="../b.js"></script>'
    assert references(html, "docs/index.html") == ["docs/a.js", "b.js"]


def test_what_is_not_a_url_is_a_file_that_is_missing() -> None:
    assert references('<script src="http://[::1/a.js"></script>', "index.html") == [
        "http://[::1/a.js"
    ]
