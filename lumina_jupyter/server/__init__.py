"""Face 3: the Jupyter server extension, two HTTP surfaces on Jupyter's own port under Jupyter's own authentication.

`/lumina/v1` speaks OpenAI's API, `/lumina/api` ours. `extension` wires it up, `service` is what the routes share, `handlers/` has one
module per resource, `openai/` translates the wire format.
"""
