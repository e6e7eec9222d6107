"""The sections [monitor] and [retrain]: what is watched once the model is in use, and when it is made anew."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from mlcl.problem.base import Duration, Section, Share

_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")


class MonitorLimits(Section):
    """From which figures on a finding raises an alert. Every figure is beside a test: chance alone raises none."""

    psi: float = Field(default=0.1, gt=0, description="Population stability index of a column or of the predictions.")
    js: float = Field(default=0.1, gt=0, le=1, description="Jensen-Shannon distance, likewise; either one is enough.")
    auc: float = Field(
        default=0.55, gt=0.5, lt=1, description="ROC AUC of a classifier that tells the window's rows from training's."
    )
    missing: float = Field(default=0.05, ge=0, le=1, description="Rise of a column's share of missing values.")
    type_faults: float = Field(default=0.01, ge=0, le=1, description="Share of values of a wrong type.")
    out_of_range: float = Field(default=0.01, ge=0, le=1, description="Share of values outside the training range.")
    unseen: float = Field(default=0.01, ge=0, le=1, description="Share of categories that training did not have.")
    volume: float = Field(
        default=4.0, gt=1, description="How many times more or fewer rows than in the windows before."
    )
    estimated: float = Field(
        default=0.1, gt=0, le=1, description="Relative loss of the main metric, as estimated without outcomes."
    )
    performance: float = Field(default=0.1, gt=0, le=1, description="Relative loss of the main metric, by outcomes.")
    alpha: Share = Field(default=0.01, description="False discovery rate of the tests of one look.")


class Webhook(Section):
    """Where changes of alerts are posted as JSON."""

    url: str = Field(description="https://… (or http://…); redirects are not followed.")
    secret_env: str | None = Field(
        default=None,
        pattern=_VARIABLE,
        description="Environment variable with the secret that signs each post (HMAC-SHA256).",
    )

    @field_validator("url")
    @classmethod
    def _web(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("a webhook is an address https://… or http://…")
        if "@" in parts.netloc:
            raise ValueError("no user or password in the address: sign the posts with secret_env")
        return url


class Email(Section):
    """Where changes of alerts are mailed to."""

    host: str = Field(min_length=1, description="SMTP server.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    sender: str = Field(description="Address that the mails come from.")
    to: tuple[str, ...] = Field(min_length=1, description="Addresses that the mails go to.")
    starttls: bool = Field(default=True, description="Encrypt the connection, or send nothing.")
    user: str | None = Field(default=None, description="Who logs in. Left out: nobody.")
    password_env: str | None = Field(
        default=None, pattern=_VARIABLE, description="Environment variable with the password of `user`."
    )

    @field_validator("sender", "to")
    @classmethod
    def _address(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for address in (value,) if isinstance(value, str) else value:
            if not _ADDRESS.fullmatch(address):
                raise ValueError(f"'{address}' is no mail address")
        return value


class Monitor(Section):
    """How the model is watched once it is in use."""

    every: Duration = Field(default="1d", description="How often `mlcl up` looks: 15m, 1h, 1d, 2w.")
    window: Duration = Field(default="1d", description="How far back a look goes.")
    minimum_rows: int = Field(
        default=200, ge=10, description="Predictions below which a look says 'not enough traffic' and alerts nothing."
    )
    limits: MonitorLimits = Field(default_factory=MonitorLimits, description="When a finding raises an alert.")
    webhook: Webhook | None = Field(default=None, description="Post changes of alerts to this address.")
    email: Email | None = Field(default=None, description="Mail changes of alerts.")


class Retrain(Section):
    """When `mlcl up` trains a challenger by itself. It replaces the champion only if it is the better one."""

    on: tuple[Literal["drift", "performance", "schedule", "new_data"], ...] = Field(
        default=(), description="What starts it: any of drift, performance, schedule, new_data. Empty: nothing."
    )
    every: Duration = Field(default="30d", description="How often, with schedule.")
    cooldown: Duration = Field(default="1d", description="Least time between two trainings.")
    attempts: int = Field(
        default=3, ge=1, description="Challengers in a row that may fail before a person must look (`mlcl retrain`)."
    )
    minimum_rows: int = Field(default=200, ge=10, description="New rows with an outcome that a training needs.")
