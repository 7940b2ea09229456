"""The adapters: each speaks one way of calling models, and is imported when it is first needed."""
