"""Earlier states of notebooks: each comes back as it was, costs little, and outlives whatever happens to the others."""

from __future__ import annotations

import copy
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.snapshots.notebook_blobs import put_together, take_apart
from lumina_jupyter.collaboration.snapshots.snapshots import Snapshots
from lumina_jupyter.errors import DiskFull, NotFound, SnapshotDamaged
from lumina_jupyter.settings import Lumina
from tests.small_disk import fill, small_disk

DAY = 86_400.0


def store(folder: Path, **settings: Any) -> Snapshots:
    return Snapshots(Lumina(data_dir=str(folder), **settings))


def cell(at: int, source: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": f"cell-{at}",
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": source or f"x{at} = {at}",
        **more,
    }


def notebook(cells: list[dict[str, Any]], **metadata: Any) -> dict[str, Any]:
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def noise(size: int, seed: int) -> str:
    return random.Random(seed).randbytes(size // 2).hex()


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "snapshots" / "objects").rglob("*") if path.is_file()]


def room(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


# --- what goes in comes out ------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
_large = st.builds(lambda text, times: {"text/plain": text * times}, st.text(min_size=1, max_size=3), st.just(9000))
_cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw"]), "source": st.text(max_size=12)},
    optional={
        "id": st.text(max_size=4),
        "outputs": st.lists(_json | _large, max_size=3) | _json,
        "attachments": st.dictionaries(st.text(max_size=3), _json | _large, max_size=2) | _json,
        "metadata": st.dictionaries(st.text(max_size=3), _json | _large, max_size=2) | _json,
    },
)
_notebooks = st.dictionaries(st.text(max_size=4), _json, max_size=3) | st.fixed_dictionaries(
    {"cells": st.lists(_cells, max_size=40) | _json, "metadata": st.dictionaries(st.text(), _json | _large, max_size=2)}
)


@given(_notebooks)
def test_every_notebook_comes_back_as_it_was_whatever_its_shape(content: dict[str, Any]) -> None:
    before = copy.deepcopy(content)
    apart = take_apart(content)
    assert content == before
    assert put_together(apart.tree, apart.blobs.__getitem__) == content


def test_a_shared_documents_floats_make_no_other_notebook() -> None:
    plain = notebook([cell(1, metadata={"level": 2})])
    shared = notebook([cell(1, metadata={"level": 2.0})])
    assert take_apart(plain).tree == take_apart(shared).tree


def test_text_that_is_no_unicode_is_kept(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    content = notebook([cell(1, "broken = '\ud800'", id="\udfff")])
    assert snapshots.content(snapshots.take("key\ud800", content, reason="saved")) == content


# --- what it costs ----------------------------------------------------------------------------------


def test_an_edit_of_a_large_notebook_costs_little(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    cells = [cell(at, noise(400, at)) for at in range(400)]
    for at in range(20):
        cells[at]["outputs"] = [{"output_type": "display_data", "data": {"image/png": noise(200_000, at)}}]
    content = notebook(cells, widgets={"state": noise(100_000, 77)})
    snapshots.take("n", content, reason="saved")
    first, count = room(tmp_path), len(files(tmp_path))
    assert first > 2_000_000
    for at in range(100):
        cells[(at * 37) % 400]["source"] += " "
        snapshots.take("n", content, reason="before_run", run=f"run-{at}")
    cells.insert(200, cell(1000))
    snapshots.take("n", content, reason="saved")
    del cells[3]
    snapshots.take("n", content, reason="saved")
    assert len(snapshots.moments("n")) == 103
    assert (room(tmp_path) - first) / 102 < first / 200
    assert len(files(tmp_path)) <= count + 102 * 2 + 4
    assert snapshots.content(snapshots.moments("n")[0]) == content


def test_outputs_are_stored_once_for_all_notebooks(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    output = {"output_type": "display_data", "data": {"image/png": noise(500_000, 1)}, "metadata": {}}
    snapshots.take("one", notebook([cell(1, outputs=[output])]), reason="saved")
    before = room(tmp_path)
    snapshots.take("other", notebook([cell(2, outputs=[output])]), reason="saved")
    assert room(tmp_path) - before < 2_000


def test_the_same_notebook_for_the_same_reason_is_one_moment(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    first = snapshots.take("n", notebook([cell(1)]), reason="recovery")
    assert snapshots.take("n", notebook([cell(1)]), reason="recovery") == first
    snapshots.take("n", notebook([cell(1)]), reason="before_run", run="r1")
    snapshots.take("n", notebook([cell(1)]), reason="before_run", run="r2")
    assert [each.run for each in snapshots.moments("n")] == ["r2", "r1", ""]


def test_only_their_owner_can_read_them(tmp_path: Path) -> None:
    store(tmp_path).take("../../etc/passwd\n", notebook([cell(1)]), reason="saved")
    found = list((tmp_path / "snapshots").rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    kept = [path for path in found if path.is_file() and path.parent.name != "snapshots"]
    assert kept
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


# --- what is kept as it is saved --------------------------------------------------------------------


def test_saving_keeps_at_most_one_moment_in_ten_minutes_and_only_of_what_changed(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    now = time.time() - DAY
    states = [notebook([cell(1, f"v{at}")]) for at in range(4)]
    assert snapshots.saved("n", lambda: states[0], at=now) is not None
    assert snapshots.saved("n", lambda: states[1], at=now + 599) is None
    assert snapshots.saved("n", lambda: states[0], at=now + 700) is None
    kept = snapshots.saved("n", lambda: states[2], at=now + 700, by="Ada", path="a.ipynb")
    assert kept is not None
    assert (kept.reason, kept.by, kept.path) == ("saved", "Ada", "a.ipynb")
    assert snapshots.saved("other", lambda: states[3], at=now + 701) is not None
    assert [each.at for each in snapshots.moments("n")] == [now + 700, now]


# --- finding -----------------------------------------------------------------------------------------


def test_a_moment_is_found_by_the_beginning_of_its_id_in_its_own_notebook_alone(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    kept = snapshots.take("n", notebook([cell(1)]), reason="saved")
    assert snapshots.find("n", kept.id[:4]) == kept
    for key, given_id in (("n", kept.id[:3]), ("n", "../../index"), ("n", ""), ("other", kept.id)):
        with pytest.raises(NotFound):
            snapshots.find(key, given_id)
    assert store(tmp_path).moments("n") == [kept]


# --- pruning -----------------------------------------------------------------------------------------


def test_what_is_too_old_goes_but_never_the_last_one_nor_a_young_recovery_copy(tmp_path: Path) -> None:
    snapshots = store(tmp_path, history_days=7)
    now = time.time()
    for days in (60, 40, 20, 8, 3):
        snapshots.take("n", notebook([cell(1, f"{days} days")]), reason="saved", at=now - days * DAY)
    for days in (40, 29):
        snapshots.take("n", notebook([cell(1, f"lost {days}")]), reason="recovery", at=now - days * DAY)
    snapshots.take("alone", notebook([cell(1)]), reason="saved", at=now - 400 * DAY)
    snapshots.prune()
    left = [(each.reason, round((now - each.at) / DAY)) for each in snapshots.moments("n")]
    assert left == [("saved", 3), ("recovery", 29)]
    assert [each.cells for each in snapshots.moments("alone")] == [1]
    for each in (*snapshots.moments("n"), *snapshots.moments("alone")):
        assert snapshots.content(each)["cells"]


def test_what_is_too_much_goes_the_oldest_first_and_gives_its_room_back(tmp_path: Path) -> None:
    snapshots = store(tmp_path, history_mb=1.0)
    shared = {"output_type": "stream", "name": "stdout", "text": noise(150_000, 999)}
    now = time.time()
    for at in range(60):
        own = {"output_type": "stream", "name": "stdout", "text": noise(100_000, at)}
        snapshots.take("n", notebook([cell(1, outputs=[shared, own])]), reason="saved", at=now - 60 + at)
    snapshots.prune()
    assert 700_000 < room(tmp_path) <= 1_000_000
    left = snapshots.moments("n")
    assert [each.at for each in left] == [now - 1 - at for at in range(len(left))]
    assert snapshots.damaged() == []


def test_much_that_is_written_is_pruned_without_anybody_asking(tmp_path: Path) -> None:
    snapshots = store(tmp_path, history_mb=1.0)
    for at in range(60):
        own = {"output_type": "stream", "name": "stdout", "text": noise(100_000, at)}
        snapshots.take("n", notebook([cell(1, outputs=[own])]), reason="saved")
    assert room(tmp_path) < 1_200_000


def test_pruning_without_limits_keeps_everything(tmp_path: Path) -> None:
    snapshots = store(tmp_path, history_days=0, history_mb=0)
    for at in range(5):
        snapshots.take("n", notebook([cell(1, str(at))]), reason="saved", at=1000.0 * at)
    snapshots.prune()
    assert len(snapshots.moments("n")) == 5


# --- what can go wrong --------------------------------------------------------------------------------


def _damage(folder: Path, how: str, path: Path) -> None:
    data = path.read_bytes()
    match how:
        case "torn":
            path.write_bytes(data[: len(data) // 2])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "other":
            other = next(each for each in files(folder) if each != path)
            path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("how", ["torn", "empty", "gone", "other"])
def test_a_damaged_blob_is_told_and_the_other_moments_stay(tmp_path: Path, how: str) -> None:
    snapshots = store(tmp_path)
    first = snapshots.take("n", notebook([cell(1, "first")]), reason="saved")
    second = snapshots.take("n", notebook([cell(1, "second")]), reason="saved")
    third = snapshots.take("n", notebook([cell(1, "third")]), reason="saved")
    _damage(tmp_path, how, next(path for path in files(tmp_path) if path.name == second.tree))
    fresh = store(tmp_path)
    with pytest.raises(SnapshotDamaged, match=second.id) as caught:
        fresh.content(second)
    assert "choose another" in caught.value.hint
    assert fresh.content(first)["cells"][0]["source"] == "first"
    assert fresh.content(third)["cells"][0]["source"] == "third"
    assert fresh.damaged() == [second]
    fresh.prune()
    assert fresh.damaged() == [second]
    # The same notebook kept again mends it.
    fresh.take("n", notebook([cell(1, "second")]), reason="saved")
    assert fresh.damaged() == []


def test_a_list_that_a_crash_cut_off_goes_on(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    first = snapshots.take("n", notebook([cell(1, "first")]), reason="saved")
    snapshots.take("n", notebook([cell(1, "second")]), reason="saved")
    (index,) = (tmp_path / "snapshots" / "index").iterdir()
    index.write_bytes(index.read_bytes()[:-20])
    fresh = store(tmp_path)
    assert fresh.moments("n") == [first]
    third = fresh.take("n", notebook([cell(1, "third")]), reason="saved")
    assert fresh.moments("n") == [third, first]
    index.write_bytes(b'\0\xff{"id":1}\n[1]\nnull\n' + index.read_bytes())
    assert fresh.moments("n") == [third, first]
    fresh.prune()
    assert fresh.moments("n") == [third, first]


def test_a_full_disk_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 600) as disk:
        snapshots = store(disk)
        first = snapshots.take("n", notebook([cell(1, "first")]), reason="saved")
        large = notebook([cell(at, noise(60_000, at)) for at in range(40)])
        with pytest.raises(DiskFull, match="disk is full"):
            snapshots.take("n", large, reason="before_run", run="r")
        assert snapshots.moments("n") == [first]
        # Nothing of it is left in the way.
        second = snapshots.take("n", notebook([cell(1, noise(200_000, 1))]), reason="saved")
        filler = fill(disk)
        with pytest.raises(DiskFull):
            snapshots.take("n", notebook([cell(1, "third")]), reason="saved")
        filler.unlink()
        third = snapshots.take("n", notebook([cell(1, "third")]), reason="saved")
        assert {each.id for each in store(disk).moments("n")} == {first.id, second.id, third.id}
        assert store(disk).damaged() == []


def test_a_full_disk_while_the_list_is_written_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 200) as disk:
        snapshots = store(disk)
        first = snapshots.take("n", notebook([cell(1)]), reason="before_run", run="0", path="p" * 3900)
        filler = fill(disk)
        # All blobs are there already: it is the list alone that has no room.
        with pytest.raises(DiskFull):
            snapshots.take("n", notebook([cell(1)]), reason="before_run", run="1", path="p" * 3900)
        filler.unlink()
        again = snapshots.take("n", notebook([cell(1)]), reason="before_run", run="1")
        assert {each.id for each in store(disk).moments("n")} == {first.id, again.id}


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    stores = [store(tmp_path, history_mb=0.5) for _ in range(4)]

    def work(number: int) -> None:
        for at in range(10):
            content = notebook([cell(1, f"{number} {at}")])
            stores[number % 4].take("n", content, reason="before_run", run=f"{number}-{at}")
            if at == 5:
                stores[number % 4].prune()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    fresh = store(tmp_path)
    assert {each.run for each in fresh.moments("n")} == {f"{n}-{at}" for n in range(8) for at in range(10)}
    assert fresh.damaged() == []


def test_what_a_killed_writer_left_is_swept_up(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    kept = snapshots.take("n", notebook([cell(1)]), reason="saved")
    folder = files(tmp_path)[0].parent
    (folder / ".new-abc").write_bytes(b"half")
    orphan = take_apart(notebook([cell(9, "never listed")]))
    snapshots._blobs.write(orphan.blobs)
    snapshots.prune()
    assert not (folder / ".new-abc").exists()
    assert orphan.tree not in {path.name for path in files(tmp_path)}
    assert snapshots.content(kept) == notebook([cell(1)])


def test_a_history_that_cannot_be_read_costs_no_blob(tmp_path: Path) -> None:
    snapshots = store(tmp_path)
    snapshots.take("n", notebook([cell(1)]), reason="saved")
    (index,) = (tmp_path / "snapshots" / "index").iterdir()
    before = len(files(tmp_path))
    backup = index.read_bytes()
    index.unlink()
    index.mkdir()  # unreadable for root as well
    with pytest.raises(Exception, match="cannot be read"):
        snapshots.prune()
    assert len(files(tmp_path)) == before
    index.rmdir()
    index.write_bytes(backup)
    assert snapshots.damaged() == []


def test_the_format_on_disk_is_the_one_that_is_documented(tmp_path: Path) -> None:
    """Snapshots that were kept by this version must stay readable by the next."""
    import zlib

    snapshots = store(tmp_path)
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000}
    kept = snapshots.take("n", notebook([cell(1, outputs=[output])]), reason="saved", at=1.5, by="Ada")
    path = tmp_path / "snapshots" / "objects" / kept.tree[:2] / kept.tree
    tree = json.loads(zlib.decompress(path.read_bytes()))
    assert tree["version"] == 1
    assert tree["head"] == {"metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert tree["chunks"][0]["parts"][0][:3] == [0, "outputs", 0]
    (index,) = (tmp_path / "snapshots" / "index").iterdir()
    line = json.loads(index.read_text())
    assert (line["key"], line["reason"], line["at"], line["by"]) == ("n", "saved", 1.5, "Ada")
    assert index.suffix == ".jsonl"
