"""A training step of RealNVP in PyTorch, to set beside `cargo bench --bench realnvp`.

    python benches/peers/realnvp.py [--threads N] [--shape small|wide|published] [--seeds 64]

Times one seed at a time, and for the small shapes many seeds at once: batched matrix products over a leading axis of
seeds, and `torch.func.vmap` over functional calls. Adam is fused in all of them. Prints milliseconds a step a seed,
medians of five rounds: of processor time with one thread, of elapsed time with more.
"""

import argparse
import statistics
import time

import torch
from torch import nn

SHAPES = {
    # dimension, hidden widths, batch, separate networks with batch normalisation
    "small": (2, [64, 64], 256, False),
    "wide": (16, [64, 64], 256, False),
    "published": (128, [512, 512, 512], 1024, True),
}
COUPLINGS = 8


def network(inputs, hidden, outputs, published):
    layers, width = [nn.BatchNorm1d(inputs)] if published else [], inputs
    for h in hidden:
        layers.append(nn.Linear(width, h))
        layers.append(nn.ReLU() if published else nn.Tanh())
        width = h
    return nn.Sequential(*layers, nn.Linear(width, outputs))


class Flow(nn.Module):
    """The halves are kept apart, so that no network sees masked zeros."""

    def __init__(self, shape):
        super().__init__()
        d, hidden, _, self.separate = shape
        self.half, self.bound = d // 2, 1.0 if self.separate else 2.0
        outputs = [self.half] * 2 if self.separate else [d]
        nets = [[network(self.half, hidden, o, self.separate) for o in outputs] for _ in range(COUPLINGS)]
        self.nets = nn.ModuleList(nn.ModuleList(n) for n in nets)

    def forward(self, z):
        a, b = z[:, : self.half], z[:, self.half :]
        log_det = torch.zeros(z.shape[0])
        for nets in self.nets:
            out = [net(a) for net in nets]
            r, t = out if self.separate else out[0].chunk(2, dim=-1)
            s = self.bound * torch.tanh(r / self.bound)
            a, b = b * torch.exp(s) + t, a
            log_det = log_det + s.sum(-1)
        return torch.cat([a, b], -1), log_det


def log_target(x, modes):
    logits = x @ modes.T - 0.5 * (modes * modes).sum(-1) + torch.log(torch.tensor([0.8, 0.2]))
    return -0.5 * (x * x).sum(-1) + torch.logsumexp(logits, -1)


def modes(d):
    nu = torch.zeros(2, d)
    nu[0, 0], nu[1, 0] = 3.0, -3.0
    return nu


def single(shape):
    flow, nu = Flow(shape), modes(shape[0])
    adam = torch.optim.Adam(flow.parameters(), lr=1e-3, fused=True)

    def step():
        z = torch.randn(shape[2], shape[0])
        x, log_det = flow(z)
        loss = (-0.5 * (z * z).sum(-1) - log_det - log_target(x, nu)).mean()
        adam.zero_grad()
        loss.backward()
        adam.step()

    return step


def batched(shape, seeds):
    """Every parameter has a leading axis of seeds; the layers are batched products."""
    d, hidden, batch, _ = shape
    half, nu, widths = d // 2, modes(d), [d // 2, *hidden, d]
    layers = []
    for _ in range(COUPLINGS):
        pairs = list(zip(widths, widths[1:]))
        weights = [(torch.randn(seeds, i, o) / i**0.5).requires_grad_() for i, o in pairs]
        biases = [torch.zeros(seeds, 1, o, requires_grad=True) for _, o in pairs]
        layers.append((weights, biases))
    adam = torch.optim.Adam([p for w, b in layers for p in w + b], lr=1e-3, fused=True)

    def step():
        z = torch.randn(seeds, batch, d)
        a, b = z[..., :half], z[..., half:]
        log_det = torch.zeros(seeds, batch)
        for weights, biases in layers:
            h = a
            for w, c in zip(weights[:-1], biases[:-1]):
                h = torch.tanh(torch.baddbmm(c, h, w))
            r, t = torch.baddbmm(biases[-1], h, weights[-1]).chunk(2, dim=-1)
            s = 2.0 * torch.tanh(r / 2.0)
            a, b = b * torch.exp(s) + t, a
            log_det = log_det + s.sum(-1)
        x = torch.cat([a, b], -1)
        loss = (-0.5 * (z * z).sum(-1) - log_det - log_target(x, nu)).mean(-1).sum()
        adam.zero_grad()
        loss.backward()
        adam.step()

    return step


def mapped(shape, seeds):
    """`torch.func`: gradients of a functional call, mapped over stacked parameters."""
    d, _, batch, _ = shape
    nu, flows = modes(d), [Flow(shape) for _ in range(seeds)]
    parameters, _ = torch.func.stack_module_state(flows)
    parameters = {k: v.detach().requires_grad_() for k, v in parameters.items()}
    adam = torch.optim.Adam(parameters.values(), lr=1e-3, fused=True)

    def loss(p, z):
        x, log_det = torch.func.functional_call(flows[0], p, (z,))
        return (-0.5 * (z * z).sum(-1) - log_det - log_target(x, nu)).mean()

    gradient = torch.func.vmap(torch.func.grad(loss))

    def step():
        for name, g in gradient(parameters, torch.randn(seeds, batch, d)).items():
            parameters[name].grad = g
        adam.step()

    return step


def milliseconds(step, steps):
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    for _ in range(max(2, steps // 10)):
        step()
    rounds = []
    for _ in range(5):
        start = clock()
        for _ in range(steps):
            step()
        rounds.append((clock() - start) / steps * 1e3)
    return statistics.median(rounds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shape", choices=SHAPES, default="small")
    parser.add_argument("--seeds", type=int, default=64)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    shape, seeds = SHAPES[arguments.shape], arguments.seeds
    published = arguments.shape == "published"
    print(f"PyTorch {torch.__version__}, {arguments.threads} threads, {arguments.shape}; ms a step a seed")
    print(f"one seed   {milliseconds(single(shape), 3 if published else 100):.3f}", flush=True)
    if not published:
        print(f"bmm        {milliseconds(batched(shape, seeds), 5) / seeds:.3f}", flush=True)
        print(f"vmap       {milliseconds(mapped(shape, seeds), 5) / seeds:.3f}", flush=True)


if __name__ == "__main__":
    main()
