"""What a fitted model is taken away as: plain code, a file that is safe to load, ONNX."""
