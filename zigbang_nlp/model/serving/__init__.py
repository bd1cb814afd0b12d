"""A bundle at work: the ONNX network, gradients, topics. Without TensorFlow."""
