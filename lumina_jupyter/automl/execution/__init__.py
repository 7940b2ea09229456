"""Where fits are run: worker processes that can be killed without loss."""
