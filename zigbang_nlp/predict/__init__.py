"""Text -> label, probability, and whether to trust it. Needs the bundle alone, no TensorFlow."""
