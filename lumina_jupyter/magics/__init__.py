"""Face 1: the IPython magics `%%lumina` and `%lumina`.

`load` registers them in a shell, `unload` takes them out.
"""

from .registration import load, unload

__all__ = ["load", "unload"]
