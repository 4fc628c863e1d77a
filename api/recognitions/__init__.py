"""Recognition by decision: the only source of a household's class; certificates, letters, the ledger of movements."""
