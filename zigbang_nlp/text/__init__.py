"""Review rows become labelled, cleaned, tokenized and integer-encoded data sets.

Reading order: labels, clean, tokenizers, vocabulary, encoder, split, dataset, preprocess.
"""
