'use strict';
// Any configuration of the command line.

const configuration = {
  name: 'configuration',
  title: 'Any configuration',
  parameters: ['verb', 'toml'],

  show(host) {
    const lane = new Lane({ interrupts: true });
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' });
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const progress = html('progress', { max: 1, 'aria-label': 'Progress', hidden: true });
    const text = html('textarea', { id: 'toml', name: 'toml', rows: 22, spellcheck: 'false', autocapitalize: 'off' });
    const summary = html('pre', { class: 'summary', tabindex: 0, 'aria-label': 'Summary', hidden: true });
    const start = html('button', { type: 'button' }, 'Run');
    const stop = html('button', { type: 'button', disabled: true }, 'Stop');
    const away = takeAway(state.verb);
    const question = control('verb', changed);
    const panel = html('fieldset', { class: 'controls wide' }, html('legend', {}, 'Configuration'), question.node,
      html('div', { class: 'control' }, html('label', { for: 'toml' }, 'In TOML, as for the command line'), text), html('p', {}, start, ' ', stop));
    host.append(panel, html('div', { class: 'results' }, verdict, complaint, progress, summary, away.node));

    function changed() {
      question.show();
      state.toml = text.value;
      away.verb(state.verb);
      away.configuration(state.toml);
      remember();
    }

    async function run() {
      changed();
      complaint.hidden = true;
      summary.hidden = true;
      progress.hidden = false;
      progress.removeAttribute('value');
      stop.disabled = false;
      verdict.textContent = 'Computing …';
      let done = 0;
      try {
        const { json, summary: words, milliseconds } = await lane.ask({ verb: state.verb, text: state.toml }, (kind, number) => {
          if (kind === 'total') progress.max = Math.max(1, number);
          if (kind === 'done') done = number;
          if (kind === 'advance') done += number;
          if (kind !== 'say') progress.value = Math.min(progress.max, done);
        });
        if (!host.isConnected) return;
        verdict.textContent = `Answered in ${short(milliseconds / 1000, 2)} s.`;
        summary.textContent = words;
        summary.hidden = false;
        away.record(json);
      } catch (error) {
        verdict.textContent = error instanceof Superseded ? 'Stopped.' : 'Not answered.';
        complain(complaint, error);
        if (error.line) complaint.append(` (line ${error.line})`);
      }
      progress.hidden = true;
      stop.disabled = true;
    }

    text.value = state.toml;
    text.addEventListener('input', changed);
    start.addEventListener('click', run);
    stop.addEventListener('click', () => lane.stop());
    changed();
    return { stop: () => lane.stop() };
  },
};
