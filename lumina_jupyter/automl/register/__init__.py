"""What became of experiments: kept in Lumina's database, and comparable, also when their models are gone or elsewhere."""
