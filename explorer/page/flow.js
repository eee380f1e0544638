'use strict';
// The free pair at the moving temperature: its flow, one run of it, and the densities meanwhile.

/** Moments of a run. */
const MOMENTS = 120;
/** Time that a run is followed after its schedule has ended. */
const AFTER_COOLING = 12;
/** Levels of ln T between two portraits. */
const LEVELS = 20;
/** How long a whole run takes to watch, in milliseconds. */
const WATCHED = 7000;

const FLOW = ['flowSeparation', 'flowTemperature', 'flowDuration', 'x', 'y'];

const flow = {
  name: 'flow',
  title: 'Flow',
  parameters: [...FLOW, 'time'],

  show(host) {
    const lanes = { run: new Lane({ interrupts: false }), portrait: new Lane({ interrupts: false }) };
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' });
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const phase = html('div', { class: 'chart crosshair' });
    const densities = html('div', { class: 'chart' });
    const play = html('button', { type: 'button', class: 'play' }, 'Play');
    const away = takeAway('solve');
    const panel = controls(FLOW, changed);
    const moment = control('time', drawn);
    moment.node.append(play);
    host.append(
      panel.node,
      html('div', { class: 'results' }, verdict, moment.node, complaint,
        html('div', { class: 'pair' },
          html('figure', {}, html('figcaption', {}, 'The flow at this temperature, and the run'), phase, html('p', { class: 'hint' }, 'Click to start a run there.'), legend([['boundary', 'below it starts collapse at this temperature'], ['run', 'the run'], ['stable', 'equilibrium: stable'], ['saddle', 'equilibrium: unstable']])),
          html('figure', {}, html('figcaption', {}, 'Target and fit along the first axis'), densities, legend([['target', 'target p'], ['tempered', 'tempered target'], ['fit', 'fit q'], ['part', 'its components']]))),
        away.node),
    );

    let run = null;
    let portraits = new Map();
    let asked = null;
    let playing = 0;

    function configuration() {
      const { flowSeparation: separation, flowTemperature: hot, flowDuration: duration, x, y } = state;
      const hotSchedule = { kind: 'geometric', initial_temperature: hot, duration };
      const end = (hot > 1 ? duration : 0) + AFTER_COOLING;
      const times = Array.from({ length: MOMENTS + 1 }, (_, i) => Number(((end * i) / MOMENTS).toPrecision(12)));
      const tidy = (value) => Number(value.toFixed(9));
      return toml({
        target: { separation },
        family: { preset: 'free' },
        schedule: hot > 1 ? hotSchedule : { kind: 'constant' },
        start: { means: [[tidy(x + y)], [tidy(x - y)]] },
        solve: { times },
      });
    }

    async function changed(name) {
      panel.show();
      moment.show();
      remember();
      if (name === 'flowSeparation') portraits = new Map();
      complaint.hidden = true;
      const text = configuration();
      away.configuration(text);
      try {
        const { record, json } = await lanes.run.ask({ verb: 'solve', text });
        if (text !== configuration() || !host.isConnected) return;
        run = record;
        away.record(json);
        draw();
      } catch (error) {
        complain(complaint, error);
      }
    }

    function drawn() {
      moment.show();
      remember();
      draw();
    }

    function index() {
      return Math.round(state.time * MOMENTS);
    }

    /** The portrait nearest to temperature `T`, which is asked for if it is not there. */
    function portrait(T) {
      const level = Math.round(Math.log(T) * LEVELS);
      const separation = state.flowSeparation;
      if (!portraits.has(level) && asked !== `${separation} ${level}`) {
        asked = `${separation} ${level}`;
        const reach = Number((1.25 * separation).toPrecision(4));
        const text = toml({
          target: { separation },
          family: { preset: 'free' },
          start: { dimension: 1, scale: 1 },
          portrait: { temperatures: [Number(Math.exp(level / LEVELS).toPrecision(6))], points: 33, x: [0, reach], y: [0, reach] },
        });
        lanes.portrait.ask({ verb: 'portrait', text }).then(({ record }) => {
          if (separation !== state.flowSeparation || !host.isConnected) return;
          portraits.set(level, record.portraits[0]);
          draw();
        }, (error) => complain(complaint, error));
      }
      let nearest = null;
      for (const [known, found] of portraits) {
        if (nearest === null || Math.abs(known - level) < Math.abs(nearest[0] - level)) nearest = [known, found];
      }
      return nearest?.[1];
    }

    function draw() {
      if (!run) return;
      const at = index();
      const T = run.temperature[at];
      drawPhase(at, portrait(T));
      drawDensities(at, T);
      const share = run.coverage[at];
      const ends = run.limit?.lost_modes ?? run.at_end.lost_modes;
      verdict.textContent = `${ends.length > 0 ? 'This run collapses' : 'This run keeps both modes'}. At t = ${short(run.times[at])}: T = ${short(T)}, shares ${short(100 * share[0])}% and ${short(100 * share[1])}%.`;
    }

    function drawPhase(at, shown) {
      const reach = 1.25 * state.flowSeparation;
      const chart = new Chart(phase, {
        height: Math.min(440, Math.max(300, phase.clientWidth * 0.8)), title: 'Phase portrait of the free pair',
        x: { from: 0, to: reach, label: 'middle *x*' }, y: { from: 0, to: reach, label: 'half distance *y*' },
      });
      if (shown) {
        for (const line of shown.lines) chart.line(line, 'stream');
        for (const line of shown.boundary) chart.line(line, 'boundary');
        for (const point of shown.equilibria) {
          const [x, y] = point.coordinates;
          if (!point.in_slice || x < 0 || y < 0 || x > reach || y > reach) continue;
          const stable = point.unstable_in_slice === 0;
          chart.mark(x, y, stable ? 'stable' : 'saddle', `${point.kind}: x = ${short(x, 4)}, y = ${short(y, 4)}`);
        }
      }
      const path = run.means.map(([[a], [b]]) => [(a + b) / 2, (a - b) / 2]);
      chart.line(path.slice(at), 'run ahead');
      chart.line(path.slice(0, at + 1), 'run');
      const here = chart.mark(path[at][0], path[at][1], 'handle');
      const start = ([x, y]) => {
        state.x = admitted(PARAMETERS.x, Number(x.toPrecision(3)));
        state.y = admitted(PARAMETERS.y, Number(y.toPrecision(3)));
        state.time = 0;
        changed();
      };
      draggable(here, chart, 'Start of the run', path[at], start, ([dx, dy]) => start([state.x + dx * 0.05, state.y + dy * 0.05]), () => phase.querySelector('.handle'));
      chart.node.addEventListener('click', (event) => {
        const [x, y] = chart.under(event);
        if (event.target === here || wasDragged(event) || x < 0 || y < 0 || x > reach || y > reach) return;
        start([x, y]);
        begin();
      });
    }

    function drawDensities(at, T) {
      const rho = state.flowSeparation;
      const end = rho + 4;
      const xs = Array.from({ length: 241 }, (_, i) => -end + (2 * end * i) / 240);
      const normal = (x, mean) => Math.exp(-((x - mean) ** 2) / 2) / Math.sqrt(2 * Math.PI);
      const target = xs.map((x) => (normal(x, rho) + normal(x, -rho)) / 2);
      const powered = target.map((p) => p ** (1 / T));
      const mass = (powered.reduce((sum, p) => sum + p, 0) * 2 * end) / 240;
      const means = run.means[at].map(([mean]) => mean);
      const weights = run.weights[at];
      const parts = means.map((mean, i) => xs.map((x) => weights[i] * normal(x, mean)));
      const fit = xs.map((_, i) => parts.reduce((sum, part) => sum + part[i], 0));
      const chart = new Chart(densities, {
        height: Math.min(440, Math.max(300, densities.clientWidth * 0.8)), title: 'Densities along the first axis',
        x: { from: -end, to: end, label: '*x*_1' }, y: { from: 0, to: 0.45, label: 'density' },
      });
      const curve = (values) => values.map((value, i) => [xs[i], value]);
      chart.area(curve(target), 'target');
      chart.line(curve(powered.map((p) => p / mass)), 'tempered');
      for (const part of parts) chart.line(curve(part), 'part');
      chart.line(curve(fit), 'fit');
    }

    function begin() {
      cancelAnimationFrame(playing);
      play.textContent = 'Pause';
      if (state.time >= 1) state.time = 0;
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
        state.time = 1;
        drawn();
        pause();
        return;
      }
      let before = performance.now();
      const step = (now) => {
        if (!host.isConnected) return;
        state.time = Math.min(1, state.time + (now - before) / WATCHED);
        before = now;
        drawn();
        if (state.time < 1) playing = requestAnimationFrame(step);
        else pause();
      };
      playing = requestAnimationFrame(step);
    }

    function pause() {
      cancelAnimationFrame(playing);
      playing = 0;
      play.textContent = 'Play';
    }

    play.addEventListener('click', () => (playing ? pause() : begin()));
    whenResized(phase, draw);
    changed();
    return {
      stop: () => {
        pause();
        Object.values(lanes).forEach((lane) => lane.stop());
      },
    };
  },
};
