"""Rows of upper teeth, cut out of labelled photos that smile."""
