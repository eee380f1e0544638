"""Descents of eight components on a ring of eight modes, side by side: PyTorch, then the command line, in one run.

    taskset -c 0,1 python ring_descent.py COLLAPSAR [RUNS]

Means and logits of eight unit Gaussians in the plane, modes at distance 8 from the origin, start of scale 1, T = 1 + 15 e^(-t/5),
5000 steps of 0.02, batches of 256 antithetic samples, as many from each component. All runs are one batch of tensors; automatic
differentiation of the weighted mean of log q - beta log p, with log q's own parameters detached. Collapsed: a mode has less than half
of its weight after the last step. COLLAPSAR is the program. Prints seconds of wall and of processor time, and both counts.
"""

import math
import sys

import torch

from mixture_descent import compare

K, BATCH, STEP, STEPS, HOT, RATE, RADIUS = 8, 256, 0.02, 5000, 16.0, 0.2, 8.0
ANGLES = [2.0 * math.pi * k / K for k in range(K)]
MODES = [[RADIUS * math.cos(a), RADIUS * math.sin(a)] for a in ANGLES]

CONFIG = f"""
[target]
means = {MODES}
[family]
preset = "free"
components = {K}
train_weights = "softmax"
[schedule]
kind = "exponential"
initial_temperature = {HOT}
rate = {RATE}
[start]
dimension = 2
scale = 1.0
[stop]
horizon = {STEPS * STEP}
[simulation]
runs = RUNS
batch = {BATCH}
step = {STEP}
score = false
antithetic = true
"""


def squares(x, centres):
    # x: runs x n x 2; centres: runs x K x 2.
    return (x * x).sum(-1, keepdim=True) - 2.0 * x @ centres.transpose(1, 2) + (centres * centres).sum(-1)[:, None, :]


def descend(runs, kind):
    torch.manual_seed(1)
    means = torch.randn(runs, K, 2, dtype=kind).requires_grad_()
    logits = torch.zeros(runs, K, dtype=kind).requires_grad_()
    modes = torch.tensor(MODES, dtype=kind)[None]
    each = BATCH // (2 * K)
    for n in range(STEPS):
        beta = 1.0 / (1.0 + (HOT - 1.0) * math.exp(-RATE * n * STEP))
        noise = torch.randn(runs, K, each, 2, dtype=kind)
        x = (means[:, :, None, :] + torch.cat([noise, -noise], 2)).reshape(runs, BATCH, 2)
        log_weights = torch.log_softmax(logits, 1)
        q = torch.logsumexp(log_weights.detach()[:, None, :] - 0.5 * squares(x, means.detach()), -1)
        p = torch.logsumexp(-0.5 * squares(x, modes), -1)
        of_each = (q - beta * p).reshape(runs, K, 2 * each).mean(2)
        (log_weights.exp() * of_each).sum().backward()
        with torch.no_grad():
            means -= STEP * means.grad
            logits -= STEP * logits.grad
        means.grad, logits.grad = None, None
    with torch.no_grad():
        x = means[:, :, None, :] + torch.randn(runs, K, 512, 2, dtype=kind)
        shares = torch.softmax(-0.5 * squares(x.reshape(runs, K * 512, 2), modes), -1)
        of_each = shares.reshape(runs, K, 512, K).mean(2)
        coverage = (torch.softmax(logits, 1)[:, :, None] * of_each).sum(1)
        return int((coverage.min(1).values < 0.5 / K).sum())


compare(sys.argv[1], CONFIG, int(sys.argv[2]) if len(sys.argv) > 2 else 64, descend)
