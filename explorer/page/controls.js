'use strict';
// Controls of the state, and what every view has: a configuration to take away, a place for errors.

/** A control of `PARAMETERS[name]`; `changed()` hears of every change. */
function control(name, changed) {
  const parameter = PARAMETERS[name];
  return parameter.choices ? choice(name, parameter, changed) : slider(name, parameter, changed);
}

function choice(name, parameter, changed) {
  const select = html('select', { id: name, name });
  for (const [value, words] of Object.entries(parameter.choices)) select.append(html('option', { value }, words));
  select.addEventListener('change', () => {
    state[name] = select.value;
    changed(name);
  });
  const node = html('div', { class: 'control' }, html('label', { for: name }, ...rich(parameter.label)), select);
  return { node, show: () => (select.value = state[name]) };
}

/** A slider with a box for the number itself. */
function slider(name, parameter, changed) {
  const { from, to, log, integer, label, unit } = parameter;
  const smooth = log || integer;
  const place = (value) => (log ? Math.log(value / from) / Math.log(to / from) : value);
  const value = (at) => {
    const found = log ? from * (to / from) ** at : at;
    return integer ? Math.round(found) : Number(found.toPrecision(3));
  };
  const range = html('input', {
    type: 'range', id: name, name,
    min: log ? 0 : from, max: log ? 1 : to, step: log ? 0.005 : integer ? 1 : parameter.step,
  });
  const box = html('input', {
    type: 'number', min: from, max: to, step: smooth ? 'any' : parameter.step, 'aria-label': plain(label),
  });
  const words = rich(label);
  if (unit) words.push(html('small', {}, ` ${unit}`));
  range.addEventListener('input', () => {
    state[name] = value(Number(range.value));
    box.value = state[name];
    changed(name);
  });
  box.addEventListener('change', () => {
    state[name] = admitted(parameter, box.value) ?? state[name];
    show();
    changed(name);
  });
  const show = () => {
    range.value = place(state[name]);
    range.setAttribute('aria-valuetext', `${state[name]}${unit ? ` ${unit}` : ''}`);
    box.value = state[name];
  };
  return { node: html('div', { class: 'control' }, html('label', { for: name }, ...words), range, box), show };
}

/** The controls `names` in a field set; `show()` sets all of them and hides those that `hidden(name)` says. */
function controls(names, changed, hidden = () => false) {
  const all = names.map((name) => [name, control(name, changed)]);
  const node = html('fieldset', { class: 'controls' }, html('legend', {}, 'Problem'), ...all.map(([, one]) => one.node));
  const show = () => {
    for (const [name, one] of all) {
      one.show();
      one.node.hidden = hidden(name);
    }
  };
  return { node, show };
}

/** What a refused or failed question says, in words. */
function complain(place, error) {
  if (error instanceof Superseded) return;
  place.hidden = false;
  place.textContent = error.message;
}

function download(name, text) {
  const link = html('a', { href: URL.createObjectURL(new Blob([text], { type: 'text/plain' })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** The configuration of what is shown, and its record: to be copied, kept, run on the command line. */
function takeAway(asked) {
  let verb = asked;
  const text = html('pre', { class: 'toml', tabindex: 0, 'aria-label': 'Configuration' });
  const command = html('code');
  const button = (words, action) => {
    const node = html('button', { type: 'button' }, words);
    node.addEventListener('click', action);
    return node;
  };
  let json = null;
  const copied = html('span', { role: 'status' });
  const copy = button('Copy', async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied.textContent = ' copied';
    } catch {
      copied.textContent = ' not allowed here: select the text';
    }
    setTimeout(() => (copied.textContent = ''), 2000);
  });
  const keep = button('Save configuration', () => download(`${verb}.toml`, text.textContent));
  const record = button('Save record', () => download(`${verb}.json`, `${json}\n`));
  record.disabled = true;
  const node = html('details', { class: 'take-away' }, html('summary', {}, 'Configuration for the command line'),
    text, html('p', {}, command), html('p', {}, copy, ' ', keep, ' ', record, copied));
  return {
    node,
    verb: (changed) => (verb = changed),
    configuration(toml, options = '') {
      text.textContent = toml;
      command.textContent = `collapsar ${verb} ${verb}.toml${options}`;
      json = null;
      record.disabled = true;
    },
    record(found) {
      json = found;
      record.disabled = false;
    },
  };
}

/** Where a pointer was pressed last. */
let pressed = [0, 0];
window.addEventListener('pointerdown', (event) => (pressed = [event.clientX, event.clientY]), true);

/** Whether a click is the end of a drag. */
function wasDragged(click) {
  return Math.hypot(click.clientX - pressed[0], click.clientY - pressed[1]) > 4;
}

/**
 * Makes `handle`, which is at `[x, y]`, movable: `move([x, y])` by pointer, `nudge([dx, dy])` by the arrow keys. A drawing is made anew after each
 * move; `again()` finds the handle in the new one.
 */
function draggable(handle, chart, label, [x, y], move, nudge, again) {
  // A slider has one number: the abscissa; both are in the words.
  const { x: across, y: up } = chart.axes;
  const words = `${plain(across.label)} ${short(x)}, ${plain(up.label)} ${short(y)}`;
  set(handle, { tabindex: 0, role: 'slider', 'aria-label': label, 'aria-valuetext': words, 'aria-valuenow': x, 'aria-valuemin': across.from, 'aria-valuemax': across.to });
  handle.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    handle.focus();
    const moved = (next) => move(chart.under(next));
    const done = () => {
      window.removeEventListener('pointermove', moved);
      window.removeEventListener('pointerup', done);
      again()?.focus({ preventScroll: true });
    };
    window.addEventListener('pointermove', moved);
    window.addEventListener('pointerup', done);
  });
  handle.addEventListener('keydown', (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    nudge(step);
    again()?.focus({ preventScroll: true });
  });
}

/** What the lines and marks of a drawing mean: `[kind, words]`. */
function legend(entries) {
  const entry = ([kind, words]) => html('li', {}, html('span', { class: `key ${kind}` }), words);
  return html('ul', { class: 'legend' }, ...entries.map(entry));
}
