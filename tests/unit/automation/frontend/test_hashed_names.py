"""Which names change with their content: those of every bundler, and not words."""

import random
import string

import pytest

from automation.frontend.hashed_names import hashed

BASE64URL = string.ascii_letters + string.digits + "-_"


def sure(*paths: str) -> frozenset[str]:
    return hashed(list(paths)).sure


@pytest.mark.parametrize(
    "path",
    [
        "assets/index-BQ4sJk2f.js",  # Vite
        "assets/index-DiwrgTda.css",
        "assets/a-Bx-4sJ_2.css",
        "assets/logo-_x9Kd2-a.svg",
        "static/js/main.1a2b3c4d.js",  # create-react-app
        "static/js/main.1a2b3c4d.chunk.js",
        "static/js/runtime~main.1a2b3c4d.js",
        "static/js/main.1a2b3c4d.js.map",
        "static/js/main.1a2b3c4d.js.LICENSE.txt",
        "static/media/logo.6ce24c58023cc2f8fd88fe9d219db6c6.svg",
        "1a2b3c4d5e6f7a8b9c0d.png",  # webpack's asset modules
        "main.12345678.js",  # one hash in forty has no letter
        "app-5QJ2ZB4Q.js",  # esbuild
        "chunk-ABCDEFGH.js",  # no digit, which one in five has not
        "styles-2CJV7QNL.css",  # Angular
        "index.1a2b3c4d.css",  # Parcel
        "_next/static/chunks/117-7c3b2b2a1d9e8f60.js",
        "_next/static/dG3x9aBq1Zk7LmN0pQr2S/_buildManifest.js",
        "assets/index-BQ4sJk2f.js.gz",
        "assets/index-BQ4sJk2f.js.br",
    ],
)
def test_a_bundlers_name_has_a_hash(path: str) -> None:
    assert path in sure(path)


@pytest.mark.parametrize(
    "path",
    [
        "app.js",
        "assets/app.js",
        "assets/jquery-3.7.1.min.js",
        "assets/app-settings.js",
        "assets/vendor-polyfill.js",
        "assets/vendor-Polyfill.js",
        "assets/use-darkMode.js",
        "assets/bootstrap5.css",
        "assets/theme-material3.css",
        "manifest.json",
        "settings.json",
        "deadline.css",
        "assets/report.20240131.pdf",
        "assets/hero-1920x1080.png",
        "assets/a1b2c3d.js",  # seven letters
        "assets/my-comp1.js",
        ".htaccess",
        "CHANGES",
        "a.b.c.d.js",
    ],
)
def test_a_word_a_date_a_version_or_a_size_is_no_hash(path: str) -> None:
    names = hashed([path])
    assert path not in names


def test_a_hash_that_reads_like_a_word_is_believed_beside_others_made_alike() -> None:
    word = "assets/vendor-polyfill.js"
    alike = ["assets/index-BQ4sJk2f.js", "assets/index-Bx4sJf22.css"]
    assert hashed([word, *alike]).likely == {word}
    # One neighbour, another separator, another length or another folder is not enough.
    for others in (
        alike[:1],
        ["assets/index.BQ4sJk2f.js", "assets/index.Bx4sJf22.css"],
        ["assets/index-BQ4sJk2f9.js", "assets/index-Bx4sJf229.css"],
        ["other/index-BQ4sJk2f.js", "other/index-Bx4sJf22.css"],
    ):
        assert word not in hashed([word, *others])


def test_a_name_that_is_all_word_is_never_believed() -> None:
    alike = ["assets/1a2b3c4d.js", "assets/5a6b7c8d.js"]
    assert "assets/polyfill.js" not in hashed(["assets/polyfill.js", *alike])


def test_almost_all_of_rollups_hashes_are_sure_and_the_rest_likely() -> None:
    random_letters = random.Random(20)  # noqa: S311 - test data, the same each time
    names = [
        f"assets/index-{''.join(random_letters.choices(BASE64URL, k=8))}.js" for _ in range(20_000)
    ]
    found = hashed(names)
    assert len(found.sure) / len(names) > 0.98
    assert found.sure | found.likely == set(names)


def test_every_hexadecimal_hash_with_a_digit_is_sure_whatever_its_letters() -> None:
    random_letters = random.Random(21)  # noqa: S311 - test data, the same each time
    for length in (8, 16, 20, 32, 64):
        for _ in range(500):
            text = "1" + "".join(random_letters.choices("0123456789abcdef", k=length - 1))
            if not text.startswith(("19", "20")):
                assert f"main.{text}.js" in sure(f"main.{text}.js"), text
