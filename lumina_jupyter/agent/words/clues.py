"""What a task's words say plainly, and the scene with them: pure, so that no model is needed for it or can lie about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..scene import Scene
from ..task import Action
from .targets import Found, called_cell, target_of

LONGEST = 4_000
"""Characters of the words that are looked at for clues."""

_MAKES = r"(?:write|add|create|make|generate|give|produce|need|want|build|provide|insert|put|draft)"
_CLUES: tuple[tuple[Action, float, str], ...] = (
    ("fix", 3.0, r"^\W*(?:please\s+|can you\s+|could you\s+)?(?:fix|repair|debug|mend|solve)\b"),
    ("fix", 4.0, r"(?:[.;:!?,]\s|\band\s|\bthen\s)\W*(?:please\s+)?(?:fix|repair|debug|mend)\b"),
    ("fix", 2.0, r"\b(?:fix|repair|debug|mend)\b|\b(?:is|are|seems?) (?:broken|wrong|buggy)\b"),
    ("fix", 1.5, r"\b(?:\w*error|exception|traceback|fails?|failing|crash(?:es)?|bug|does(?: not|n'?t) (?:work|run))\b"),
    ("fix", 2.6, r"\bcorrect (?:it|this|that|the|my)\b|\b(?:returns?|gives?|shows?|prints?) (?:the |a )?wrong\b"),
    ("fix", 3.1, r"\bmake (?:it|this|that|the cell) (?:work|run)\b|\b(?:does|do|did|will) ?(?:this |it |the cell )?(?:not|n'?t) (?:run|work)\b"),
    ("test", 3.0, rf"\b{_MAKES}\b.{{0,40}}\b(?:tests?|assert\w*)\b|^\W*test\b"),
    ("test", 1.0, r"\b(?:unit )?tests?\b.{0,20}\b(?:for|of)\b"),
    ("plot", 3.0, r"^\W*(?:please\s+)?(?:plot|chart|graph|draw|visuali[sz]e)\b"),
    ("plot", 2.5, rf"\b{_MAKES}\b.{{0,40}}\b(?:plots?|charts?|graphs?|figures?|histograms?|heatmaps?|\w*scatter\w*|\w*plots?|visuali[sz]ations?)\b"),
    ("plot", 1.5, r"\b(?:plot|histogram|scatter|heatmap|box ?plot|(?:bar|line|pie) (?:chart|plot|graph)|visuali[sz]e)\b"),
    ("explain", 3.0, r"^\W*(?:please\s+|can you\s+|could you\s+)?explain\b|^\W*what (?:does|do|is)\b.{0,60}\b(?:cell|code|function|line|class)\b"),
    ("explain", 3.1, r"^\W*how does (?:the |this )?(?:function|cell|code|class|line|loop|method)\b"),
    ("explain", 2.0, r"\bexplain\b|\bwalk me through\b|\bhow does\b.{0,60}\bwork\b|^\W*why (?:does|is|do|did)\b"),
    ("document", 3.0, r"\b(?:docstrings?|document(?:ation)? (?:for|to|of)?|type hints?)\b|^\W*(?:document|comment|annotate)\b"),
    ("document", 2.5, rf"\b{_MAKES}\b.{{0,30}}\b(?:comments?|markdown|heading|title|description|text cell|notes?)\b"),
    ("refactor", 3.0, r"\brefactor\b|\binto (?:a |an |one )?(?:\w+ )?(?:functions?|class(?:es)?|methods?|loops?|helper)\b|^\W*(?:rename|simplify|extract)\b"),
    ("refactor", 2.6, r"\b(?:slow|slowly|faster|speed (?:it |this )?up|make .{0,30}\bfast|more efficient|duplicat(?:ion|ed code))\b"),
    ("refactor", 1.5, r"\b(?:rename|simplif\w*|tidy|clean up (?:the|this|that|my) (?:code|cell)|shorten|vectori[sz]e|deduplicate the code)\b"),
    ("clean", 3.0, r"^\W*(?:please\s+)?(?:clean(?! up (?:the|this|that|my) (?:code|cell))|impute|deduplicate)\b"),
    ("clean", 2.8, r"\b(?:turn|make|change)\b.{0,30}\binto (?:a |proper )?(?:floats?|numbers?|ints?|integers?|dates?|datetimes?|strings?|text|categor\w+)\b"),
    ("clean", 2.6, r"\bkeep only\b.{0,40}\b(?:rows?|records?|entries|lines?|columns?)\b"),
    ("clean", 2.0, r"\b(?:fill|drop|remove|replace|handle|impute)\b.{0,30}\b(?:missing|nan|nulls?|duplicates?|duplicated|outliers?|whitespace|spaces|currency|symbols?|invalid)\b"),
    ("clean", 2.0, r"\b(?:convert|parse|cast|strip|trim|normali[sz]e|standardi[sz]e|lower-?case|upper-?case)\b.{0,40}\b(?:column|columns|field|values?|strings?|dates?|numbers?|floats?|integers?|numeric|datetime)\b"),
    ("run", 3.0, r"^\W*(?:please\s+)?(?:run|execute|re-?run|re-?execute)\b"),
    ("find", 3.5, r"\bwhich (?:cells?|files?|notebooks?)\b|\bin (?:what|which) cell\b"),
    ("find", 3.0, r"^\W*(?:find|search|locate|where|which|list|show)\b.{0,60}\b(?:cells?|files?|defined|imported|functions?|notebooks?|called)\b"),
    ("change", 3.1, r"^\W*(?:please\s+)?(?:give|make|let) (?:the|this|that|my|these|those)\b"),
    ("change", 2.5, r"^\W*(?:please\s+)?(?:change|modify|update|edit|adapt|increase|reduce|swap|set)\b"),
    ("change", 3.1, r"^\W*(?:please\s+)?(?:make|let|have)\b.{0,60}\bin (?:the \w+ )?cell\b"),
    ("change", 2.0, r"\b(?:in|to|of) (?:the |this |that )?(?:(?:first|second|third|fourth|fifth|last|active|current|previous)\s)?(?:cell|function|class)\b"),
    ("answer", 3.6, r"@\w+\["),
    ("answer", 3.0, r"\?\s*$|\?\s*\n"),
    ("answer", 2.5, r"^\W*(?:what|how many|how much|which|who|when|is|are|does|do|did|was|were|has|have|can)\b"),
    ("answer", 2.2, r"^\W*(?:calculate|compute|determine|find|count|tell me|report|identify|perform|check|compare|test (?:if|whether)|explore|analy[sz]e|investigate|estimate)\b"),
    ("answer", 0.9, r"\b(?:correlation|mean|average|median|standard deviation|p-value|how many|percentage|proportion)\b"),
    ("write", 2.9, r"^\W*(?:compute|calculate|find|get|build|make|collect|count)\b.{0,200}\b(?:named|called|as (?:a|an) (?:series|data ?frame|table|list|dict\w*|variable|column))\b"),
    ("write", 1.4, rf"^\W*(?:please\s+)?{_MAKES}\b"),
    ("write", 2.4, r"^\W*(?:implement|define|load|read|import|save|export|train|fit|split|merge|join|compute .{0,60} (?:column|variable))\b"),
    ("write", 0.5, r"\b(?:code|function|script|class|model|column|variable)\b"),
)  # fmt: skip
_PATTERNS = tuple(
    (action, weight, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for action, weight, pattern in _CLUES
)
_ALTERS = re.compile(r"^\W*(?:please\s+)?(?:make|let|have|give|extend|allow|turn|add)\b", re.IGNORECASE)
_ALTERS_A_FUNCTION = 2.4
"""What it weighs that something is to be done to `name()`, a function of the notebook."""

_CONSTRAINT = re.compile(
    r"\b(?:do not|don'?t|never|without|only|must(?: not)?|keep|leave|except|at most|at least|no more than)\b[^.;\n]{3,160}",
    re.IGNORECASE,
)
_DEPENDS = re.compile(
    r"\b(?:then|after(?:wards)?|finally|next|first|second|based on|compare|each|every|all)\b", re.IGNORECASE
)
_HARD = re.compile(
    r"\b(?:model|train|predict\w*|cross.?valid\w*|optimi[sz]e|pipeline|regression|classif\w*|cluster\w*|hypothesis|statistical|"
    r"simulat\w*|whole notebook|all cells|entire|every cell|refactor|redesign|migrate)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s+\S", re.MULTILINE)
CERTAIN = 0.5
"""How far the first action must be ahead of the second one to be taken without asking a model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What was found; `actions` the likeliest first, `certain` when no other comes near the first."""

    actions: tuple[Action, ...]
    certain: bool
    target: Found
    constraints: tuple[str, ...]
    complexity: float

    def of_action(self, words: str, action: Action, scene: Scene) -> Clues:
        """The same words, when they ask for another action: its target may be another."""
        return replace(self, target=target_of(words[:LONGEST], action, scene))


def clues_of(words: str, scene: Scene) -> Clues:
    """What the words say, as far as it can be seen without a model."""
    text = words[:LONGEST]
    scores: dict[Action, float] = {}
    for action, weight, pattern in _PATTERNS:
        if pattern.search(text):
            scores[action] = max(scores.get(action, 0.0), weight)
    if _ALTERS.match(text) and called_cell(text, scene) is not None:
        scores["change"] = max(_ALTERS_A_FUNCTION, scores.get("change", 0.0) + CERTAIN)
    ranked = sorted(scores, key=lambda action: -scores[action])
    if not ranked:
        ranked = ["answer", "write"]
    lead = scores.get(ranked[0], 0.0) - (scores[ranked[1]] if len(ranked) > 1 and ranked[1] in scores else 0.0)
    return Clues(
        actions=tuple(ranked[:4]),
        certain=ranked[0] in scores and lead >= CERTAIN,
        target=target_of(text, ranked[0], scene),
        constraints=tuple(" ".join(found.split()) for found in _CONSTRAINT.findall(text))[:8],
        complexity=complexity_of(text, scene),
    )


def complexity_of(words: str, scene: Scene) -> float:
    """How much there is to do, from 0 to 1, by the words and the size of the notebook."""
    return round(min(word_complexity(words) + min(len(scene.notebook.cells) / 400, 0.1), 1.0), 2)


def word_complexity(words: str) -> float:
    """The same by the words alone: their length, their parts, what they name."""
    text = words[:LONGEST]
    score = 0.05 + min(len(text) / 2_000, 0.25)
    score += min(0.06 * len(_DEPENDS.findall(text)), 0.24)
    score += min(0.12 * len(_HARD.findall(text)), 0.36)
    score += min(0.12 * max(0, len(_LIST.findall(text)) - 1), 0.36)
    return round(min(score, 1.0), 2)
