'use strict';
// A thread of its own: the library answers here, one question at a time.

/** Points of a drawn schedule. */
const SCHEDULE_POINTS = 201;

let ready;

self.onmessage = async ({ data }) => {
  if (data.module) {
    ready = wasm_bindgen({ module_or_path: data.module });
    return;
  }
  const { id, verb, text, routes, files } = data;
  const told = (kind, number, words) => self.postMessage({ id, kind, number, words });
  try {
    await ready;
    const begun = performance.now();
    self.postMessage({ id, kind: 'found', ...answer(verb, text, routes, files, told), milliseconds: performance.now() - begun });
  } catch (error) {
    // A trap of the module says nothing that helps: the next question needs a new thread.
    const broken = error instanceof WebAssembly.RuntimeError;
    const message = broken ? 'the computation broke off: please report this configuration' : String(error.message ?? error);
    const { key, value, rule, line } = error;
    self.postMessage({ id, kind: 'failed', broken, message, key, value, rule, line });
  }
};

/** What the library says: a record with its summary, or plain values for what is no study. */
function answer(verb, text, routes, files, told) {
  if (verb === 'version') return { values: wasm_bindgen.version() };
  if (verb === 'schedule') return { values: [...wasm_bindgen.schedule(text, SCHEDULE_POINTS)] };
  const found = files
    ? wasm_bindgen.diagnose(text, files.map((file) => file.name), files.map((file) => file.bytes), told)
    : wasm_bindgen.ask(verb, text, routes, told);
  const { record, summary } = found;
  found.free();
  return { record, summary };
}
