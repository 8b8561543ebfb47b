"""Lesson 01: Find the face."""
