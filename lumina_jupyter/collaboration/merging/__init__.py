"""Two versions of a notebook and what they began with become one."""
