"""300 descents of what most people fit, side by side: PyTorch, then the command line, on as many threads, in one run.

    taskset -c 0,1 python mixture_descent.py COLLAPSAR [RUNS]

Two components with free means and a variance each, in the metric of theory (5), on two modes at distance 3 from the
origin, weights 1/2, d = 10, start of scale 1, geometric from T = 12 over 35, 2500 steps of 0.02, batches of 128
antithetic samples, gradient along the path. All runs are one batch of tensors; automatic differentiation of the mean of
log q - beta log p, with log q's own parameters detached. Collapsed: both means on one side after the last step.
COLLAPSAR is the program. Prints seconds of wall and of processor time, and both counts.
"""

import json
import math
import resource
import subprocess
import sys
import tempfile
import time

import torch

D, BATCH, STEP, STEPS, HOT, DURATION, R = 10, 128, 0.02, 2500, 12.0, 35.0, 3.0
THREADS = 2

CONFIG = f"""
[target]
separation = {R}
[family]
preset = "free"
variance = "trained"
[schedule]
kind = "geometric"
initial_temperature = {HOT}
duration = {DURATION}
[start]
dimension = {D}
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


def log_density(x, means, variances):
    # x: runs x n x d; means: runs x 2 x d; variances: runs x 2.
    square = (
        (x * x).sum(-1, keepdim=True) - 2.0 * x @ means.transpose(1, 2) + (means * means).sum(-1)[:, None, :]
    )
    logs = -0.5 * D * torch.log(variances)[:, None, :] - square / (2.0 * variances)[:, None, :]
    return torch.logsumexp(logs, -1) - math.log(2.0)


def descend(runs, kind):
    torch.manual_seed(1)
    means = torch.randn(runs, 2, D, dtype=kind).requires_grad_()
    variances = torch.full((runs, 2), HOT, dtype=kind).requires_grad_()
    modes = torch.zeros(1, 2, D, dtype=kind)
    modes[0, 0, 0], modes[0, 1, 0] = R, -R
    unit = torch.ones(1, 2, dtype=kind)
    each = BATCH // 4
    for n in range(STEPS):
        beta = HOT ** -max(1.0 - n * STEP / DURATION, 0.0)
        noise = torch.randn(runs, 2, each, D, dtype=kind)
        noise = torch.cat([noise, -noise], 2)
        x = means[:, :, None, :] + torch.sqrt(variances)[:, :, None, None] * noise
        x = x.reshape(runs, 4 * each, D)
        q = log_density(x, means.detach(), variances.detach())
        loss = (q - beta * log_density(x, modes, unit)).mean(1).sum()
        loss.backward()
        with torch.no_grad():
            means -= STEP * means.grad
            variances *= torch.clamp(1.0 - STEP * 4.0 / D * variances.grad, min=1e-3)
        means.grad, variances.grad = None, None
    sides = means.detach()[:, :, 0]
    return int((sides[:, 0] * sides[:, 1] > 0.0).sum())


def timed(work):
    wall = time.perf_counter()
    spent = [sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    result = work()
    now = [sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return result, time.perf_counter() - wall, sum(now) - sum(spent)


def ours(program, config, runs):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(config.replace("RUNS", str(runs)))
        file.flush()
        command = [program, "probability", file.name, "--route", "simulation", "--json"]
        record = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return round(record["simulation"]["value"] * runs)


def compare(program, config, runs, descend):
    torch.set_num_threads(THREADS)
    took = {}
    for name, work in [
        (f"PyTorch {torch.__version__}, double", lambda: descend(runs, torch.float64)),
        (f"PyTorch {torch.__version__}, single", lambda: descend(runs, torch.float32)),
        ("collapsar, double", lambda: ours(program, config, runs)),
    ]:
        lost, wall, spent = timed(work)
        took[name] = wall
        print(f"{name:32s} {wall:8.2f} s, {spent:8.2f} s of processor, {lost} of {runs} collapsed", flush=True)
    last = took["collapsar, double"]
    print("times as long:", ", ".join(f"{wall / last:.1f}" for wall in took.values()))


if __name__ == "__main__":
    compare(sys.argv[1], CONFIG, int(sys.argv[2]) if len(sys.argv) > 2 else 300, descend)
