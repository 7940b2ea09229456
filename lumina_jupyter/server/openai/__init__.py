"""OpenAI's wire format, translated to our types and back; pure, it knows of neither HTTP nor Jupyter.

`wire` is what a client may send, `requests` turns it into our requests, `answers` our events into
chunks and completions, `errors` our errors into OpenAI's.
"""
