'use strict';
// Runs that were made elsewhere: dropped here, judged here.

const RUNS = ['runsFamily', 'lostBelow'];

const runs = {
  name: 'diagnose',
  title: 'Diagnose',
  parameters: RUNS,

  show(host) {
    const lane = new Lane({ interrupts: true });
    const verdict = html('p', { class: 'verdict', 'aria-live': 'polite' }, 'No runs yet.');
    const complaint = html('p', { class: 'complaint', role: 'alert', hidden: true });
    const input = html('input', { type: 'file', id: 'files', multiple: true, accept: '.npy,.npz,.csv,.safetensors' });
    const example = html('button', { type: 'button' }, 'Try eight made-up runs');
    const drop = html('div', { class: 'drop' }, html('label', { for: 'files' }, 'Drop the files of your runs here, or choose them: '), input,
      html('p', { class: 'hint' }, 'One file a run: samples as .npy, .npz, .csv or .safetensors (a row a sample, a column a coordinate), with log_q and log_p if you have them; or traces of a mixture. They stay on this machine.'), html('p', {}, example));
    const chart = html('div', { class: 'chart' });
    const figure = html('figure', { hidden: true }, html('figcaption', {}, 'The part of each mode in each run'), chart);
    const words = html('pre', { class: 'summary', tabindex: 0, 'aria-label': 'Summary', hidden: true });
    const away = takeAway('diagnose');
    const panel = controls(RUNS, changed);
    host.append(panel.node, html('div', { class: 'results' }, drop, verdict, complaint, figure, words, away.node));

    let files = [];
    let found = null;

    function configuration() {
      const { runsFamily, lostBelow } = state;
      return toml({ diagnose: { family: runsFamily === 'none' ? undefined : runsFamily, lost_below: lostBelow } });
    }

    async function changed() {
      panel.show();
      remember();
      complaint.hidden = true;
      const text = configuration();
      away.configuration(text, ' FILES');
      if (files.length === 0) return;
      verdict.textContent = `Reading ${files.length} files …`;
      try {
        const { record, json, summary, milliseconds } = await lane.ask({ verb: 'diagnose', text, files });
        if (!host.isConnected) return;
        found = record;
        away.record(json);
        const { value, count, n, low, high } = record.probability;
        const judged = `${count} of ${n} runs collapsed: *P*_c between ${short(low)} and ${short(high)} (95%). Read and judged in ${short(milliseconds / 1000, 2)} s.`;
        verdict.replaceChildren(...rich(value === null ? 'What these runs hold cannot be judged.' : judged));
        words.textContent = summary;
        words.hidden = false;
        figure.hidden = false;
        draw();
      } catch (error) {
        if (error instanceof Superseded) return;
        verdict.textContent = 'Not judged.';
        words.hidden = true;
        figure.hidden = true;
        complain(complaint, error);
      }
    }

    async function take(list) {
      if (list.length === 0) return;
      files = await Promise.all([...list].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
      files.sort((a, b) => (a.name < b.name ? -1 : 1));
      changed();
    }

    function draw() {
      if (!found || figure.hidden) return;
      const n = found.runs.length;
      const drawing = new Chart(chart, {
        height: 70 + 20 * n, title: 'Part of each mode in each run', margin: { left: 130 },
        x: { from: 0, to: 1, label: 'part of the samples' }, y: { from: -0.5, to: n - 0.5, label: '', hidden: true },
      });
      found.runs.forEach((run, i) => {
        const at = n - 1 - i;
        let from = 0;
        (run.coverage ?? []).forEach((share, k) => {
          drawing.line([[from, at], [from + share, at]], `share mode${k % 6}`);
          from += share;
        });
        drawing.text(0, at, `${run.file.slice(-14).replaceAll('_', ' ')}${run.lost_modes.length > 0 ? ' ✗' : ''}`, { anchor: 'end', dx: -8 });
      });
    }

    input.addEventListener('change', () => take(input.files));
    for (const kind of ['dragenter', 'dragover']) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add('over');
      });
    }
    drop.addEventListener('dragleave', () => drop.classList.remove('over'));
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.classList.remove('over');
      take(event.dataTransfer.files);
    });
    example.addEventListener('click', () => take(madeUp()));
    whenResized(chart, draw);
    changed();
    return { stop: () => lane.stop() };
  },
};

/** Eight runs on two modes, three of which hold only one. */
function madeUp() {
  let seed = 7;
  const uniform = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed + 0.5) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: 8 }, (_, run) => {
    const whole = run % 3 !== 1;
    const rows = Array.from({ length: 400 }, () => {
      const side = whole && uniform() < 0.5 ? -1 : 1;
      return `${(3.5 * side + normal()).toFixed(5)},${normal().toFixed(5)}`;
    });
    return new File([`x,y\n${rows.join('\n')}\n`], `run-${run + 1}.csv`);
  });
}
