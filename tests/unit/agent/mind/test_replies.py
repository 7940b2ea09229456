"""What a person's short reply means, where it is plain."""

from __future__ import annotations

import pytest

from lumina_jupyter.agent.words.replies import meaning_of


@pytest.mark.parametrize(
    ("meaning", "replies"),
    [
        (
            "again",
            ["again", "Again, please.", "yes", "run it again", "Try once more!", "retry", "rerun the cell", "OK"],
        ),
        ("skip", ["skip", "Skip it.", "skip the step", "leave it out", "go on without it"]),
        (
            "end",
            ["stop", "Stop here, please.", "no", "don't", "do not run it again", "end the run", "leave it", "cancel"],
        ),
        (
            "other",
            [
                "",
                "no, use the column b",
                "stop using pandas and try it in plain Python",
                "again, but with fewer rows",
                "skip the first line of the file",
                "run it again on the small table",
                "yes" * 50,
            ],
        ),
    ],
)
def test_only_what_is_plain_is_understood_without_a_model(meaning: str, replies: list[str]) -> None:
    assert {reply: meaning_of(reply) for reply in replies} == dict.fromkeys(replies, meaning)
