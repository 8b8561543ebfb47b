"""Lessons: what each of them brings along.

A folder a lesson: its exercises, the pictures that checks show, figures, widget, and what only that lesson runs. Here
stand the parts that several lessons use.
"""
