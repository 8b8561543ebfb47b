"""Lesson 07: GAN losses."""
