"""The network itself, in Keras."""
