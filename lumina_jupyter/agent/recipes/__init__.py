"""Recipes: for each action the steps that do it, from the task and the scene alone; the model writes only their texts."""

from .book import RECIPES, Recipe, recipe_plan

__all__ = ["RECIPES", "Recipe", "recipe_plan"]
