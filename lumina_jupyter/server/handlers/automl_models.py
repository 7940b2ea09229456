"""`/lumina/api/automl/experiments/{name}/…`: what a model predicts, its card, its code."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from jupyter_server.auth.decorator import authorized

from ...errors import InvalidBody
from ..automl_base import AutoMLBase


class PredictHandler(AutoMLBase):
    """Predicts."""

    @authorized
    async def post(self, name: str) -> None:
        """Rows, or the table in a file."""
        await self.check_may_work()
        from ..automl_bodies import NewPredictions

        given = await self.body(NewPredictions)
        models = (await self.jobs()).models
        found = await models.predict(
            name, self.asker, rows=given.rows, file=given.file, probabilities=given.probabilities
        )
        self.answer(await self.in_thread(lambda: asdict(found)))


class _FileHandler(AutoMLBase):
    """Gives something of a model as a file; a browser keeps it and does not show it."""

    def chosen(self, forms: dict[str, tuple[str, str]]) -> tuple[str, str, str]:
        """The form that `?format=` names, by default the first; its media type and the end of a file's name.

        Raises:
            InvalidBody: when there is no such form.
        """
        form = self.get_query_argument("format", next(iter(forms)))
        if form not in forms:
            raise InvalidBody(f"format must be one of: {', '.join(forms)}.", field="format")
        return form, *forms[form]

    def give(self, text: str, media_type: str, name: str) -> None:
        """End with a file."""
        self.content_type = media_type
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.finish(text)


class CardHandler(_FileHandler):
    """Gives cards."""

    @authorized
    async def get(self, name: str) -> None:
        """As `?format=` says: markdown or html."""
        await self.check_may_work()
        form, media_type, suffix = self.chosen(
            {"markdown": ("text/markdown; charset=utf-8", "md"), "html": ("text/html; charset=utf-8", "html")}
        )
        card = await (await self.jobs()).models.card(name, self.asker)
        self.give(card[form], media_type, f"{name}.{suffix}")


class CodeHandler(_FileHandler):
    """Gives code."""

    @authorized
    async def get(self, name: str) -> None:
        """As `?format=` says: script or notebook."""
        await self.check_may_work()
        form, media_type, suffix = self.chosen(
            {"script": ("text/x-python; charset=utf-8", "py"), "notebook": ("application/x-ipynb+json", "ipynb")}
        )
        code = await (await self.jobs()).models.code(name, self.asker)
        self.give(code[form], media_type, f"{name}.{suffix}")
