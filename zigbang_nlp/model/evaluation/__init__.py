"""How good a model is: metrics, thresholds, calibration, plots. Without TensorFlow."""
