"""Lesson 08: Train the animator."""
