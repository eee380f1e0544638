'use strict';
// Product measures: drag the modes, see which of them the best product keeps, turn its frame.

const PRODUCT = ['share', 'angle', 'a1', 'a2', 'b1', 'b2'];
/** The plane that is shown, and the nodes of a line through it. */
const REACH = 7;
const NODES = 91;

const product = {
  name: 'mean-field',
  title: 'Mean field',
  parameters: PRODUCT,

  show(host) {
    const lanes = { fit: new Lane({ interrupts: false }), turn: new Lane({ interrupts: true }) };
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' });
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const plane = html('div', { class: 'chart' });
    const marginals = html('div', { class: 'chart' });
    const values = html('table', { class: 'values' });
    const turn = html('button', { type: 'button' }, 'Find the best frame');
    const away = takeAway('mean-field');
    const panel = controls(PRODUCT, changed);
    panel.node.append(html('p', {}, turn));
    host.append(
      panel.node,
      html('div', { class: 'results' }, verdict, complaint,
        html('div', { class: 'pair' },
          html('figure', {}, html('figcaption', {}, 'Target and best product'), plane, html('p', { class: 'hint' }, 'Drag the modes; turn the frame with its slider.'), legend([['field', 'target'], ['fit', 'best product'], ['axis', 'its frame']])),
          html('figure', {}, html('figcaption', {}, 'Its two factors'), marginals, legend([['first', 'first coordinate of the frame'], ['second', 'second coordinate'], ['axis', 'the target’s marginals']]))),
        values, away.node),
    );

    let found = null;

    /** The modes in the frame of the product. */
    function modes() {
      const { angle, a1, a2, b1, b2 } = state;
      const phi = (angle * Math.PI) / 180;
      const inFrame = ([x, y]) => [x * Math.cos(phi) + y * Math.sin(phi), -x * Math.sin(phi) + y * Math.cos(phi)];
      const tidy = (value) => Number(value.toFixed(12)) + 0;
      return [[a1, a2], [b1, b2]].map((mode) => inFrame(mode).map(tidy));
    }

    function configuration(rotation) {
      const given = rotation ? [[state.a1, state.a2], [state.b1, state.b2]] : modes();
      return toml({
        target: { means: given, weights: [state.share, rest(state.share)] },
        family: { preset: 'mean-field' },
        ...(rotation ? { rotation: { start: 'random', restarts: 3, seed: 1 } } : {}),
      });
    }

    async function changed() {
      panel.show();
      remember();
      complaint.hidden = true;
      const text = configuration();
      away.configuration(text);
      draw();
      try {
        const { record, json } = await lanes.fit.ask({ verb: 'mean-field', text });
        if (!host.isConnected || text !== configuration()) return;
        found = record;
        away.record(json);
        draw();
      } catch (error) {
        complain(complaint, error);
      }
    }

    async function turned() {
      turn.disabled = true;
      turn.textContent = 'Looking for it …';
      try {
        const { record } = await lanes.turn.ask({ verb: 'mean-field', text: configuration(true) });
        if (!host.isConnected) return;
        const best = record.optima[0].angle ?? 0;
        state.angle = admitted(PARAMETERS.angle, Number((((best % 90) + 90) % 90).toFixed(2)));
        changed();
      } catch (error) {
        complain(complaint, error);
      }
      turn.disabled = false;
      turn.textContent = 'Find the best frame';
    }

    function draw() {
      drawPlane();
      if (!found) return;
      const [best, other] = found.optima;
      const shares = best.coverage.map((share) => `${short(100 * share)}%`).join(' and ');
      const kept = found.collapsed
        ? other ? 'A product in this frame collapses: each mode has a fit of its own.' : 'A product in this frame collapses.'
        : 'A product in this frame keeps both modes.';
      verdict.textContent = `${kept} Shares of the best: ${shares}; the target has ${short(100 * state.share)}% and ${short(100 * rest(state.share))}%.`;
      const row = (words, value) => html('tr', {}, html('th', { scope: 'row' }, ...rich(words)), html('td', {}, ...rich(value)));
      values.replaceChildren(html('tbody', {},
        row('KL(*q*‖*p*) of the best product', short(best.objective, 6)),
        ...(other ? [row('KL(*q*‖*p*) of the other', short(other.objective, 6))] : []),
        ...(found.norm === null ? [] : [row('distance of the modes from their middle', short(found.norm, 4))]),
        ...(found.critical_norm === null ? [] : [row('equal weights collapse beyond', short(found.critical_norm, 4))]),
        row('certificate', found.certificate.verdict.replace('-', ' ') + (found.certificate.reason ? `: ${found.certificate.reason}` : ''))));
      drawMarginals();
    }

    function factor(coordinate) {
      const one = found?.marginals.find((marginal) => marginal.optimum === 1 && marginal.coordinate === coordinate);
      return one ? interpolation(one.y, one.density) : null;
    }

    function drawPlane() {
      const chart = new Chart(plane, {
        height: Math.min(460, Math.max(300, plane.clientWidth * 0.9)), title: 'Target and product over the plane',
        x: { from: -REACH, to: REACH, label: '*x*_1' }, y: { from: -REACH, to: REACH, label: '*x*_2' },
      });
      const nodes = Array.from({ length: NODES }, (_, i) => -REACH + (2 * REACH * i) / (NODES - 1));
      const { a1, a2, b1, b2, share, angle } = state;
      const bump = (x, y, m, n) => Math.exp(-((x - m) ** 2 + (y - n) ** 2) / 2);
      const target = nodes.flatMap((y) => nodes.map((x) => share * bump(x, y, a1, a2) + rest(share) * bump(x, y, b1, b2)));
      chart.field(target, NODES, (value) => [61, 143, 196, Math.round(210 * Math.min(1, value) ** 0.6)]);
      const phi = (angle * Math.PI) / 180;
      const [c, s] = [Math.cos(phi), Math.sin(phi)];
      for (const [x, y] of [[c, s], [-s, c]]) chart.line([[-9 * REACH * x, -9 * REACH * y], [9 * REACH * x, 9 * REACH * y]], 'axis');
      const [first, second] = [factor(1), factor(2)];
      if (first && second) {
        const density = nodes.flatMap((y) => nodes.map((x) => first(x * c + y * s) * second(-x * s + y * c)));
        const highest = Math.max(...density);
        for (const level of [0.05, 0.2, 0.5, 0.8]) {
          for (const segment of contour(nodes, nodes, density, level * highest)) chart.line(segment, 'fit');
        }
      }
      const handle = (i, x, y, [nameX, nameY], label) => {
        const node = chart.mark(x, y, 'handle');
        const move = ([toX, toY]) => {
          state[nameX] = admitted(PARAMETERS[nameX], Number(toX.toFixed(2)));
          state[nameY] = admitted(PARAMETERS[nameY], Number(toY.toFixed(2)));
          changed();
        };
        draggable(node, chart, label, [x, y], move, ([dx, dy]) => move([x + 0.1 * dx, y + 0.1 * dy]), () => plane.querySelectorAll('.handle')[i]);
      };
      handle(0, a1, a2, ['a1', 'a2'], 'First mode');
      handle(1, b1, b2, ['b1', 'b2'], 'Second mode');
    }

    function drawMarginals() {
      const ys = Array.from({ length: 201 }, (_, i) => -REACH + (2 * REACH * i) / 200);
      const given = modes();
      const normal = (y, mean) => Math.exp(-((y - mean) ** 2) / 2) / Math.sqrt(2 * Math.PI);
      const chart = new Chart(marginals, {
        height: Math.min(460, Math.max(300, marginals.clientWidth * 0.9)), title: 'The factors of the product',
        x: { from: -REACH, to: REACH, label: 'coordinate of the frame' }, y: { from: 0, to: 0.5, label: 'density' },
      });
      [1, 2].forEach((coordinate) => {
        const name = coordinate === 1 ? 'first' : 'second';
        const marginal = ys.map((y) => [y, state.share * normal(y, given[0][coordinate - 1]) + rest(state.share) * normal(y, given[1][coordinate - 1])]);
        chart.line(marginal, `target ${name}`);
        const curve = factor(coordinate);
        if (curve) chart.line(ys.map((y) => [y, curve(y)]), name);
      });
    }

    /** The curve through points with rising abscissae, 0 outside. */
    function interpolation(xs, ys) {
      const [from, to] = [xs[0], xs[xs.length - 1]];
      const step = (to - from) / (xs.length - 1);
      return (x) => {
        const at = (x - from) / step;
        const i = Math.floor(at);
        if (!(at >= 0) || i + 1 >= xs.length) return 0;
        return ys[i] + (ys[i + 1] - ys[i]) * (at - i);
      };
    }

    turn.addEventListener('click', turned);
    whenResized(plane, draw);
    changed();
    return { stop: () => Object.values(lanes).forEach((lane) => lane.stop()) };
  },
};
