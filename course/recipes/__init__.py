"""Recipes: how each weight that ships is made. `course train WHAT` runs the recipe WHAT."""
