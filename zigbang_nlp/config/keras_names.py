"""What tutorials set, and what stands for it here: names that Keras has dropped or this package spells otherwise."""

from __future__ import annotations

_DROPPED = "Keras 3 has dropped it"
_GPUS = 'Use train.distribute = "mirrored".'

#: Name in a textbook, lower case -> what to do instead.
INSTEAD: dict[str, str] = {
    name: advice
    for names, advice in {
        "workers use_multiprocessing max_queue_size": f"{_DROPPED} from fit; batches are read by a "
        "thread of their own while the network works, and tokenize.workers sets how many processes "
        "tokenize.",
        "predict_classes predict_proba": f"{_DROPPED}; a label is (model.predict(x) > threshold), "
        "which `zigbang-nlp predict` gives, with train.threshold_for to choose the threshold.",
        "fit_generator evaluate_generator predict_generator": f"{_DROPPED}, as fit takes "
        "generators; here data larger than memory is read from disk batch by batch, and "
        "train.steps_per_epoch sets the batches an epoch.",
        "h5 hdf5 save_format": "HDF5 is no longer Keras's default; train.save_weights_only = false "
        "saves the whole model as .keras, true its weights as .weights.h5.",
        "period": f'{_DROPPED} from ModelCheckpoint; use train.save_freq = "3 epochs".',
        "load_weights_on_restart": f"{_DROPPED}; train.resume goes on where a killed training was.",
        "lr": "Keras 3 calls it learning_rate; so does train.learning_rate.",
        "decay schedule_decay": f"{_DROPPED} from optimizers; use train.learning_rate_schedule.",
        "nb_epoch": "Keras calls it epochs; so does train.epochs.",
        "validation_split validation_data": "Validation texts are chosen once, by "
        "preprocess.validation_share, so that no text is on two sides.",
        "validation_steps": "All validation texts are measured; preprocess.validation_share says "
        "how many they are.",
        "validation_batch_size": "It changes no figure, and is chosen by the program.",
        "input_length": f"{_DROPPED} from Embedding; the length of texts is preprocess.length.",
        "maxlen max_len": "The length of texts is preprocess.length.",
        "num_words vocab_size input_dim": "The size of the vocabulary is preprocess.max_vocabulary.",
        "output_dim embedding_size": "It is train.embedding_dim.",
        "units hidden_units": "It is train.lstm_units for LSTM layers, train.dense_units for "
        "hidden Dense layers.",
        "activation": "Of hidden Dense layers it is train.dense_activation; the last layer is a "
        "sigmoid.",
        "dropout_rate": "It is train.dropout.",
        "filepath": "It is train.checkpoint_name; checkpoints go to the directory checkpoints in "
        "--work.",
        "cp_callback model_checkpoint": "Set train.checkpoints = true.",
        "clipnorm": "It is train.clip_norm.",
        "clipvalue": "It is train.clip_value.",
        "global_clipnorm": "It is train.global_clip_norm.",
        "class_weights": "It is train.class_weight.",
        "multi_gpu_model": f"{_DROPPED}. {_GPUS}",
        "gpus": _GPUS,
        "cudnnlstm": f"{_DROPPED}; LSTM uses cuDNN by itself where there is a GPU.",
        "acc": "Keras 3 calls it accuracy, which is always measured.",
        "best_model": "Set train.load_best = true.",
    }.items()
    for name in names.split()
}


def instead_of(name: str) -> str:
    """What to do instead of a textbook's setting; empty for a name that isn't known.

    Args:
        name: as in Keras, a setting file ("use_multiprocessing") or a flag ("--use-multiprocessing").
    """
    return INSTEAD.get(name.lstrip("-").removeprefix("no-").replace("-", "_").lower(), "")
