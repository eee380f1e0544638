"""Stochastic descent of the sphere pair at the published setting, in PyTorch, one thread: level (c) as it is practised.

    taskset -c 0 python descent.py [STEPS]

d = 512, batch 8192, R = 3, w* = 0.8, both variances trained, learning rate 0.05 over beta, automatic differentiation of the
mean of log q - beta log p over reparametrised samples. Prints milliseconds of processor time a step, in double and single
precision.
"""

import math
import sys
import time

import torch

D, BATCH, R, WEIGHT, RATE, COLD = 512, 8192, 3.0, 0.8, 0.05, 300

torch.set_num_threads(1)


def density(x, means, variances, logs):
    # |x - mu|^2 = |x|^2 - 2 x.mu + |mu|^2: a matrix product instead of a B x 2 x d difference.
    square = (x * x).sum(1, keepdim=True) - 2.0 * x @ means.T + (means * means).sum(1)
    return torch.logsumexp(logs - square / (2.0 * variances) - D / 2.0 * torch.log(variances), dim=1)


def steps(count, kind):
    torch.manual_seed(1)
    means = torch.randn(2, D, dtype=kind)
    means = (R * means / means.norm(dim=1, keepdim=True)).requires_grad_()
    spread = torch.full((2,), 90.0, dtype=kind).requires_grad_()
    modes = torch.zeros(2, D, dtype=kind)
    modes[0, 0], modes[1, 0] = R, -R
    unit = torch.ones(2, dtype=kind)
    target = torch.log(torch.tensor([WEIGHT, 1.0 - WEIGHT], dtype=kind))
    half = torch.log(torch.tensor([0.5, 0.5], dtype=kind))
    began = time.process_time()
    for n in range(count):
        beta = (1.0 / 90.0) ** max(1.0 - n / COLD, 0.0)
        which = torch.randint(0, 2, (BATCH,))
        x = means[which] + torch.sqrt(spread[which])[:, None] * torch.randn(BATCH, D, dtype=kind)
        loss = (density(x, means, spread, half) - beta * density(x, modes, unit, target)).mean()
        loss.backward()
        with torch.no_grad():
            means -= RATE / beta * means.grad
            means *= R / means.norm(dim=1, keepdim=True)
            spread *= torch.clamp(1.0 - RATE / beta * 4.0 / D * spread.grad, min=1e-3)
        means.grad, spread.grad = None, None
    assert math.isfinite(float(means.detach().sum()))
    return (time.process_time() - began) / count * 1e3


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for kind in (torch.float64, torch.float32):
        steps(2, kind)
        took = sorted(steps(count, kind) for _ in range(3))[1]
        print(f"PyTorch {torch.__version__}, {str(kind):15s} {took:8.2f} ms a step", flush=True)


main()
