"""The audit of a planning document: every number computed, corrected or marked."""
