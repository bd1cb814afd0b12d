"""From a data set to a bundle: fit, callbacks, checkpoints, tuning."""
