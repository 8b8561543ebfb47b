"""Lesson 03: Pose the face."""
