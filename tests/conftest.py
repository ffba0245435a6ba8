"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# Speed is shown by `make bench`; a test that fails on a busy machine says nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
