'use strict';
// Configurations of the command line.

/** `value` as TOML writes it. */
function literal(value) {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** Sections `{ name: { key: value } }` as text; keys without a value are left out, and so are sections without a key. */
function toml(sections) {
  const section = ([name, keys]) => {
    const lines = Object.entries(keys).filter(([, value]) => value !== undefined);
    return lines.length === 0 ? '' : `[${name}]\n${lines.map(([key, value]) => `${key} = ${literal(value)}\n`).join('')}`;
  };
  return Object.entries(sections).map(section).filter(Boolean).join('\n');
}

/** What is left of 1, without the noise of the last digits. */
function rest(weight) {
  return Number((1 - weight).toFixed(12));
}

/** The sections of a pair whose means start at random. */
function pairSections() {
  const { family, separation, weight, dimension, scale, seed } = state;
  return {
    target: { separation, weights: weight === 0.5 ? undefined : [weight, rest(weight)] },
    family: { preset: family },
    schedule: scheduleSection(),
    start: { dimension, scale: family === 'free' ? scale : undefined, seed },
  };
}

function scheduleSection() {
  const { schedule: kind, temperature, duration, rate, table } = state;
  if (kind === 'constant') return { kind };
  if (kind === 'table') {
    return { kind, times: points(table).map(([time]) => time), temperatures: points(table).map(([, T]) => T) };
  }
  return { kind, initial_temperature: temperature, ...(kind === 'exponential' ? { rate } : { duration }) };
}
