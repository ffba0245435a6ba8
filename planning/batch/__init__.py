"""Runs without anyone watching: a report per system and growth target."""
