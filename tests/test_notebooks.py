"""Every notebook of the course runs from its first cell to its last, and its claims hold."""

import ast
import os
import re
import subprocess
import time
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

from tests.commands import Fork
from tests.conftest import ROOT

FOLDER = ROOT / "scripts" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("[0-9]*.py"))
GUIDES = [ROOT / "zigbang_nlp" / "guides" / language / "learning.md" for language in ("ko", "en")]
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


class Kernel:
    """To Jupyter a process like any other, but a fork of one that has most imports behind it."""

    stdin = stdout = stderr = None

    def __init__(self, command: list[str], cwd: str, env: dict[str, str], **_: object) -> None:
        at = command.index("-f")
        self._fork = Fork(target=_serve, args=(command[at : at + 2], cwd, env))
        self._fork.start()
        assert self._fork.pid is not None
        self.pid, last = self._fork.pid, time.monotonic() + 60
        # Jupyter ends a kernel's process group, so it must have one of its own first.
        while os.getpgid(self.pid) != self.pid:
            assert time.monotonic() < last
            time.sleep(0.005)

    def poll(self) -> int | None:
        self._fork.join(0)
        return self._fork.exitcode

    def wait(self) -> int | None:
        self._fork.join()
        return self._fork.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


def _serve(arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    """Become the kernel that asks for work at the addresses of a file."""
    os.setsid()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance(argv=arguments)


@pytest.fixture
def quiet_jupyter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Jupyter's own files in the test's folder, and none of its notes on where it will put them."""
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    # The first one runs as Jupyter itself would start it.
    if hasattr(os, "fork") and request.node.callspec.params["path"] != NOTEBOOKS[0]:
        monkeypatch.setattr("jupyter_client.provisioning.local_provisioner.launch_kernel", Kernel)


@pytest.mark.slow
@pytest.mark.usefixtures("quiet_jupyter")
@each
def test_it_runs_to_its_end(path: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    notebook = jupytext.read(path)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(work)}}
    ).execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    printed = [o.text for cell in code for o in cell.outputs if o.get("name") == "stderr"]
    assert not [text for text in printed if re.search(r"Glyph|Warning|Traceback", text)], printed
    assert list(work.iterdir()) == [], "a notebook leaves nothing behind"


@each
def test_it_is_short_and_its_claims_are_checked(path: Path) -> None:
    cells = jupytext.read(path).cells
    assert 6 <= len(cells) <= 16
    assert cells[0].cell_type == "markdown"
    assert re.match(rf"# {int(path.name[:2])}\. [가-힣]", cells[0].source)
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    claims = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Assert)]
    assert len(claims) >= 3


@each
def test_what_is_tried_in_a_notebook_leaves_its_text_alone(path: Path) -> None:
    """JupyterLab with Jupytext writes to the other files of a notebook that names formats."""
    assert "formats" not in jupytext.read(path).metadata["jupytext"]


@each
def test_it_is_kept_as_text_that_comes_back_the_same(path: Path) -> None:
    notebook = jupytext.read(path)
    there = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    back = nbformat.reads(there, as_version=4)  # type: ignore[no-untyped-call]
    assert (
        jupytext.writes(back, fmt="py:percent").split("# %%", 1)[1]
        == path.read_text(encoding="utf-8").split("# %%", 1)[1]
    )


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.parent.name)
def test_the_guide_leads_to_all_of_them_in_order(guide: Path) -> None:
    named = re.findall(r"scripts/notebooks/(\w+\.py)", guide.read_text(encoding="utf-8"))
    assert named == [path.name for path in NOTEBOOKS]


def test_no_notebook_with_outputs_is_in_the_repository() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "*.ipynb"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout == ""
    assert os.access(ROOT / "scripts" / "notebook", os.X_OK)
