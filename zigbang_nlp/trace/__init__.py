"""One text on its way through every step, with what goes in, what comes out and its shape.

Nothing is computed here that the product doesn't compute: each step calls the function that serves,
and the network's inner values are those of the network that serves.
"""
