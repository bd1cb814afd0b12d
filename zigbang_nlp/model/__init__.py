"""Integers become a probability: the network, its training, its evaluation, and the bundle.

Reading order: network, layers, batches, train, onnx_form, bundle, inference, metrics, evaluate.
Keras is imported by backend, layers, network, batches and train alone; the rest runs without it.
"""
