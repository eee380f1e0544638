'use strict';
// Will it collapse? P_c of a pair by formula at once, exact and counted while you watch.

/** The tolerances to which the exact route is asked, one after the other. */
const EXACT_TOLERANCES = [0.05, 1e-3, 1e-5];
/** The draws that are counted, one ensemble after the other. */
const COUNTED = [1000, 10000, 100000];

/** What the formula of the free pair, an integral over the start, is asked to: as many digits as are shown. */
const FORMULA = { exact: { tolerance: 1e-4 } };

/** Milliseconds after which what comes next does not wait for this route any longer. */
const HEAD_STARTS = { formula: 200, exact: 1500 };
/** Milliseconds without a change after which the exact route begins. */
const PAUSE = 40;

const PROBLEM = ['family', 'separation', 'weight', 'dimension', 'scale', 'schedule', 'temperature', 'duration', 'rate', 'seed'];

/** Which controls of PROBLEM say nothing at present. */
function idle(name) {
  const { schedule, family } = state;
  const timed = schedule !== 'constant' && schedule !== 'exponential' && schedule !== 'table';
  return (
    (name === 'scale' && family !== 'free') ||
    (name === 'duration' && !timed) ||
    (name === 'rate' && schedule !== 'exponential') ||
    (name === 'temperature' && (schedule === 'constant' || schedule === 'table'))
  );
}

const collapse = {
  name: 'collapse',
  title: 'Will it collapse?',
  parameters: [...PROBLEM, 'table'],

  show(host) {
    const lanes = { formula: new Lane({ interrupts: false }), exact: new Lane({ interrupts: true }), count: new Lane({ interrupts: true }), curve: new Lane({ interrupts: false }) };
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' });
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const routes = html('div', { class: 'chart' });
    const curve = html('div', { class: 'chart' });
    const hint = html('p', { class: 'hint' });
    const values = html('table', { class: 'values' });
    const away = takeAway('probability');
    const panel = controls(PROBLEM, changed, idle);
    host.append(
      panel.node,
      html('div', { class: 'results' }, verdict, complaint,
        html('figure', {}, html('figcaption', {}, 'Probability of collapse, by each route'), routes), values,
        html('figure', {}, html('figcaption', {}, 'The schedule'), curve, hint), away.node),
    );

    let rows = {};
    let times = [];

    function configuration(extra = {}) {
      return toml({ ...pairSections(), ...extra });
    }

    /** From a schedule with parameters to a table that looks like it. */
    function tabulate() {
      const last = times.length / 2 - 1;
      const at = [0, 0.2, 0.45, 0.7, 1].map((part) => Math.round(part * last));
      const pairs = at.map((i) => [Number(times[i].toPrecision(4)), Number(Math.max(1, times[last + 1 + i]).toPrecision(4))]);
      pairs[pairs.length - 1][1] = 1;
      state.table = pairs.map((pair) => pair.join(':')).join(' ');
    }

    async function changed(name) {
      if (name === 'schedule' && state.schedule === 'table' && times.length > 0 && times[times.length / 2] > 1) tabulate();
      panel.show();
      remember();
      rows = {};
      complaint.hidden = true;
      away.configuration(configuration());
      draw();
      lanes.exact.stop();
      lanes.count.stop();
      ask();
    }

    async function ask() {
      const text = configuration();
      const stale = () => text !== configuration() || !host.isConnected;
      lanes.curve.ask({ verb: 'schedule', text }).then(({ record }) => {
        if (stale()) return;
        times = record;
        drawCurve();
      }, () => undefined);
      // Each has the processors for itself, unless it takes long: the formula, then the first exact value, then the count.
      const count = soon(HEAD_STARTS.exact, () => refine('count', COUNTED.map((samples) => ({ montecarlo: { samples } })), stale));
      const exact = soon(HEAD_STARTS.formula, () => refine('exact', EXACT_TOLERANCES.map((tolerance) => ({ exact: { tolerance } })), stale, count));
      const quick = state.family === 'free' ? ['formula'] : ['formula', 'refined'];
      try {
        const { record, milliseconds } = await lanes.formula.ask({ verb: 'probability', text: configuration(FORMULA), routes: quick });
        if (stale()) return;
        for (const route of quick) put(route, record[route], milliseconds, record.notes.filter((note) => record[route] || note.includes(route)));
      } catch (error) {
        if (error instanceof Superseded || stale()) return;
        for (const route of quick) put(route, null, 0, [error.message]);
      }
      // A slider that is still moving asks again at once.
      setTimeout(exact, PAUSE);

      /** `begin` once: when it is called, or after some milliseconds. */
      function soon(milliseconds, begin) {
        let begun = false;
        const once = () => {
          if (!begun && !stale()) begin();
          begun = true;
        };
        setTimeout(once, milliseconds);
        return once;
      }
    }

    /** Asks step after step; `answered()` hears of each answer. */
    async function refine(lane, steps, stale, answered = () => undefined) {
      const route = lane === 'count' ? 'montecarlo' : 'exact';
      for (const step of steps) {
        try {
          const text = configuration(step);
          const { record, json, milliseconds } = await lanes[lane].ask({ verb: 'probability', text, routes: [route] });
          if (stale()) return;
          put(route, record[route], milliseconds, record.notes);
          answered();
          if (route === 'montecarlo') {
            away.configuration(text, ' --route montecarlo');
            away.record(json);
          }
        } catch (error) {
          if (error instanceof Superseded || stale()) return;
          put(route, null, 0, [error.message]);
          answered();
          if (route === 'montecarlo') complain(complaint, error);
          return;
        }
      }
    }

    /** A route's answer: `{ value, low, high }`, or none and the reason. */
    function put(route, found, milliseconds, notes) {
      const value = found?.value ?? found?.probability;
      const low = found?.low ?? (found?.error === undefined ? value : Math.max(0, value - found.error));
      const high = found?.high ?? (found?.error === undefined ? value : Math.min(1, value + found.error));
      rows[route] = { found, value, low, high, milliseconds, notes };
      draw();
    }

    function draw() {
      const best = [rows.exact, rows.montecarlo, rows.refined, rows.formula].find((row) => Number.isFinite(row?.value));
      const words = [[rows.exact, ''], [rows.montecarlo, ', as counted so far'], [rows.refined, ', by formula'], [rows.formula, ', by formula']];
      const by = words.find(([row]) => row === best)?.[1];
      const waiting = !rows.exact || !rows.montecarlo;
      verdict.textContent = best ? `${short(100 * best.value)} of 100 fits collapse${by}.` : waiting ? 'Computing …' : 'No answer.';
      const names = { formula: 'formula', refined: 'refined formula', exact: 'exact', montecarlo: 'counted' };
      const shown = Object.keys(names).filter((route) => route !== 'refined' || state.family !== 'free');
      const chart = new Chart(routes, {
        height: 40 + 34 * shown.length, title: 'Probability of collapse by each route',
        x: { from: 0, to: 1, label: '*P*_c' }, y: { from: -0.5, to: shown.length - 0.5, label: '', hidden: true },
        margin: { left: 110, bottom: 42 },
      });
      shown.forEach((route, i) => {
        const at = shown.length - 1 - i;
        chart.text(0, at, names[route], { anchor: 'end', dx: -10 });
        const row = rows[route];
        if (!row) chart.text(0.02, at, '…', { kind: 'faint' });
        else if (!Number.isFinite(row.value)) chart.text(0.02, at, 'not for this problem', { kind: 'faint' });
        else {
          chart.line([[row.low, at], [row.high, at]], 'bar');
          chart.mark(row.value, at, row.found.valid === false ? 'doubtful' : 'sure', `${short(row.value, 6)}`);
        }
      });
      values.replaceChildren(html('thead', {}, html('tr', {}, ...['Route', 'P_c', 'Within', 'Time', 'Remark'].map((word) => html('th', { scope: 'col' }, ...rich(word.replace('P_', '*P*_')))))),
        html('tbody', {}, ...shown.map((route) => line(names[route], route, rows[route]))));
    }

    function line(name, route, row) {
      const cell = (text, attributes = {}) => html('td', attributes, text);
      if (!row) return html('tr', { 'data-route': route }, html('th', { scope: 'row' }, name), cell('…'), cell(''), cell(''), cell(''));
      const { found, value, low, high, milliseconds, notes } = row;
      const within = !found || (low === value && high === value) ? '' : `${short(low, 4)} to ${short(high, 4)}`;
      const remark = found?.n ? `${found.n} draws, 95%` : (found ? (found.valid === false ? notes[0] ?? 'outside its regime' : '') : notes[0] ?? 'not for this problem');
      return html('tr', { 'data-route': route }, html('th', { scope: 'row' }, name), cell(short(value, 5), { 'data-value': value ?? '' }), cell(within), cell(found ? `${short(milliseconds, 2)} ms` : ''), cell(remark));
    }

    function drawCurve() {
      const n = times.length / 2;
      const curvePoints = Array.from({ length: n }, (_, i) => [times[i], times[n + i]]);
      const hottest = Math.max(2, ...times.slice(n));
      const end = Math.max(times[n - 1], 1e-3);
      const drawn = state.schedule === 'table';
      const chart = new Chart(curve, {
        height: 220, title: 'Temperature over time',
        x: { from: 0, to: drawn ? end * 1.25 : end, label: 'time *t*' }, y: { from: 1, to: drawn ? hottest * 2 : hottest * 1.05, log: hottest > 20 || drawn, label: 'temperature *T*' },
      });
      chart.area(curvePoints, 'heat');
      chart.line(curvePoints, 'heat');
      hint.textContent = drawn ? 'Drag the points, or move them with the arrow keys.' : 'Choose “drawn by hand” to drag the curve.';
      if (!drawn) return;
      const all = points(state.table);
      all.forEach(([time, temperature], i) => {
        const handle = chart.mark(time, temperature, 'handle');
        const move = ([t, T]) => {
          const least = i === 0 ? 0 : all[i - 1][0] + end / 200;
          const most = i === 0 ? 0 : (all[i + 1]?.[0] ?? Infinity) - end / 200;
          all[i] = [Number(Math.min(most, Math.max(least, t)).toPrecision(4)), i === all.length - 1 ? 1 : Number(Math.min(1000, Math.max(1, T)).toPrecision(4))];
          state.table = all.map((pair) => pair.join(':')).join(' ');
          changed('table');
        };
        draggable(handle, chart, `Point ${i + 1} of the schedule`, [time, temperature], move, ([dx, dy]) => move([time + (dx * end) / 50, temperature * 1.05 ** dy]), () => curve.querySelectorAll('.handle')[i]);
      });
    }

    whenResized(routes, draw);
    whenResized(curve, () => times.length > 0 && drawCurve());
    changed();
    return { update: changed, stop: () => Object.values(lanes).forEach((lane) => lane.stop()) };
  },
};
