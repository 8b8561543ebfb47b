"""Lesson 02: Find the keypoints."""
