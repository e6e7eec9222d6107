"""How good a model is: the figures, tables and pictures of an evaluation, on rows the model never saw."""

from __future__ import annotations

from mlcl.problem.sections import Task
from mlcl.server.schemas.base import Figures, Out

Numbers = list[float | None]


class Interval(Out):
    """Bootstrap interval at `level`."""

    low: float | None
    high: float | None
    level: float = 0.95


class Rival(Out):
    """What the model is compared with, on the same rows: the naive baseline, or the champion. unavailable: why the
    champion could not be compared."""

    kind: str = ""
    version: int | None = None
    bundle_digest: str = ""
    threshold: float | None = None
    metrics: Figures = {}
    intervals: dict[str, Interval] = {}
    note: str = ""
    unavailable: str = ""


class Worth(Out):
    """What each outcome of the decision is worth, per case."""

    true_positive: float = 0.0
    false_positive: float = 0.0
    false_negative: float = 0.0
    true_negative: float = 0.0


class CapacityRule(Out):
    """At most `cases` of every `out_of` can be acted on; most: how many of the test rows that is."""

    cases: int
    out_of: int
    share: float
    most: int


class Confusion(Out):
    """matrix[actual][predicted], in the order of labels."""

    labels: list[str]
    matrix: list[list[int]]


class ClassFigures(Out):
    label: str
    support: int
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    roc_auc: float | None = None
    average_precision: float | None = None


class Group(Out):
    """The rows with one value of a column (null: missing). enough: whether they are enough to compare."""

    value: str | None
    rows: int
    metrics: Figures = {}
    enough: bool = True


class Gap(Out):
    """The largest difference of a metric between groups of enough rows, and which stand at its ends."""

    gap: float
    best: str | None = None
    worst: str | None = None


class Segment(Out):
    """Figures group by group. Besides the metrics, groups and gaps hold what fairness compares: selection_rate,
    false_positive_rate, positive_rate."""

    column: str
    groups: list[Group]
    gaps: dict[str, Gap] = {}


class Permutation(Out):
    """How much worse the metric gets when the column is shuffled."""

    feature: str
    mean: float | None
    std: float | None = None


class Contribution(Out):
    """Mean absolute contribution of the column to the predictions (SHAP)."""

    feature: str
    mean_abs: float | None


class ImportanceRows(Out):
    permutation: int = 0
    contribution: int = 0


class Importance(Out):
    """What the model relies on, strongest first. rows: how many test rows each list comes from."""

    metric: str = ""
    permutation: list[Permutation] = []
    contribution: list[Contribution] = []
    rows: ImportanceRows = ImportanceRows()


class Roc(Out):
    fpr: Numbers = []
    tpr: Numbers = []
    threshold: Numbers = []


class PrecisionRecall(Out):
    recall: Numbers = []
    precision: Numbers = []
    threshold: Numbers = []


class Lift(Out):
    """share of rows acted on; gain: share of the positives among them; lift = gain / share."""

    share: Numbers = []
    lift: Numbers = []
    gain: Numbers = []


class Calibration(Out):
    """Mean probability and share of positives in bins of about as many rows."""

    predicted: Numbers = []
    observed: Numbers = []
    count: list[int] = []


class Thresholds(Out):
    """What happens when all rows that score `threshold[i]` or more are acted on, from few rows to all."""

    threshold: Numbers = []
    share: Numbers = []
    precision: Numbers = []
    recall: Numbers = []
    f1: Numbers = []
    tp: list[int] = []
    fp: list[int] = []
    fn: list[int] = []
    tn: list[int] = []
    value_per_case: Numbers | None = None


class ClassCurves(Out):
    roc: Roc = Roc()
    pr: PrecisionRecall = PrecisionRecall()


class Curves(Out):
    """Of a binary model roc to thresholds; of several classes `classes`: of each label against the rest."""

    roc: Roc | None = None
    pr: PrecisionRecall | None = None
    lift: Lift | None = None
    calibration: Calibration | None = None
    thresholds: Thresholds | None = None
    classes: dict[str, ClassCurves] | None = None


class Histogram(Out):
    """positives: those of the counts that are positive (binary)."""

    edges: Numbers = []
    counts: list[int] = []
    positives: list[int] | None = None


class Residuals(Out):
    """Of a regression: predicted and actual values of some rows; histogram and quantiles of the errors (predicted less
    actual)."""

    predicted: Numbers = []
    actual: Numbers = []
    histogram: Histogram = Histogram()
    quantiles: Figures = {}


class Evaluation(Out):
    """metrics: by split (train, validation, test); intervals: on the test rows; undefined: why a metric has no value;
    baseline, champion: rivals on the same rows; nothing, everything: acting on nobody, on everybody."""

    task: Task
    labels: list[str] | None = None
    positive: str | None = None
    rows: dict[str, int]
    rows_measured: dict[str, int] = {}
    unit: str = ""
    value: Worth | None = None
    threshold: float | None = None
    threshold_why: str | None = None
    capacity: CapacityRule | None = None
    metrics: dict[str, Figures]
    intervals: dict[str, Interval] = {}
    undefined: dict[str, str] = {}
    baseline: Rival = Rival()
    nothing: Figures | None = None
    everything: Figures | None = None
    champion: Rival | None = None
    confusion: Confusion | None = None
    per_class: list[ClassFigures] | None = None
    segments: list[Segment] = []
    importance: Importance = Importance()
    curves: Curves | None = None
    residuals: Residuals | None = None
    predictions: Histogram = Histogram()
