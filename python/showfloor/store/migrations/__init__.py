"""Alembic's steps from an empty database to ``store.tables``, applied by ``Database.migrate``."""
