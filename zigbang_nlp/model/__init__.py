"""Integers become a probability: the network, its training, its evaluation, and the bundle.

Reading order: architecture, network, layers, distribution, batches, augmented, optimizers,
callbacks, checkpoints, fit, train, onnx_form, bundle, inference, metrics, evaluate, tune.
Keras is imported by backend, layers, network, distribution, batches, optimizers, callbacks,
checkpoints, fit, train and tune alone; the rest runs without it.
"""
