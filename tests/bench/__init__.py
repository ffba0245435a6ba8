"""
How fast it is: ``make bench``, and ``make bench ARGS="visitors 10"`` for ten minutes of visitors.

Nothing here passes or fails: this machine is not yours. What counts are the ratios of one run,
to stock Voila and to Panel with a page of two charts and eight sliders.
"""
