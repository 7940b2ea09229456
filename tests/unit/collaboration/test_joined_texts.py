"""Two versions of a text become one in which every character is once, whether it is known what they began with or not.

Every character that counts is another one, so that each can be counted.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from lumina_jupyter.collaboration.merging.text_merge import join_texts, merge_texts

_FILLERS = ("", "", " ", "\n", "x = 1\n", "\n  ", "  ", ";", "\n\n")
_FIRST = (0x4E00, 0xAC00, 0x20000, 0x1F300)


def versions(seed: int) -> tuple[str, str, str]:
    """A text, and what two people made of it by writing into it."""
    chance = random.Random(seed)
    number = 0

    def written(text: str) -> str:
        nonlocal number
        count = chance.randint(1, 5)
        new = "".join(chr(chance.choice(_FIRST) + number + at) for at in range(count))
        number += count
        place = len(text) if chance.random() < 0.5 else chance.randint(0, len(text))
        return text[:place] + chance.choice(_FILLERS) + new + chance.choice(_FILLERS) + text[place:]

    def edited(text: str, times: int) -> str:
        for _ in range(times):
            text = written(text)
        return text

    base = edited("", chance.randint(1, 5))
    return base, edited(base, chance.randint(1, 4)), edited(base, chance.randint(1, 4))


def counted(text: str) -> Counter[str]:
    return Counter(character for character in text if not character.isascii())


@pytest.mark.parametrize("part", range(4))
def test_nothing_is_lost_or_doubled_without_a_base(part: int) -> None:
    for seed in range(part * 250, part * 250 + 250):
        _, ours, theirs = versions(seed)
        found = counted(join_texts(ours, theirs)[0])
        assert found == dict.fromkeys(counted(ours) | counted(theirs), 1), seed


def test_short_texts_into_which_both_write_twice_stay_once() -> None:
    text, _ = merge_texts("ab", "12a345b67", "89aABCb")
    assert Counter(text) == Counter("12345 67 89ABC ab".replace(" ", ""))


def test_what_moves_to_another_line_is_no_new_text() -> None:
    base, ours, theirs = "\none\ntwo  ", "\none\ntwo # 1 \n2 ", "\none!\ntwo  ;three = 1\n\nfour\n"
    text, _ = merge_texts(base, ours, theirs)
    assert text.count("one") == text.count("two") == text.count("three") == text.count("four") == 1


def test_a_word_that_both_went_on_with_is_there_once() -> None:
    assert join_texts("foobar", "bazfoo")[0].count("foo") == 1
