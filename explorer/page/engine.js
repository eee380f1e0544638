'use strict';
// Questions go to threads of their own, so that the page never waits.

/** A question that was put aside for a newer one. */
class Superseded extends Error {}

/** The compiled library: it is unpacked once for all threads. */
const library = (async () => {
  const text = document.getElementById('module').textContent;
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
})();

const workerAddress = URL.createObjectURL(
  new Blob([document.getElementById('worker').textContent], { type: 'text/javascript' }),
);

/**
 * A thread that answers the newest question. If it `interrupts`, a newer one ends the present work; else the newer one waits
 * for the present answer, and of several that wait only the newest is asked.
 */
class Lane {
  constructor({ interrupts }) {
    this.interrupts = interrupts;
    this.worker = null;
    this.current = null;
    this.waiting = null;
    this.count = 0;
  }

  /**
   * Asks `{ verb, text, routes, files }`; `told(kind, number, words)` hears of progress. Resolves to
   * `{ record, json, summary, milliseconds }`.
   */
  ask(question, told = () => {}) {
    return new Promise((resolve, reject) => {
      const asked = { question, told, resolve, reject, id: (this.count += 1) };
      if (this.current && !this.interrupts) {
        this.waiting?.reject(new Superseded());
        this.waiting = asked;
        return;
      }
      this.stop();
      this.send(asked);
    });
  }

  /** Ends the present work, if there is any. */
  stop() {
    this.waiting?.reject(new Superseded());
    this.waiting = null;
    if (!this.current) return;
    this.current.reject(new Superseded());
    this.current = null;
    this.worker.terminate();
    this.worker = null;
  }

  async send(asked) {
    this.current = asked;
    const module = await library;
    if (this.current !== asked) return;
    if (!this.worker) {
      this.worker = new Worker(workerAddress);
      this.worker.onmessage = ({ data }) => this.hear(data);
      this.worker.postMessage({ module });
    }
    const { verb, text, routes = [], files } = asked.question;
    this.worker.postMessage({ id: asked.id, verb, text, routes, files });
  }

  hear(data) {
    const asked = this.current;
    if (!asked || data.id !== asked.id) return;
    if (data.kind !== 'found' && data.kind !== 'failed') {
      asked.told(data.kind, data.number, data.words);
      return;
    }
    this.current = null;
    if (data.broken) {
      this.worker.terminate();
      this.worker = null;
    }
    if (data.kind === 'found') {
      const { summary, milliseconds, values, record: json } = data;
      asked.resolve({ record: values ?? JSON.parse(json), json, summary, milliseconds });
    } else {
      const { message, key, value, rule, line } = data;
      asked.reject(Object.assign(new Error(message), { key, value, rule, line }));
    }
    const next = this.waiting;
    this.waiting = null;
    if (next) this.send(next);
  }
}
