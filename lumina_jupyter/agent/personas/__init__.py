"""Personas: colleagues with a name, a prompt, tools, a gear and a model of their own, each a small YAML file."""

from .addressed import addressed
from .hand_over import hand_over_tool, with_hand_overs
from .library import Personas
from .persona import KnownPersonas, Persona, PersonaTrouble

__all__ = ["KnownPersonas", "Persona", "PersonaTrouble", "Personas", "addressed", "hand_over_tool", "with_hand_overs"]
