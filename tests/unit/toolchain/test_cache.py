"""The user's cache."""

from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from toolchain.cache import cache_directory, exclusively, is_executable


def test_the_cache_is_the_users_own_and_named_after_the_application() -> None:
    import platformdirs

    # Caches of existing users are found by this name.
    assert cache_directory() == Path(platformdirs.user_cache_dir("superinc-platform"))


def test_a_path_is_locked_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "pulumi" / "v3.255.0" / "pulumi"
    other = FileLock(place.with_name("pulumi.lock"), timeout=0)
    with exclusively(place), pytest.raises(Timeout):
        other.acquire()
    with other:
        assert not place.exists()


def test_an_executable_is_a_file_that_this_user_may_run(tmp_path: Path) -> None:
    file = tmp_path / "kubectl"
    assert not is_executable(file)
    file.touch(0o644)
    assert not is_executable(file)
    file.chmod(0o755)
    assert is_executable(file)
    assert not is_executable(tmp_path)
