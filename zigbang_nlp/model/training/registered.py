"""Import this before `keras.models.load_model`: it registers all that Keras doesn't have.

A `.keras` file says how a network is put together by the names of its layers; those of this package
are known to Keras once their modules are imported.

    >>> import keras
    >>> import zigbang_nlp.model.training.registered
    >>> network = keras.models.load_model("data/checkpoints/epoch-03-0.412.keras")  # doctest: +SKIP
"""

from zigbang_nlp.model.network.layers import Channels, MaskedPooling
from zigbang_nlp.model.training.measures import BestMacroF1, LogitHinge
from zigbang_nlp.model.training.optimizers import LazyAdam, Schedule
from zigbang_nlp.model.training.stars_loss import StarsLoss

__all__ = [
    "BestMacroF1",
    "Channels",
    "LazyAdam",
    "LogitHinge",
    "MaskedPooling",
    "Schedule",
    "StarsLoss",
]

#: What stands beside `.keras` checkpoints.
HOW_TO_OPEN = """\
이 폴더의 .keras 파일은 Keras만으로 이렇게 엽니다. 둘째 줄이 이 패키지의 층을 Keras에 등록합니다.
Open the .keras files here with plain Keras like this; the second line registers this package's layers.

import keras
import zigbang_nlp.model.training.registered

network = keras.models.load_model("FILE.keras")

입력은 정수로 바꾼 토큰(0은 채움)이고, 출력은 긍정 확률입니다.
It takes token ids (0 is padding) and gives the probability of positive.
"""
