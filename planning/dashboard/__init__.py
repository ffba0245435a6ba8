"""The dashboard server: Voila with a landing page, one template, fewer doors, warm kernels."""
