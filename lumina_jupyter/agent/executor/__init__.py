"""The executor: carries plans out, step by step, each verified before the next."""
