"""Where context comes from: one source a file. Each hands over `Item`s, cleaned and without secrets."""
