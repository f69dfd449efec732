"""State: the database and the blob store."""
