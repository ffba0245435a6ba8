"""
Configuration that people have already, read into a system file.

::

    compose.yaml ┐                                          ┌ service web: 4 × 2 processes, pool 10
    pgbouncer.ini├─ a reader per format ─▶ what was found ─▶│ pooler pgbouncer: 1,000 clients
    main.conf    ┘   (number, file, line)    linked by host  └ database db: 200 connections

A reader keeps numbers, names of settings and the first word of host names, and nothing else: no
value of a setting that is not a number leaves it, so no secret can. What it does not understand is
listed by name and line, and what no file says is marked as assumed.
"""
