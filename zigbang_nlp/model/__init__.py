"""Integers become a probability: the network, its training, its evaluation, and the bundle.

`architecture` and `bundle` say what a network is made of and how it lies on disk. `serving` runs it
without TensorFlow, `evaluation` judges it; `network` builds it in Keras, `training` fits it, and
`pretraining` makes the model that ships. Only the last three bring TensorFlow along.
"""
