"""What is wrong with a build, and what is not."""

from dataclasses import replace

import pytest

from automation.frontend.folder import BuiltFile, matches
from automation.frontend.hashed_names import hashed
from automation.frontend.rules import FIXED_NAMES, IMMUTABLE_PATHS, Build, Level, findings
from components.edge import caching
from components.edge.settings import SiteConfig

PAGE = '<link rel="icon" href="/favicon.svg"><script src="/assets/index-BQ4sJk2f.js"></script>'


def build(*more: BuiltFile) -> Build:
    """A good build, and more files."""
    files = [
        BuiltFile(path="assets/index-BQ4sJk2f.js", bytes=10),
        BuiltFile(path="assets/logo-Bx4sJf22.svg", bytes=10),
        BuiltFile(path="favicon.svg", bytes=10),
        BuiltFile(path="index.html", bytes=10, content=PAGE),
        BuiltFile(path="robots.txt", bytes=10),
    ]
    replaced = {file.path for file in more}
    files = [*(file for file in files if file.path not in replaced), *more]
    return Build(
        files=files,
        hashed=hashed([file.path for file in files]),
        immutable_paths=IMMUTABLE_PATHS,
        fixed_names=FIXED_NAMES,
        source_maps=False,
    )


def found(*more: BuiltFile) -> set[tuple[str, str, str]]:
    return {(one.rule, one.level.value, one.path) for one in findings(build(*more))}


def file(path: str, content: str = "", size: int = 1) -> BuiltFile:
    return BuiltFile(path=path, bytes=size, content=content)


def test_a_good_build_has_no_findings() -> None:
    assert findings(build()) == []


def test_a_file_without_a_hash_is_an_error_inside_and_outside_the_immutable_paths() -> None:
    assert found(file("assets/app.js"), file("app.css")) == {
        ("hash", "error", "assets/app.js"),
        ("hash", "error", "app.css"),
    }


def test_a_file_may_keep_its_name_when_allowed() -> None:
    good = build(file("config.js"))
    assert [one.path for one in findings(good)] == ["config.js"]
    assert findings(replace(good, fixed_names=(*FIXED_NAMES, "/config.js"))) == []


@pytest.mark.parametrize(
    "path",
    [
        "404.html",
        "docs/index.html",
        "manifest.json",
        "site.webmanifest",
        "sw.js",
        "favicon-32x32.png",
        "apple-touch-icon-180x180.png",
        "sitemap-0.xml",
        ".well-known/apple-app-site-association",
    ],
)
def test_what_the_world_asks_for_by_name_keeps_it(path: str) -> None:
    assert found(file(path)) == set()


def test_only_at_the_top_is_such_a_name_known_to_the_world() -> None:
    assert found(file("assets/robots.txt")) == {("hash", "error", "assets/robots.txt")}


def test_a_missing_file_is_told_with_the_page_that_wants_it() -> None:
    page = file("index.html", '<script src="/assets/index-gone1234.js"></script>')
    (finding,) = findings(build(page))
    assert (finding.rule, finding.level, finding.path) == ("reference", Level.ERROR, "index.html")
    assert "assets/index-gone1234.js" in finding.message


def test_every_page_is_looked_at() -> None:
    assert found(file("docs/index.html", '<img src="x.png">')) == {
        ("reference", "error", "docs/index.html")
    }


def test_source_maps_stay_at_home_unless_they_may_go() -> None:
    inline = file("assets/a-Kx4sJf21.js", "//# sourceMappingURL=data:application/json;base64,e30=")
    linked = file("assets/b-Kx4sJf21.js", "//# sourceMappingURL=b-Kx4sJf21.js.map")
    written = file("assets/b-Kx4sJf21.js.map", "sourceMappingURL=data:")
    assert found(inline, linked, written) == {
        ("source-map", "error", inline.path),
        ("source-map", "error", written.path),
    }
    kinds = [one.message.partition(",")[0] for one in findings(build(inline, written))]
    assert kinds == ["got an inline source map", "got a source map"]
    assert findings(replace(build(inline, linked, written), source_maps=True)) == []


@pytest.mark.parametrize(
    "path", [".env", ".env.production", "certs/site.pem", ".git/config", "x/.npmrc", "id_rsa"]
)
def test_a_file_that_holds_secrets_by_its_name_is_an_error_and_the_only_one(path: str) -> None:
    rules = {(rule, where) for rule, _level, where in found(file(path)) if rule != "extension"}
    assert rules == {("secret", path)}


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "Z" * 16,
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----",
        "ghp_" + "a1" * 18,
        "sk_live_" + "4" * 24,
        "xoxb-" + "1" * 12,
    ],
)
def test_a_secret_in_a_file_is_found_and_not_repeated(secret: str) -> None:
    path = "assets/a-Kx4sJf21.js"
    (finding,) = findings(build(file(path, f'const k="{secret}"')))
    assert (finding.rule, finding.path) == ("secret", path)
    assert secret not in finding.message + finding.remedy


def test_a_link_is_an_error_because_an_upload_would_follow_it() -> None:
    link = BuiltFile(path="shared.js", bytes=0, link=True)
    assert found(link) == {("link", "error", "shared.js")}


def test_a_file_the_site_would_take_for_a_page_is_an_error() -> None:
    rules = {rule for rule, _level, _path in found(file("LICENSE"))}
    assert rules == {"extension", "hash"}
    assert ("extension", "error", "assets/LICENSE") not in found(file("assets/LICENSE"))


def test_hashed_files_outside_the_immutable_paths_are_told_once_a_folder() -> None:
    files = [file(f"static/js/{n}.1a2b3c4d.js") for n in range(3)]
    (finding,) = findings(build(*files))
    assert (finding.rule, finding.level, finding.path) == ("path", Level.WARNING, "static/js/")
    assert "3 hashed files" in finding.message
    assert "--immutable '/static/js/*'" in finding.remedy


def test_other_paths_can_be_the_immutable_ones() -> None:
    other = replace(build(file("static/a.1a2b3c4d.js")), immutable_paths=("/static/*", "/assets/*"))
    assert findings(other) == []


def test_what_cloudfront_does_not_compress_is_a_warning() -> None:
    big = file("assets/a-Kx4sJf21.js", size=10_000_001)
    assert found(big) == {("size", "warning", big.path)}
    assert found(file("assets/a-Kx4sJf21.js", size=10_000_000)) == set()
    assert found(file("assets/a-Kx4sJf21.mp4", size=10_000_001)) == set()


def test_a_word_among_hashes_is_a_warning() -> None:
    word = "assets/vendor-polyfill.js"
    assert found(file(word)) == {("hash", "warning", word)}


def test_errors_come_first() -> None:
    levels = [one.level for one in findings(build(file("assets/x-polyfill.js"), file("z.js")))]
    assert levels == [Level.ERROR, Level.WARNING]


@pytest.mark.parametrize(
    ("path", "pattern", "wanted"),
    [
        ("assets/a.js", "/assets/*", True),
        ("assets/deep/a.js", "assets/*", True),
        ("other/assets/a.js", "/assets/*", False),
        ("a.js", "/?.js", True),
        ("ab.js", "/?.js", False),
        ("a[b].js", "/a[b].js", True),
        ("ab.js", "/a[b].js", False),
        ("Assets/a.js", "/assets/*", False),
    ],
)
def test_patterns_are_cloudfronts(path: str, pattern: str, *, wanted: bool) -> None:
    assert matches(path, (pattern,)) is wanted


def test_the_immutable_paths_are_the_ones_the_distribution_has() -> None:
    assert IMMUTABLE_PATHS == caching.IMMUTABLE_PATHS == SiteConfig().immutable_paths
