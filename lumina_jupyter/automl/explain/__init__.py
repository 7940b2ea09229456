"""What a model does on rows that it was not trained on: how good it is, where it errs, what it looks at.

Every module has one function that takes `rows.Rows` and gives a result with a `table` (a data frame) and a `figure()`.
"""
