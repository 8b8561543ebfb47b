"""Lesson 05: Hear the motion."""
