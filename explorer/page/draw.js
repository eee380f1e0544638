'use strict';
// Drawings: axes, lines, fields.

const SVG = 'http://www.w3.org/2000/svg';

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  return node;
}

/** An element of the page. */
function html(name, attributes = {}, ...children) {
  const node = set(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

/** An element of a drawing. */
function svg(name, attributes = {}, ...children) {
  const node = set(document.createElementNS(SVG, name), attributes);
  node.append(...children);
  return node;
}

/** The pieces of "P_c by *T*_0": `[text, kind]`, kind one of plain, symbol, below. */
function pieces(text) {
  const found = [];
  for (const [, symbol, below, plain] of text.matchAll(/\*(.+?)\*|_(\w+)|([^*_]+)/g)) {
    found.push(symbol ? [symbol, 'symbol'] : below ? [below, 'below'] : [plain, 'plain']);
  }
  return found;
}

/** Rich text as plain words. */
function plain(text) {
  return pieces(text).map(([piece]) => piece).join('');
}

/** Rich text in the page. */
function rich(text) {
  const names = { symbol: 'i', below: 'sub', plain: 'span' };
  return pieces(text).map(([piece, kind]) => html(names[kind], {}, piece));
}

/** Rich text in a drawing. */
function richSvg(text) {
  let lowered = false;
  return pieces(text).map(([piece, kind]) => {
    const dy = kind === 'below' ? '0.25em' : lowered ? '-0.25em' : undefined;
    lowered = kind === 'below';
    return svg('tspan', { dy, class: kind }, piece);
  });
}

/** A number for a person. */
function short(number, digits = 3) {
  if (number === null || number === undefined || !Number.isFinite(number)) return '–';
  if (number !== 0 && (Math.abs(number) < 1e-4 || Math.abs(number) >= 1e6)) return number.toExponential(digits - 1);
  return String(Number(number.toPrecision(digits)));
}

/** Round places for ticks between `from` and `to`. */
function ticks({ from, to, log }, count) {
  if (log && to / from > 20) {
    const powers = [];
    for (let p = Math.ceil(Math.log10(from) - 1e-9); p <= Math.log10(to) + 1e-9; p += 1) powers.push(10 ** p);
    return powers;
  }
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const found = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9 * step; i += 1) found.push(i * step);
  return found;
}

/** Axes of a drawing in `host`, as wide as it. */
class Chart {
  constructor(host, { height, x, y, title, margin = {} }) {
    const { left = 52, right = 14, top = 10, bottom = 42 } = margin;
    this.host = host;
    this.width = Math.max(240, host.clientWidth);
    this.height = height;
    Object.assign(this, { axes: { x, y }, left, right: this.width - right, top, bottom: height - bottom });
    this.node = svg('svg', { viewBox: `0 0 ${this.width} ${height}`, width: this.width, height, role: 'group', 'aria-label': title });
    this.back = svg('g');
    this.front = svg('g');
    this.node.append(this.back, this.frame(), this.front);
    host.replaceChildren(this.node);
  }

  scale({ from, to, log }, value, first, last) {
    const part = log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
    return first + (last - first) * part;
  }

  x(value) {
    return this.scale(this.axes.x, value, this.left, this.right);
  }

  y(value) {
    return this.scale(this.axes.y, value, this.bottom, this.top);
  }

  /** The values under a pointer; also when a newer drawing has taken the place of this one in the middle of a drag. */
  under(event) {
    const box = this.host.firstElementChild.getBoundingClientRect();
    const at = ({ from, to, log }, part) => (log ? from * (to / from) ** part : from + (to - from) * part);
    const px = ((event.clientX - box.left) / box.width) * this.width;
    const py = ((event.clientY - box.top) / box.height) * this.height;
    return [
      at(this.axes.x, (px - this.left) / (this.right - this.left)),
      at(this.axes.y, (py - this.bottom) / (this.top - this.bottom)),
    ];
  }

  frame() {
    const { left, right, top, bottom } = this;
    const group = svg('g', { class: 'frame' });
    group.append(svg('rect', { x: left, y: top, width: right - left, height: bottom - top }));
    for (const value of ticks(this.axes.x, Math.max(3, (right - left) / 80))) {
      const at = this.x(value);
      group.append(svg('line', { x1: at, x2: at, y1: bottom, y2: bottom + 5 }));
      group.append(svg('text', { x: at, y: bottom + 18, 'text-anchor': 'middle' }, short(value)));
    }
    for (const value of this.axes.y.hidden ? [] : ticks(this.axes.y, Math.max(2, (bottom - top) / 45))) {
      const at = this.y(value);
      group.append(svg('line', { x1: left - 5, x2: left, y1: at, y2: at }));
      group.append(svg('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, short(value)));
    }
    const middle = (top + bottom) / 2;
    group.append(svg('text', { x: (left + right) / 2, y: this.height - 6, 'text-anchor': 'middle' }, ...richSvg(this.axes.x.label)));
    const label = { x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})` };
    group.append(svg('text', label, ...richSvg(this.axes.y.label)));
    return group;
  }

  path(points) {
    const inside = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    return inside.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${this.x(x).toFixed(2)} ${this.y(y).toFixed(2)}`).join('');
  }

  line(points, kind) {
    this.front.append(svg('path', { d: this.path(points), class: `line ${kind}`, 'clip-path': this.clip() }));
  }

  /** What lies between a curve and the lower axis. */
  area(points, kind) {
    const base = this.axes.y.from;
    const closed = [[points[0][0], base], ...points, [points[points.length - 1][0], base]];
    this.back.append(svg('path', { d: `${this.path(closed)}Z`, class: `area ${kind}`, 'clip-path': this.clip() }));
  }

  mark(x, y, kind, title) {
    const node = svg('circle', { cx: this.x(x), cy: this.y(y), r: 5, class: `mark ${kind}` });
    if (title) node.append(svg('title', {}, title));
    this.front.append(node);
    return node;
  }

  text(x, y, words, { anchor = 'start', dx = 0, dy = 4, kind = '' } = {}) {
    this.front.append(svg('text', { x: this.x(x) + dx, y: this.y(y) + dy, 'text-anchor': anchor, class: kind }, ...richSvg(words)));
  }

  clip() {
    if (!this.clipped) {
      Chart.count = (Chart.count ?? 0) + 1;
      this.clipped = `clip${Chart.count}`;
      const { left, right, top, bottom } = this;
      const inside = svg('rect', { x: left, y: top, width: right - left, height: bottom - top });
      this.node.prepend(svg('clipPath', { id: this.clipped }, inside));
    }
    return `url(#${this.clipped})`;
  }

  /** `values[i]` at column i % columns and row i / columns (from below) as colours of `colour(value)`. */
  field(values, columns, colour) {
    const canvas = html('canvas', { width: columns, height: values.length / columns });
    const context = canvas.getContext('2d');
    const image = context.createImageData(canvas.width, canvas.height);
    values.forEach((value, i) => {
      const row = canvas.height - 1 - Math.floor(i / columns);
      image.data.set(colour(value), 4 * (row * columns + (i % columns)));
    });
    context.putImageData(image, 0, 0);
    const { left, right, top, bottom } = this;
    const box = { x: left, y: top, width: right - left, height: bottom - top, preserveAspectRatio: 'none' };
    this.back.append(svg('image', { ...box, href: canvas.toDataURL() }));
  }
}

/** Line segments where a grid crosses `level`: `values[row * xs.length + column]`. */
function contour(xs, ys, values, level) {
  const segments = [];
  const n = xs.length;
  for (let j = 0; j + 1 < ys.length; j += 1) {
    for (let i = 0; i + 1 < n; i += 1) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const heights = corners.map(([a, b]) => values[b * n + a] - level);
      const crossings = [];
      for (let k = 0; k < 4; k += 1) {
        const [low, high] = [heights[k], heights[(k + 1) % 4]];
        if (low > 0 === high > 0) continue;
        const part = low / (low - high);
        const [[a, b], [c, d]] = [corners[k], corners[(k + 1) % 4]];
        crossings.push([xs[a] + (xs[c] - xs[a]) * part, ys[b] + (ys[d] - ys[b]) * part]);
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) segments.push([crossings[k], crossings[k + 1]]);
    }
  }
  return segments;
}

/** Stops of the colours from 0 (dark) to 1 (bright), even in lightness and told apart by every kind of sight. */
const STOPS = [[0, 32, 77], [0, 53, 110], [57, 76, 107], [92, 99, 110], [124, 123, 120], [158, 149, 118], [193, 176, 108], [230, 206, 88], [255, 234, 70]];

/** The colour of `part` between 0 and 1, as red, green, blue and opacity. */
function shade(part) {
  if (!Number.isFinite(part)) return [0, 0, 0, 0];
  const at = Math.min(1, Math.max(0, part)) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  return [...STOPS[low].map((from, i) => Math.round(from + (STOPS[low + 1][i] - from) * (at - low))), 255];
}

/** Calls `redraw` when `host` changes its width. */
function whenResized(host, redraw) {
  let width = host.clientWidth;
  const observer = new ResizeObserver(() => {
    if (!host.isConnected) observer.disconnect();
    else if (host.clientWidth !== width) {
      width = host.clientWidth;
      redraw();
    }
  });
  observer.observe(host);
}
