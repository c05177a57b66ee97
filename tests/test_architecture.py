"""The borders of the house, held: who may import whom, directly or through others.

The rule of rooms, which holds most of them, is also shown to notice broken imports.
"""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_archon import archrule

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "coinbudget"
TOP_LEVEL = {
    "coinbudget",
    "resources",
    "tests",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
}

SQL = ("sqlmodel*", "sqlalchemy*", "alembic*", "sqlite3*")
QT = ("PySide6*",)
LIBRARIES = {
    "domain": set[str](),
    "formats": {"ijson"},
    "storage": {"sqlmodel", "sqlalchemy", "alembic", "babel", "currency_converter", "numpy"},
    "services": set[str](),
    "ui": {"PySide6", "shiboken6", "babel", "matplotlib"},
}
ROOMS = {
    "domain": set[str](),
    "formats": {"domain", "paths"},
    "storage": {"domain", "paths"},
    "services": {"domain", "formats", "storage", "paths"},
    "ui": {"domain", "services", "paths"},
}
FORBIDDEN_NAMES = {"utils", "helpers", "helper", "util", "manager", "misc", "common"}


def modules(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py"))


def imports(path: Path) -> list[tuple[str, int]]:
    """Absolute names of all imports of a module, those inside functions too, with their lines."""
    found: list[tuple[str, int]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            assert node.module
            if node.module in {"coinbudget", "coinbudget.ui"}:
                found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
            else:
                found.append((node.module, node.lineno))
    return found


def breaches(room: str, path: Path, names: list[tuple[str, int]]) -> list[str]:
    """Every import of a module that its room may not have."""
    bad = []
    for name, line in names:
        top, _, rest = name.partition(".")
        if top == "coinbudget":
            target = rest.partition(".")[0]
            ok = target in ROOMS[room] | {room} or target in {"", "__version__"}
        else:
            # _typeshed exists for the type checker alone and is never imported when running.
            ok = top in sys.stdlib_module_names or top in LIBRARIES[room] | {"_typeshed"}
        if not ok:
            bad.append(f"{path.name}:{line} imports {name}")
    return bad


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_a_room_imports_only_what_the_plan_allows(room: str) -> None:
    assert modules(room)
    assert [fault for path in modules(room) for fault in breaches(room, path, imports(path))] == []


def test_the_rule_of_rooms_notices_a_broken_import() -> None:
    assert breaches("domain", Path("x.py"), [("sqlalchemy.orm", 3), ("coinbudget.storage.tables", 4)]) == [
        "x.py:3 imports sqlalchemy.orm",
        "x.py:4 imports coinbudget.storage.tables",
    ]
    assert breaches("ui", Path("x.py"), [("coinbudget.storage", 1)])
    assert breaches("services", Path("x.py"), [("PySide6.QtCore", 1)])
    assert not breaches("storage", Path("x.py"), [("sqlalchemy", 1), ("coinbudget.domain.money", 1)])


def test_domain_knows_nothing_but_the_standard_library_even_through_others() -> None:
    archrule("domain is pure", comment="values and rules run without a screen, a file or a database").match(
        "coinbudget.domain*"
    ).should_not_import(
        "coinbudget.storage*", "coinbudget.services*", "coinbudget.formats*", "coinbudget.ui*", *SQL, *QT
    ).check("coinbudget")


def test_the_window_knows_no_sql_directly() -> None:
    archrule("ui knows no SQL").match("coinbudget.ui*").should_not_import(
        "coinbudget.storage*", "coinbudget.formats*", *SQL
    ).check("coinbudget", only_direct_imports=True)


def test_services_know_no_qt_and_no_sql_directly() -> None:
    archrule("services know neither Qt nor SQL").match("coinbudget.services*").should_not_import(
        *SQL, *QT, "matplotlib*"
    ).check("coinbudget", only_direct_imports=True)


def test_one_module_imports_matplotlib() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for name, _ in imports(path)
        if name.partition(".")[0] == "matplotlib"
    }
    assert users <= {"ui/charts.py"}


def test_pages_do_not_import_pages() -> None:
    for path in modules("ui/pages"):
        assert not [name for name, _ in imports(path) if name.startswith("coinbudget.ui.pages.")], path.name


def test_app_and_cli_are_imported_by_the_start_alone() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name in {"__main__.py", "app.py"} or path.parent.name == "cli":
            continue
        assert not [n for n, _ in imports(path) if n in {"coinbudget.app", "coinbudget.cli", "coinbudget.__main__"}], (
            path
        )


def test_the_frame_imports_no_service() -> None:
    names = [name for name, _ in imports(PACKAGE / "ui" / "main_window.py")]
    assert not [name for name in names if name.startswith("coinbudget.services")]


@pytest.mark.parametrize("forbidden", ["now", "today", "utcnow"])
def test_domain_reads_no_clock(forbidden: str) -> None:
    for path in modules("domain"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr != forbidden, f"{path.name}:{node.lineno} reads a clock"


def test_domain_reads_no_file_environment_or_locale() -> None:
    for path in modules("domain"):
        names = {name.partition(".")[0] for name, _ in imports(path)}
        assert not names & {"os", "pathlib", "locale", "io", "sys", "time", "random", "sqlite3"}, path.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open")


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [path for path in PACKAGE.rglob("*.py") if path.stem in FORBIDDEN_NAMES]


def test_rows_are_named_so_and_live_in_one_module() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(keyword.arg == "table" for keyword in node.keywords):
                assert path.name == "tables.py", path
                assert node.name.endswith("Row")


def test_no_ui_files_and_no_generated_code() -> None:
    assert not list(PACKAGE.rglob("*.ui"))
    assert not list(PACKAGE.rglob("*_rc.py"))


def test_the_top_level_is_as_planned() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:
        pytest.skip("not a git checkout: the top level cannot be told from build products")
    tops = {line.partition("/")[0] for line in tracked.stdout.splitlines()}
    assert not {top for top in tops if not top.startswith(".")} - TOP_LEVEL


def test_nothing_is_done_at_import_time() -> None:
    """Importing every module of domain, formats and services opens no file outside the package and starts nothing."""
    names = [
        ".".join(("coinbudget", *path.relative_to(PACKAGE).with_suffix("").parts))
        for room in ("domain", "formats", "services")
        for path in modules(room)
        if path.name != "__init__.py"
    ]
    code = (
        "import sys, threading\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(args[0]) if event == 'open' and isinstance(args[1], str)"
        " and 'w' in args[1] else None)\n"
        f"for name in {names!r}: __import__(name)\n"
        "assert threading.active_count() == 1\n"
        "assert not opened, opened\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_module_says_what_it_owns() -> None:
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"


def test_the_package_can_be_found() -> None:
    assert importlib.util.find_spec("coinbudget") is not None
