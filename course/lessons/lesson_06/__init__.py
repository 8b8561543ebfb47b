"""Lesson 06: Move the pixels."""
