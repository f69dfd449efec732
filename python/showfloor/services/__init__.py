"""One class per service of the contract, free of any transport."""
