"""What tutorials set, and what stands for it here: names that Keras has dropped or this package spells otherwise."""

from __future__ import annotations

_READING = (
    "Keras 3 has dropped it from fit; batches are read by a thread of their own while the network "
    "works, and tokenize.workers sets how many processes tokenize."
)
_CLASSES = (
    "Keras 3 has dropped it; a label is (model.predict(x) > threshold), which `zigbang-nlp "
    "predict` gives, with train.threshold_for to choose the threshold."
)
_FORMAT = (
    "HDF5 is no longer Keras's default; train.save_weights_only = false saves the whole model as "
    ".keras, true its weights as .weights.h5."
)
_GENERATOR = (
    "Keras 3 has dropped it, as fit takes generators; here data larger than memory is read from "
    "disk batch by batch, and train.steps_per_epoch sets the batches an epoch."
)
_OWN_SPLIT = "Validation texts are chosen once, by preprocess.validation_share, so that no text is on two sides."
_DECAY = "Keras 3 has dropped it from optimizers; use train.learning_rate_schedule."
_GPUS = 'Use train.distribute = "mirrored".'

#: Name in a textbook, lower case -> what to do instead.
INSTEAD: dict[str, str] = {
    "workers": _READING,
    "use_multiprocessing": _READING,
    "max_queue_size": _READING,
    "predict_classes": _CLASSES,
    "predict_proba": _CLASSES,
    "fit_generator": _GENERATOR,
    "evaluate_generator": _GENERATOR,
    "predict_generator": _GENERATOR,
    "h5": _FORMAT,
    "hdf5": _FORMAT,
    "save_format": _FORMAT,
    "period": 'Keras 3 has dropped it from ModelCheckpoint; use train.save_freq = "3 epochs".',
    "load_weights_on_restart": "Keras 3 has dropped it; train.resume goes on where a killed training was.",
    "lr": "Keras 3 calls it learning_rate; so does train.learning_rate.",
    "decay": _DECAY,
    "schedule_decay": _DECAY,
    "nb_epoch": "Keras calls it epochs; so does train.epochs.",
    "validation_split": _OWN_SPLIT,
    "validation_data": _OWN_SPLIT,
    "validation_steps": "All validation texts are measured; preprocess.validation_share says how many they are.",
    "validation_batch_size": "It changes no figure, and is chosen by the program.",
    "input_length": "Keras 3 has dropped it from Embedding; the length of texts is preprocess.length.",
    "maxlen": "The length of texts is preprocess.length.",
    "max_len": "The length of texts is preprocess.length.",
    "num_words": "The size of the vocabulary is preprocess.max_vocabulary.",
    "vocab_size": "The size of the vocabulary is preprocess.max_vocabulary.",
    "input_dim": "The size of the vocabulary is preprocess.max_vocabulary.",
    "output_dim": "It is train.embedding_dim.",
    "embedding_size": "It is train.embedding_dim.",
    "units": "It is train.lstm_units for LSTM layers, train.dense_units for hidden Dense layers.",
    "hidden_units": "It is train.lstm_units for LSTM layers, train.dense_units for hidden Dense layers.",
    "activation": "Of hidden Dense layers it is train.dense_activation; the last layer is a sigmoid.",
    "dropout_rate": "It is train.dropout.",
    "filepath": "It is train.checkpoint_name; checkpoints go to the directory checkpoints in --work.",
    "cp_callback": "Set train.checkpoints = true.",
    "model_checkpoint": "Set train.checkpoints = true.",
    "clipnorm": "It is train.clip_norm.",
    "clipvalue": "It is train.clip_value.",
    "global_clipnorm": "It is train.global_clip_norm.",
    "class_weights": "It is train.class_weight.",
    "multi_gpu_model": f"Keras 3 has dropped it. {_GPUS}",
    "gpus": _GPUS,
    "cudnnlstm": "Keras 3 has dropped it; LSTM uses cuDNN by itself where there is a GPU.",
    "acc": "Keras 3 calls it accuracy, which is always measured.",
    "best_model": "Set train.load_best = true.",
}


def instead_of(name: str) -> str:
    """What to do instead of a textbook's setting; empty for a name that isn't known.

    Args:
        name: as in Keras, a setting file ("use_multiprocessing") or a flag ("--use-multiprocessing").
    """
    return INSTEAD.get(name.lstrip("-").removeprefix("no-").replace("-", "_").lower(), "")
