"""Lesson 00: Bring a photo to life."""
