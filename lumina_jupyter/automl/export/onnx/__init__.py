"""Models as ONNX: in double precision throughout, so that trees decide as they do in Python."""
