"""
Analytic models: pure functions of numbers, one room per kind of physics.

Every argument and result is in base units — seconds, bytes, bits per second,
US dollars, counts, fractions 0–1 — and every function broadcasts, so one call
serves a number, a sweep of users and an array of draws alike. Past saturation a
formula returns throughput, failed share and backlog growth, never NaN, a
negative number or a wait that does not exist.
"""
