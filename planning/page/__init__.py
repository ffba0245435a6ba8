"""A live page: one HTML file that computes by itself, offline, without a server."""
