"""The part that runs inside a kernel: it looks at variables and describes them within bounds of bytes and time.

Lumina sends these modules' source to a kernel, whose environment may hold nothing but Python 3.8 and its
standard library, so they import that and each other only. pandas and its like are never imported: a
variable of theirs means that they already are. They answer with plain dictionaries, ready for JSON.
"""
