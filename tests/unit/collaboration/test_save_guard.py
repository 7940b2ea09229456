"""The save guard: which cells may be missing in what is written."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.collaboration.replicas.save_guard import check, put_back

TEXTS = st.sampled_from(["", " \n", "x = 1", "print('a')"])


def notebook(*cells: tuple[str, str]) -> dict[str, Any]:
    return {"cells": [{"id": name, "cell_type": "code", "source": source, "outputs": []} for name, source in cells]}


def test_a_cell_that_nobody_deleted_may_not_vanish() -> None:
    before, after = notebook(("a", "one"), ("b", "two")), notebook(("a", "one"))
    refusal = check(before, after, ())
    assert refusal is not None
    assert [cell["id"] for cell in refusal.cells] == ["b"]
    assert refusal.message == "A cell vanished from the notebook though nobody deleted it."
    assert put_back(before, after, refusal)["cells"] == before["cells"]


def test_a_cell_that_somebody_deleted_may() -> None:
    assert check(notebook(("a", "one"), ("b", "two")), notebook(("a", "one")), {"b"}) is None


def test_an_empty_cell_may_but_not_one_with_outputs_or_images() -> None:
    before = notebook(("a", "one"), ("b", " \n"))
    assert check(before, notebook(("a", "one")), ()) is None
    before["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "result"}]
    assert check(before, notebook(("a", "one")), ()) is not None
    before["cells"][1].update(outputs=[], attachments={"image.png": {"image/png": "abc"}})
    assert check(before, notebook(("a", "one")), ()) is not None


@given(st.lists(TEXTS, max_size=8), st.data())
def test_what_is_put_back_keeps_the_order_and_passes(texts: list[str], data: st.DataObject) -> None:
    before = notebook(*[(str(number), text) for number, text in enumerate(texts)])
    kept = [cell for cell in before["cells"] if data.draw(st.booleans())]
    deleted = {cell["id"] for cell in before["cells"] if data.draw(st.booleans())}
    after = {"cells": kept}
    refusal = check(before, after, deleted)
    mended = after if refusal is None else put_back(before, after, refusal)
    assert check(before, mended, deleted) is None
    ids = [int(cell["id"]) for cell in mended["cells"]]
    assert ids == sorted(set(ids))
