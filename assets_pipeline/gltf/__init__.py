"""Asset → GLB: levels of detail, compression, budgets, validation, audit and thumbnail."""
