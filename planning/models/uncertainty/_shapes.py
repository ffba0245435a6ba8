"""Names of the shapes that a range may have; a file may say them before anything is fitted."""

SHAPES = ("lognormal", "normal", "pert", "uniform", "beta")
# Those that may end where the range does.
WITH_ENDS = ("pert", "uniform", "beta")
