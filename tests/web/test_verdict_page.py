"""A model that can't tell praise from complaint says so where people meet it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import zigbang
from tests.web.conftest import serve
from zigbang_nlp.model.bundle import BUNDLE, MANIFEST, load_bundle, write_manifest

pytestmark = pytest.mark.slow

FACT = "ROC AUC on validation, 0.494, may be chance (0.5)."


def test_the_data_page_and_predict_say_what_is_wrong_with_a_model(
    bundle_dir: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(bundle_dir, own)
    bundle = load_bundle(own)
    for name in (MANIFEST, BUNDLE):
        (own / name).unlink()
    warnings = [{"kind": "chance", "fact": FACT}]
    write_manifest(replace(bundle, metrics={**bundle.metrics, "warnings": warnings}))
    done = zigbang("predict", "--model", own, "역이 가까워요", cwd=tmp_path)
    assert done.returncode == 0
    assert f"About the model in {own}: {FACT}" in done.stderr.decode()
    for known in serve(f"sqlite:///{tmp_path / 'a.db'}", tmp_path, pd.DataFrame(), own):
        page = known.http.get("/data")
        assert page.status_code == 200
        assert page.text.count("bad-note") == 1
        assert known.http.get("/data?lang=en").status_code == 200
        assert "우연" in page.text
