"""Where things lie: resources from any folder, the ledger where it is named."""

from pathlib import Path

import pytest

from coinbudget import paths


def test_resources_are_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths.resource("catalog/gifts.csv").is_file()


def test_resources_of_a_wheel_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "coinbudget" / "_resources" / "catalog"
    inside.mkdir(parents=True)
    (tmp_path / "resources" / "catalog").mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "coinbudget" / "paths.py"))
    assert paths.resources() == inside.parent


def test_installation_without_resources_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "coinbudget" / "paths.py"))
    with pytest.raises(FileNotFoundError):
        paths.resources()


def test_ledger_is_where_the_environment_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COINBUDGET_DATA", "/somewhere/else.db")
    assert paths.user_data_file() == Path("/somewhere/else.db")


@pytest.mark.parametrize("unset", [True, False])
def test_ledger_is_in_the_users_data_folder_otherwise(monkeypatch: pytest.MonkeyPatch, *, unset: bool) -> None:
    if unset:
        monkeypatch.delenv("COINBUDGET_DATA", raising=False)
    else:
        monkeypatch.setenv("COINBUDGET_DATA", "")
    assert paths.user_data_file() == paths.user_data_folder() / "coinbudget.db"


def test_looking_for_places_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    paths.user_data_file(), paths.demo_file(), paths.settings_file(), paths.backups_folder(tmp_path / "x.db")
    assert not list(tmp_path.iterdir())
