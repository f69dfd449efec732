"""Long work: claimed from the database, run by worker processes, watched by many."""
