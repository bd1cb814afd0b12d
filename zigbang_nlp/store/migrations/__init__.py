"""Alembic's scripts: each brings a store from one schema version to the next."""
