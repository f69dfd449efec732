"""Messages of the contract, generated from ``protos/showfloor/v1`` by ``make protos``; never edited."""
