"""A wheel of the package, as pip would get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def built_wheel(source: Path, out: Path) -> Path:
    """Build the wheel of a source tree without isolation, so that nothing is downloaded."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir"]
    done = subprocess.run([*command, str(out), str(source)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = out.glob("*.whl")
    return wheel
