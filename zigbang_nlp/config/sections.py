"""Every setting, a frozen model a stage. Defaults live here and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PositiveInt, field_serializer, model_validator

from zigbang_nlp.config.base import Section, as_number_or_word
from zigbang_nlp.config.crawl import CrawlSettings
from zigbang_nlp.config.presets import with_preset
from zigbang_nlp.config.secrets import without_password
from zigbang_nlp.config.serve import ServeSettings
from zigbang_nlp.config.train import TrainSettings


class PathSettings(Section):
    """Where things are kept."""

    work: Path = Field(Path("data"), description="directory for everything the stages write")


class StoreSettings(Section):
    """The database of apartments and reviews."""

    url: str = Field(
        "",
        description="SQLAlchemy URL, e.g. sqlite:///reviews.db or postgresql+psycopg://user@host/db; "
        "empty = zigbang.db in the work directory",
    )

    @field_serializer("url", when_used="json")
    def _hidden(self, url: str) -> str:
        return without_password(url)


class PreprocessSettings(Section):
    """From review rows to integer arrays."""

    negative_max: float = Field(2.0, ge=0, le=5, description="scores up to this are negative")
    positive_min: float = Field(4.0, ge=0, le=5, description="scores from this on are positive")
    categories: tuple[str, ...] = Field((), description="only these categories; empty = all")
    unassigned: Literal["train", "drop"] = Field(
        "train", description="rows without a split in a file that brings its own splits"
    )
    tokenizer: Literal["mecab", "okt", "komoran", "hannanum", "kkma", "kiwi", "sentencepiece"] = (
        Field("mecab", description="by name; see `zigbang-nlp tokenizers`")
    )
    sentencepiece_size: int = Field(
        8_000, ge=100, le=1_000_000, description="pieces that SentencePiece learns at most"
    )
    stem: bool = Field(False, description="Okt only: reduce verbs to their dictionary form")
    max_characters: int = Field(2_000, ge=10, le=100_000, description="texts are cut here")
    min_count: int = Field(2, ge=1, le=1_000, description="rarer tokens become out-of-vocabulary")
    piece_min_count: int = Field(
        0,
        ge=0,
        le=100_000,
        description="rarer tokens are spelled with pieces seen this often; 0 = no pieces",
    )
    vocabulary: str = Field(
        "auto",
        min_length=1,
        description="auto = as train.init needs it; own = from the data alone; or the directory "
        "of a bundle, whose tokens keep their ids before the data's new ones",
    )
    max_vocabulary: int = Field(
        40_000,
        ge=10,
        le=1_000_000,
        description="ids at most, padding and unknown included (new ones behind a bundle's)",
    )
    length: int = Field(
        0, ge=0, le=2_000, description="tokens a review; 0 = from the data, see coverage"
    )
    coverage: float = Field(
        0.99, gt=0.5, le=1, description="share of reviews that fit whole into the chosen length"
    )
    validation_share: float = Field(0.1, gt=0, lt=0.5, description="of all labelled texts")
    test_share: float = Field(0.1, gt=0, lt=0.5, description="of all labelled texts")
    group_by_apartment: Literal["auto", "yes", "no"] = Field(
        "auto", description="keep an apartment's texts in one split; auto = where there are enough"
    )
    min_labelled: int = Field(20, ge=4, description="fewer labelled texts are an error")
    seed: int = Field(42, ge=0, lt=2**32, description="of the split")

    @model_validator(mode="after")
    def _ordered(self) -> PreprocessSettings:
        if self.negative_max >= self.positive_min:
            raise ValueError("negative_max must be below positive_min")
        return self


class TokenizeSettings(Section):
    """How tokenizing is done; nothing here changes a token."""

    workers: Annotated[Literal["auto"] | PositiveInt, BeforeValidator(as_number_or_word)] = Field(
        "auto", description="processes that tokenize; auto = one a core where there is enough to do"
    )
    time_limit: float = Field(
        2.0,
        gt=0,
        le=3600,
        description="seconds of processor time a text may take before it is tokenized in parts",
    )
    cache: bool = Field(
        True, description="preprocess and predict keep tokens on disk, in the work directory"
    )
    cache_megabytes: float = Field(512.0, gt=0, description="that they take at most")
    dask: str = Field(
        "", description="a Dask scheduler to work on, such as tcp://host:8786, or local"
    )


class EvaluateSettings(Section):
    """How the held-out split is scored."""

    bootstrap: int = Field(1_000, ge=100, le=100_000, description="resamples for the intervals")
    mistakes: int = Field(20, ge=0, le=10_000, description="worst mistakes to list")
    baseline: bool = Field(True, description="also score TF-IDF + LogisticRegression")
    seed: int = Field(42, ge=0, lt=2**32, description="of the resampling")


#: Whether and how predictions are put right for another share of complaints.
PriorShift = Literal["none", "em", "bbse"]


class PredictSettings(Section):
    """How new reviews are classified."""

    model: str = Field("", description="bundle directory; empty = what was trained, or what ships")
    batch_size: int = Field(256, ge=1, le=65_536, description="reviews a step")
    reliability: float = Field(
        0.98,
        ge=0.5,
        lt=1,
        description="share of the labels without a ? that must be right; more makes more unsure",
    )
    prior_shift: PriorShift = Field(
        "none",
        description="of a file or the store: estimate the share of complaints by em or bbse and "
        "put probabilities, labels and doubt right for it",
    )
    texts: tuple[str, ...] = Field(
        (
            "역이 가까워요",
            "역이 멀어요",
            "주차할 데가 없어서 매일 밤 단지를 세 바퀴 돕니다",
            "뷰는 좋은데 주차가 너무 힘들어요 ㅠㅠ",
            "관리실 아저씨들 친절하시고 단지가 늘 깨끗합니다",
        ),
        description="new reviews that `run` classifies at its end",
    )


class Settings(Section):
    """All sections, in the order of the pipeline."""

    paths: PathSettings = PathSettings()
    store: StoreSettings = StoreSettings()
    crawl: CrawlSettings = CrawlSettings()
    preprocess: PreprocessSettings = PreprocessSettings()
    tokenize: TokenizeSettings = TokenizeSettings()
    train: TrainSettings = TrainSettings()
    evaluate: EvaluateSettings = EvaluateSettings()
    predict: PredictSettings = PredictSettings()
    serve: ServeSettings = ServeSettings()

    @model_validator(mode="before")
    @classmethod
    def _preset_sets_the_steps_before(cls, values: Any) -> Any:
        train = values.get("train") if isinstance(values, dict) else None
        if not isinstance(train, dict) or "preset" not in train:
            return values
        return {
            **values,
            "preprocess": with_preset(values.get("preprocess", {}), "preprocess", train["preset"]),
        }

    @property
    def store_url(self) -> str:
        """The database in force: `store.url`, or SQLite in the work directory."""
        return self.store.url or f"sqlite:///{(self.paths.work / 'zigbang.db').as_posix()}"

    @property
    def tokens_dir(self) -> Path:
        """Where `preprocess` and `predict` keep tokens."""
        return self.paths.work / "tokens"

    @property
    def dataset_dir(self) -> Path:
        """What `preprocess` writes."""
        return self.paths.work / "dataset"

    @property
    def model_dir(self) -> Path:
        """Where training writes its bundle."""
        return self.paths.work / "model"

    @property
    def runs_dir(self) -> Path:
        """Where every training is kept."""
        return self.paths.work / "runs"

    @property
    def evaluation_dir(self) -> Path:
        """What `evaluate` writes."""
        return self.paths.work / "evaluation"

    @property
    def predictions_file(self) -> Path:
        """What `predict` writes about the store's reviews in a run."""
        return self.paths.work / "predictions.jsonl"

    @property
    def embeddings_dir(self) -> Path:
        """Where `embed` keeps the vectors of the store's texts."""
        return self.paths.work / "embeddings"

    @property
    def report_file(self) -> Path:
        """What `report` writes unless told otherwise."""
        return self.paths.work / "report.html"
