'use strict';
// What the page shows, and the address that holds it.

/** Every number and choice: where it starts, between what it lies, and how it is called. */
const PARAMETERS = {
  family: { value: 'paper', choices: { paper: 'on a sphere, trained variance', free: 'free means, unit variance' }, label: 'Two components' },
  separation: { value: 2.5, from: 0.5, to: 8, step: 0.1, label: 'Half distance of the modes *R*', unit: 'σ of a mode' },
  weight: { value: 0.5, from: 0.5, to: 0.95, step: 0.01, label: 'Weight of the first mode *v*_1' },
  dimension: { value: 8, from: 1, to: 10000, log: true, integer: true, label: 'Dimension *d*' },
  scale: { value: 0.5, from: 0.01, to: 3, log: true, label: 'Width of the start *σ*', unit: 'σ of a mode' },
  schedule: {
    value: 'geometric',
    choices: {
      constant: 'constant',
      geometric: 'geometric',
      exponential: 'exponential',
      'linear-temperature': 'linear in T',
      'linear-beta': 'linear in β',
      cosine: 'cosine',
      table: 'drawn by hand',
    },
    label: 'Schedule',
  },
  temperature: { value: 10, from: 1, to: 1000, log: true, label: 'First temperature *T*_0' },
  duration: { value: 4, from: 0.1, to: 100, log: true, label: 'Duration *t*_0', unit: 'time of the flow' },
  rate: { value: 0.5, from: 0.01, to: 10, log: true, label: 'Rate *κ*', unit: '1/time' },
  table: { value: '0:10 1.3:4.6 2.7:2.2 4:1' },
  seed: { value: 1, from: 0, to: 4294967295, integer: true, label: 'Seed of the draws' },
  flowSeparation: { value: 3, from: 1.2, to: 6, step: 0.1, label: 'Half distance of the modes *ρ*', unit: 'σ of a mode' },
  flowTemperature: { value: 2, from: 1, to: 20, log: true, label: 'First temperature *T*_0' },
  flowDuration: { value: 4, from: 0.1, to: 100, log: true, label: 'Duration *t*_0', unit: 'time of the flow' },
  x: { value: 1.2, from: 0, to: 8, step: 0.01, label: 'Start: middle *x*' },
  y: { value: 0.6, from: 0, to: 8, step: 0.01, label: 'Start: half distance *y*' },
  time: { value: 0, from: 0, to: 1, step: 0.005, label: 'Moment, as a part of the run' },
  hottest: { value: 100, from: 2, to: 1000, log: true, label: '*T*_0 to' },
  longest: { value: 20, from: 0.5, to: 100, log: true, label: '*t*_0 to' },
  points: { value: 12, from: 4, to: 24, step: 1, integer: true, label: 'Points along each axis' },
  route: { value: 'montecarlo', choices: { montecarlo: 'counted, 2000 draws a point', exact: 'exact, within 0.01', formula: 'formula' }, label: '*P*_c by' },
  a1: { value: 2, from: -4, to: 4, step: 0.05, label: 'First mode, *x*_1' },
  a2: { value: 1.5, from: -4, to: 4, step: 0.05, label: 'First mode, *x*_2' },
  b1: { value: -2, from: -4, to: 4, step: 0.05, label: 'Second mode, *x*_1' },
  b2: { value: -1.5, from: -4, to: 4, step: 0.05, label: 'Second mode, *x*_2' },
  share: { value: 0.6, from: 0.5, to: 0.95, step: 0.01, label: 'Weight of the first mode *v*_1' },
  angle: { value: 0, from: 0, to: 90, step: 0.5, label: 'Frame of the product', unit: 'degrees' },
  verb: {
    value: 'probability',
    choices: {
      probability: 'how often does a random start collapse?',
      solve: 'where does this start end?',
      sweep: 'and over a grid?',
      design: 'which schedule keeps collapse rare?',
      boundary: 'which starts collapse?',
      bifurcate: 'where can it rest at all?',
      density: 'what do target and fit look like?',
      portrait: 'how does the free pair flow?',
      realnvp: 'and a normalizing flow?',
      'mean-field': 'which modes does a product keep?',
    },
    label: 'Question',
  },
  toml: {
    text: true,
    value: '[target]\nseparation = 2.5\n\n[family]\npreset = "paper"\n\n[schedule]\nkind = "geometric"\ninitial_temperature = 10\nduration = 4\n\n[start]\ndimension = 8\n\n[montecarlo]\nsamples = 10000\n\n[exact]\ntolerance = 1e-3\n',
  },
  runsFamily: { value: 'none', choices: { none: 'not said', mixture: 'mixture', 'mean-field': 'mean field', flow: 'normalizing flow' }, label: 'What was fitted' },
  lostBelow: { value: 0.5, from: 0.01, to: 1, step: 0.01, label: 'A mode is lost below this share of its weight' },
};

const state = Object.fromEntries(Object.entries(PARAMETERS).map(([name, parameter]) => [name, parameter.value]));

/** A value of `parameter` that `given` names, or nothing. */
function admitted(parameter, given) {
  if (parameter.choices) return Object.hasOwn(parameter.choices, given) ? given : undefined;
  if (parameter.text) return given;
  if (typeof parameter.value === 'string') return points(given).length >= 2 ? given : undefined;
  const number = Number(given);
  if (given === '' || !Number.isFinite(number)) return undefined;
  const within = Math.min(parameter.to, Math.max(parameter.from, number));
  return parameter.integer ? Math.round(within) : within;
}

/** The points `[t, T]` of a table, "t:T t:T ..." with rising times. */
function points(text) {
  const pairs = String(text).trim().split(/\s+/).map((pair) => pair.split(':').map(Number));
  const good = pairs.every((pair, i) => {
    const [time, temperature] = pair;
    const rises = i === 0 ? time >= 0 : time > pairs[i - 1][0];
    return pair.length === 2 && rises && temperature >= 0.01 && temperature <= 1e12;
  });
  return good ? pairs : [];
}

/** The view that an address names, with its values put into the state. */
function read(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    const value = given.has(name) ? admitted(parameter, given.get(name)) : undefined;
    state[name] = value ?? parameter.value;
  }
  return given.get('view');
}

/** The address of `view` with the values `names` where they are not those of the start. */
function address(view, names) {
  const given = new URLSearchParams({ view });
  for (const name of names) {
    if (state[name] !== PARAMETERS[name].value) given.set(name, String(state[name]));
  }
  return `#${given}`;
}
