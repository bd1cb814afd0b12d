"""A wheel of the package, as pip would get it, and an environment that it is installed into."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path


def built_wheel(source: Path, out: Path) -> Path:
    """Build the wheel of a source tree without isolation, so that nothing is downloaded."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
    done = subprocess.run([*command, str(out), str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel


def install(source: Path, place: Path) -> None:
    """Build a wheel and install it into an environment that sees this one's libraries behind it.

    Args:
        source: the repository.
        place: gets the wheel, and the environment in `environment`.
    """
    wheel = built_wheel(source, place)
    home = place / "environment"
    venv.create(home, with_pip=False, symlinks=os.name == "posix")
    pip = [sys.executable, "-m", "pip", "--python", str(program(place, "python"))]
    command = [*pip, "install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run(command, check=True)
    (site,) = home.rglob("site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")


def program(place: Path, name: str) -> Path:
    """A program of the environment that `install` made."""
    return place / "environment" / ("Scripts" if os.name == "nt" else "bin") / name


def run_installed(place: Path, name: str, *arguments: str, cwd: Path) -> tuple[str, str]:
    """Run a program of the environment, and return what it printed and said.

    Args:
        place: see `install`.
        name: of the program.
        arguments: of it.
        cwd: where it runs.
    """
    environ = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    command = [str(program(place, name)), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, env=environ)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode(), done.stderr.decode()
