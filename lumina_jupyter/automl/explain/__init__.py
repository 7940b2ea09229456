"""What a model does on rows that it was not trained on: how good it is, where it errs, what it looks at.

An explanation is a module whose function takes `rows.Rows` and gives a result with a `table` (a data frame) and a
`figure()`; `figures`, `intervals`, `needs`, `outputs` and `shown` are what they have in common.
"""
