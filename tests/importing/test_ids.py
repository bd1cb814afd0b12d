"""Which rows are the same review: those with an id, and those without."""

from pathlib import Path

from tests.importing.files import STARS, by_text, csv, parquet
from zigbang_nlp.importing import ImportColumns, import_file
from zigbang_nlp.store import Store


def test_importing_twice_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,stars\n좋아요,5\n나빠요,1\n")
    first = import_file(path, STARS, store)
    before = store.fingerprint()
    again = import_file(path, STARS, store)
    assert (first.stored.new, again.stored.new, again.stored.seen) == (2, 0, 2)
    assert store.fingerprint() == before


def test_duplicate_rows_without_an_id_are_one_row(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,stars\n좋아요,5\n좋아요,5\n좋아요,4\n")
    stored = import_file(path, STARS, store).stored
    assert (stored.new, stored.repeated, stored.conflicting) == (2, 1, 0)
    assert store.count_reviews() == 2


def test_rows_that_share_an_id_are_counted_however_far_apart(store: Store, tmp_path: Path) -> None:
    far = "".join(f"{i},글 {i}\n" for i in range(2, 10_500))
    path = csv(tmp_path, f"no,text\n1,처음\n1,둘째\n{far}1,마지막\n2,글 2\n")
    summary = import_file(path, ImportColumns(id="no"), store)
    assert summary.rows == 10_502
    stored = summary.stored
    assert (stored.new, stored.changed, stored.seen) == (10_499, 0, 0)
    assert (stored.repeated, stored.conflicting) == (1, 2)
    assert "처음" not in by_text(store)
    assert "마지막" in by_text(store)
    assert "2 share an id" in "\n".join(summary.lines())


def test_rows_with_an_id_are_kept_apart_and_updated(store: Store, tmp_path: Path) -> None:
    columns = ImportColumns(rating="stars", id="no")
    import_file(csv(tmp_path, "no,text,stars\n1,좋아요,5\n2,좋아요,5\n"), columns, store)
    assert store.count_reviews() == 2
    again = import_file(
        csv(tmp_path, "no,text,stars\n1,나빠졌어요,1\n2,좋아요,5\n"), columns, store
    )
    assert (again.stored.changed, again.stored.seen) == (1, 1)
    assert store.count_reviews() == 2


def test_blank_ids_are_no_ids(store: Store, tmp_path: Path) -> None:
    import_file(csv(tmp_path, "no,text\n,가\n,나\n 7 ,다\n"), ImportColumns(id="no"), store)
    assert store.count_reviews() == 3
    assert by_text(store)["다"].review_id == "7"


def test_numbers_are_names_as_people_write_them(store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["가", "나", "다"], no=[7.0, None, 9.0], danji=[0, 1, 2])
    import_file(path, ImportColumns(id="no", apartment="danji"), store)
    stored = by_text(store)
    assert stored["가"].review_id == "7"
    assert stored["가"].apartment_id == "0"
    assert stored["나"].review_id.startswith("sha:")
