"""Lesson 04: see with features."""
