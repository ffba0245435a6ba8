"""
Predicted against measured: what the product says of what really happened.

::

    a public thread ─▶ system.yaml    the system as it was, written from the facts alone
                    └▶ reported.yaml  what was asked of it, and what came out
    system.yaml ─▶ assessed as it was asked ─▶ predicted
                                               predicted ÷ reported − 1 = error
"""
