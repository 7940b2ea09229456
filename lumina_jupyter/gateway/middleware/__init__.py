"""The concerns of a model call, one a file, in the order in which `gateway.gateway` lists them."""
