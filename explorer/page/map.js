'use strict';
// P_c over the first temperature and the duration: a map that fills in, and what risk costs.

/** Draws of a point that is counted. */
const DRAWS = 2000;
/** Tolerance of a point that is exact. */
const WITHIN = 0.01;
/** The coolest and shortest schedule of the map. */
const COOLEST = 1.1;
const SHORTEST = 0.25;

const MAP = ['family', 'separation', 'weight', 'dimension', 'scale', 'hottest', 'longest', 'points', 'route', 'seed'];

const map = {
  name: 'map',
  title: 'Map',
  parameters: [...MAP, 'temperature', 'duration'],

  show(host) {
    const lane = new Lane({ interrupts: true });
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' });
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const progress = html('progress', { max: 1, value: 0, 'aria-label': 'Points of the map' });
    const heat = html('div', { class: 'chart crosshair' });
    const costs = html('div', { class: 'chart' });
    const scale = html('div', { class: 'scale' });
    const away = takeAway('sweep');
    const panel = controls(MAP, changed, (name) => name === 'scale' && state.family !== 'free');
    host.append(
      panel.node,
      html('div', { class: 'results' }, verdict, progress, complaint,
        html('div', { class: 'pair' },
          html('figure', {}, html('figcaption', {}, 'Probability of collapse under geometric cooling'), heat, scale, html('p', { class: 'hint' }, 'Click to set your schedule.'), legend([['optimum', 'best first temperature for each duration'], ['point', 'your schedule']])),
          html('figure', {}, html('figcaption', {}, 'Cost against risk: the best first temperature for each duration'), costs, legend([['frontier', 'best'], ['yours', 'your first temperature']]))),
        away.node),
    );

    let cells = new Map();
    let axes = [[], []];

    function configuration() {
      const { hottest, longest, points: n, route, family } = state;
      const sections = pairSections();
      const routes = [route === 'formula' && family !== 'free' ? 'refined' : route];
      return toml({
        target: sections.target,
        family: sections.family,
        schedule: { kind: 'geometric' },
        start: sections.start,
        montecarlo: { samples: route === 'montecarlo' ? DRAWS : undefined },
        exact: { tolerance: route === 'exact' ? WITHIN : undefined },
        sweep: { routes },
      }) + axis('schedule.initial_temperature', COOLEST, hottest, n) + axis('schedule.duration', SHORTEST, longest, n);
    }

    function axis(key, from, to, count) {
      return `"${key}" = { from = ${from}, to = ${to}, points = ${count}, scale = "log" }\n`;
    }

    /** The places of an axis: only for the drawing, the library has its own. */
    function places(from, to, count) {
      return Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));
    }

    async function changed() {
      panel.show();
      remember();
      complaint.hidden = true;
      cells = new Map();
      axes = [places(COOLEST, state.hottest, state.points), places(SHORTEST, state.longest, state.points)];
      const text = configuration();
      const total = state.points ** 2;
      away.configuration(text);
      progress.value = 0;
      progress.hidden = false;
      draw();
      try {
        const { json } = await lane.ask({ verb: 'sweep', text }, (kind, _, words) => {
          if (kind !== 'part' || text !== configuration()) return;
          const point = JSON.parse(words);
          const route = point.montecarlo ?? point.exact ?? point.refined ?? point.formula;
          cells.set(point.index, route?.value ?? NaN);
          progress.value = cells.size / total;
          draw();
        });
        if (text !== configuration() || !host.isConnected) return;
        away.record(json);
        progress.hidden = true;
      } catch (error) {
        if (!(error instanceof Superseded)) progress.hidden = true;
        complain(complaint, error);
      }
    }

    function value(i, j) {
      return cells.get(i * axes[1].length + j);
    }

    /** For each duration the row with the least P_c, where the whole column is known. */
    function optima() {
      return axes[1].map((duration, j) => {
        const column = axes[0].map((_, i) => value(i, j));
        if (column.some((p) => !Number.isFinite(p))) return null;
        const best = column.indexOf(Math.min(...column));
        return { duration, temperature: axes[0][best], p: column[best] };
      }).filter(Boolean);
    }

    function draw() {
      const n = axes[1].length;
      const half = (list) => Math.sqrt(list[1] / list[0]);
      const [hot, long] = axes;
      const chart = new Chart(heat, {
        height: Math.min(440, Math.max(300, heat.clientWidth * 0.8)), title: 'Map of the probability of collapse',
        x: { from: long[0] / half(long), to: long[n - 1] * half(long), log: true, label: 'duration *t*_0' },
        y: { from: hot[0] / half(hot), to: hot[n - 1] * half(hot), log: true, label: 'first temperature *T*_0' },
      });
      const colours = [];
      for (let i = 0; i < n; i += 1) for (let j = 0; j < n; j += 1) colours.push(value(i, j) ?? NaN);
      chart.field(colours, n, (p) => shade(p / highest()));
      const best = optima();
      chart.line(best.map(({ duration, temperature }) => [duration, temperature]), 'optimum');
      const { temperature, duration } = state;
      const within = duration >= chart.axes.x.from && duration <= chart.axes.x.to && temperature >= chart.axes.y.from && temperature <= chart.axes.y.to;
      const mine = cellOf(temperature, duration);
      if (within) {
        const handle = chart.mark(duration, temperature, 'handle yours');
        const go = ([t0, T0]) => {
          state.duration = admitted(PARAMETERS.duration, Number(t0.toPrecision(3)));
          state.temperature = admitted(PARAMETERS.temperature, Number(T0.toPrecision(3)));
          remember();
          draw();
        };
        draggable(handle, chart, 'Your schedule', [duration, temperature], go, ([dx, dy]) => go([duration * 1.1 ** dx, temperature * 1.1 ** dy]), () => heat.querySelector('.handle'));
      }
      chart.node.addEventListener('click', (event) => {
        const [t0, T0] = chart.under(event);
        if (wasDragged(event) || t0 < chart.axes.x.from || t0 > chart.axes.x.to || T0 < chart.axes.y.from || T0 > chart.axes.y.to) return;
        state.duration = admitted(PARAMETERS.duration, Number(t0.toPrecision(3)));
        state.temperature = admitted(PARAMETERS.temperature, Number(T0.toPrecision(3)));
        remember();
        draw();
      });
      const risk = Number.isFinite(mine) ? `about ${short(100 * mine)} of 100 fits collapse` : 'not computed yet';
      const least = best.reduce((least, one) => (least === null || one.p < least.p ? one : least), null);
      const lowest = least && cells.size === n * n ? ` Least of the map: ${short(100 * least.p)} of 100, at *T*_0 = ${short(least.temperature)} over ${short(least.duration)}.` : '';
      verdict.replaceChildren(...rich(`Your schedule, *T*_0 = ${short(temperature)} over ${short(duration)}: ${risk}.${lowest}`));
      drawScale();
      drawCosts(best);
    }

    /** P_c in the cell of a schedule. */
    function cellOf(temperature, duration) {
      const nearest = (list, at) => list.reduce((best, value, i) => (Math.abs(Math.log(value / at)) < Math.abs(Math.log(list[best] / at)) ? i : best), 0);
      return value(nearest(axes[0], temperature), nearest(axes[1], duration));
    }

    function drawCosts(best) {
      const long = axes[1];
      const chart = new Chart(costs, {
        height: Math.min(440, Math.max(300, costs.clientWidth * 0.8)), title: 'Cost against risk',
        x: { from: long[0], to: long[long.length - 1], log: true, label: 'cost: duration *t*_0' },
        y: { from: 0, to: Math.max(0.1, 1.05 * Math.max(0, ...[...cells.values()].filter(Number.isFinite))), label: '*P*_c' },
      });
      chart.line(best.map(({ duration, p }) => [duration, p]), 'frontier');
      for (const { duration, p } of best) chart.mark(duration, p, 'frontier', `t0 = ${short(duration)}: P_c = ${short(p)}`);
      const mine = long.map((duration) => [duration, cellOf(state.temperature, duration)]);
      chart.line(mine.filter(([, p]) => Number.isFinite(p)), 'yours');
      if (Number.isFinite(cellOf(state.temperature, state.duration)) && state.duration >= long[0] && state.duration <= long[long.length - 1]) {
        chart.mark(state.duration, cellOf(state.temperature, state.duration), 'yours');
      }
    }

    /** The P_c of the brightest colour: the first round number above all that is known. */
    function highest() {
      return [0.1, 0.2, 0.5].find((bound) => [...cells.values()].every((p) => !(p > bound))) ?? 1;
    }

    function drawScale() {
      const stops = STOPS.map(([r, g, b]) => `rgb(${r} ${g} ${b})`).join(', ');
      scale.replaceChildren(html('span', {}, ...rich('*P*_c')), '0', html('b', { style: `background: linear-gradient(90deg, ${stops})` }), String(highest()));
    }

    whenResized(heat, draw);
    changed();
    return { stop: () => lane.stop() };
  },
};
