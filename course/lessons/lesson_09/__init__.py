"""Lesson 09: Animate a portrait."""
