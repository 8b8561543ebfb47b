"""Lesson 10, Polish the video: its exercises, pictures, figures, widgets, and the film that is spoilt and mended."""
