"""Penalised maximum likelihood for linear models: Newton steps solved by conjugate gradients.

Newton converges to the last digits, so what is saved (nine of them) is the same on every machine.

Source: Lin, Weng, Keerthi, "Trust region Newton method for large-scale logistic regression", JMLR 9 (2008), section 2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mlcl.metrics import BINARY, REGRESSION
from mlcl.models.learners.base import link
from mlcl.models.learners.design import Design
from mlcl.models.table import Floats

_STEPS, _INNER = 50, 500
_TOLERANCE = 1e-10  # of the gradient, relative to the start


class Problem(NamedTuple):
    """y: [classes, n], one-hot for several classes; weight: [n]; penalty: of half the squared coefficients, without
    the intercepts."""

    design: Design
    y: Floats
    weight: Floats
    task: str
    penalty: float

    def means(self, z: Floats) -> Floats:
        if self.task in (REGRESSION, BINARY):
            return link(z, self.task)
        return link(z.T, self.task).T

    def loss(self, beta: Floats, z: Floats) -> float:
        if self.task == REGRESSION:
            each = 0.5 * (self.y - z)[0] ** 2
        elif self.task == BINARY:
            each = (np.logaddexp(0, z) - self.y * z)[0]
        else:
            each = np.logaddexp.reduce(z, axis=0) - np.sum(self.y * z, axis=0)
        return float(np.sum(self.weight * each) + 0.5 * self.penalty * np.sum(beta[:, 1:] ** 2))

    def gradient(self, beta: Floats, mean: Floats) -> Floats:
        return self.design.back(self.weight * (mean - self.y)) + self._pull(beta)

    def curvature(self, mean: Floats, v: Floats) -> Floats:
        """Hessian times v."""
        u = self.design.times(v)
        if self.task == BINARY:
            u = mean * (1 - mean) * u
        elif self.task != REGRESSION:
            u = mean * (u - np.sum(mean * u, axis=0))
        return self.design.back(self.weight * u) + self._pull(v)

    def diagonal(self, mean: Floats) -> Floats:
        h = np.ones_like(mean) if self.task == REGRESSION else mean * (1 - mean)
        return self.design.squares().back(self.weight * h) + self._pull(np.ones((len(mean), self.design.width))) + 1e-9

    def _pull(self, beta: Floats) -> Floats:
        pull = self.penalty * beta
        pull[:, 0] = 0.0
        return pull


def minimise(problem: Problem, beta: Floats) -> Floats:
    """The coefficients [classes, width] of least penalised loss, from the start `beta`."""
    z = problem.design.times(beta)
    loss = problem.loss(beta, z)
    reference = _norm(problem.gradient(np.zeros_like(beta), problem.means(np.zeros_like(z))))
    for _ in range(_STEPS):
        mean = problem.means(z)
        gradient = problem.gradient(beta, mean)
        if _norm(gradient) <= _TOLERANCE * reference:
            break
        step = _conjugate(problem, mean, gradient)
        beta, z, lower = _line(problem, beta, z, step, loss)
        if not lower < loss:
            break
        loss = lower
    return beta


def _conjugate(problem: Problem, mean: Floats, gradient: Floats) -> Floats:
    """Solves Hessian * step = -gradient, the more exactly the nearer the end is."""
    diagonal = problem.diagonal(mean)
    step, residual = np.zeros_like(gradient), -gradient
    size = _norm(gradient)
    scaled = residual / diagonal
    direction, rho = scaled, float(np.sum(residual * scaled))
    for _ in range(_INNER):
        bent = problem.curvature(mean, direction)
        along = float(np.sum(direction * bent))
        if along <= 0:
            break
        pace = rho / along
        step = step + pace * direction
        residual = residual - pace * bent
        if _norm(residual) <= 1e-4 * size:
            break
        scaled = residual / diagonal
        rho, last = float(np.sum(residual * scaled)), rho
        direction = scaled + rho / last * direction
    return step


def _line(problem: Problem, beta: Floats, z: Floats, step: Floats, loss: float) -> tuple[Floats, Floats, float]:
    """Halves the step until the loss falls."""
    ahead = problem.design.times(step)
    pace = 1.0
    for _ in range(30):
        near, seen = beta + pace * step, z + pace * ahead
        found = problem.loss(near, seen)
        if found < loss:
            return near, seen, found
        pace /= 2
    return beta, z, loss


def _norm(v: Floats) -> float:
    return float(np.sqrt(np.sum(v * v)))
