"""Personas: colleagues with a name, a prompt, tools, a gear and a model of their own, each a small YAML file."""

from .library import Personas
from .persona import Persona, PersonaTrouble

__all__ = ["Persona", "PersonaTrouble", "Personas"]
