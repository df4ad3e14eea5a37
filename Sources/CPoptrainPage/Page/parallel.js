// Parallel coordinates: an axis for each hyperparameter and one for the score, a line for each interval. What is chosen on
// the axes is coloured by score.

import { marksOf, rangeText } from "./axes.js";
import { Brushes } from "./brushes.js";
import { shade, shadeCount, shadeIndex } from "./colours.js";
import { card, h, savers, select, toggle } from "./dom.js";
import { Plot, line } from "./plot.js";
import { short } from "./scale.js";

const most = { reach: 12, gap: 92, level: 8 };

/** Where the axes stand in a figure, and where values lie on them. */
class Places {
  constructor(frame, axes) {
    const { left, top, width, height } = frame.area;
    this.axes = axes;
    this.top = top + 24;
    this.height = height - 34;
    this.x = axes.map((_, index) => left + 8 + (index * (width - 16)) / (axes.length - 1));
  }

  y(axis, value) { return this.top + (1 - axis.scale.position(value)) * this.height; }

  value(axis, y) { return axis.scale.value(Math.max(0, Math.min(1, 1 - (y - this.top) / this.height))); }
}

export class Parallel {
  constructor(app, host, view) {
    this.app = app;
    this.card = card(host, "Values and scores", "Drag along an axis to choose a part of it: what goes through all chosen parts is coloured by score.");
    this.plot = new Plot(this.card.body, { label: "", height: 380 });
    this.card.body.classList.add("wide");
    this.brushes = new Brushes(app, view, this.plot.element);
    const { element } = this.plot;
    const place = (event) => {
      const box = element.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    element.addEventListener("pointermove", (event) => app.point(this.brushes.isDragging ? -1 : this.#nearest(...place(event))));
    element.addEventListener("pointerleave", () => app.point(-1));
    this.plot.base.addEventListener("click", (event) => app.pick(this.#nearest(...place(event))));
  }

  draw(data) {
    const { app, plot } = this;
    const { run, axes, rows, brush, isIn } = data;
    this.data = data;
    this.#drawControls(data);
    plot.element.style.minWidth = `${36 + most.gap * (axes.length - 1)}px`;
    const [worst, best] = isIn ? chosenScores(data) : [];
    const legend = [
      { text: "best model", colour: "winner", kind: "line" },
      ...(isIn ? [{ text: `chosen: ${short(worst)}`, colour: shade(0), kind: "line" }, { text: short(best), colour: shade(1), kind: "line" }] : []),
      { text: isIn ? "the others" : "intervals", colour: "faint", kind: "thin" },
    ];
    plot.draw({ x: axes[0].scale, y: axes[0].scale, yMarks: [], isBare: true, legend }, (context, frame, colours) => {
      const places = new Places(frame, axes);
      const score = axes.at(-1);
      drawLines(context, places, colours, data, (row) => (score.value(row) - worst) / (best - worst));
      if (run.bestRow >= 0) {
        context.strokeStyle = colours.winner;
        context.lineWidth = 2.5;
        drawRow(context, places, run.bestRow);
      }
      drawAxes(context, places, colours, brush);
    });
    this.places = new Places(plot.frame, axes);
    this.brushes.place(this.places, brush);
    this.heights = null;
    const chosen = isIn ? isIn.reduce((sum, is) => sum + is, 0) : rows.length;
    const count = (number) => number.toLocaleString("en");
    const beyond = this.#beyond(data);
    this.card.say(`${beyond ? `${count(beyond)} of ${count(rows.length)} intervals lie beyond the scale of the score: tick “all scores” to see them. ` : ""}${isIn ? `${count(chosen)} of ${count(rows.length)} intervals are chosen: ${axes.filter(({ name }) => brush.has(name)).map((axis) => `${axis.title} ${rangeText(axis, brush.get(axis.name))}`).join("; ")}.` : ""}`);
    plot.describe(`Parallel coordinates of ${axes.map(({ title }) => title).join(", ")}: ${count(chosen)} intervals.`);
  }

  /** Draws the row's line above the others, those of its member thinly. */
  highlight(row) {
    const { run } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = colours.hover;
      if (this.app.state.which !== "last") {
        context.globalAlpha = 0.35;
        context.lineWidth = 1;
        for (const other of run.rowsOf.get(run.column("member")[row])) drawRow(context, this.places, other);
      }
      context.globalAlpha = 1;
      context.lineWidth = 2.5;
      drawRow(context, this.places, row);
    });
  }

  #beyond({ rows, axes }) {
    const { scale, value } = axes.at(-1);
    let count = 0;
    for (const row of rows) if (value(row) < scale.low || value(row) > scale.high) count++;
    return count;
  }

  #drawControls({ brush }) {
    const { app } = this;
    this.card.controls.replaceChildren(
      select("intervals", [["", "all"], ["last", "the last of each member"]], app.state.which, (which) => app.set({ which })),
      toggle("all scores", app.state.all, (all) => app.set({ all })),
      h("button", { onclick: () => this.#chooseBest() }, "choose the best tenth"),
      brush.size ? h("button", { onclick: () => app.set({ brush: {} }) }, "choose all") : "",
      ...savers(() => this.plot, () => `${app.run.about.name}-values`));
  }

  #chooseBest() {
    const { run, rows, axes } = this.data;
    const score = axes.at(-1);
    const sorted = Float64Array.from(rows, score.value).sort();
    const bound = (share) => sorted[Math.round(share * (sorted.length - 1))];
    this.app.set({ brush: { [score.name]: run.isMaximum ? [bound(0.9), bound(1)] : [bound(0), bound(0.1)] } });
  }

  /** The row whose line is nearest above or below a place; of those that are chosen. */
  #nearest(x, y) {
    if (!this.places) return -1;
    const { rows, axes, isIn } = this.data;
    this.heights ??= axes.map((axis) => Float32Array.from(rows, (row) => this.places.y(axis, axis.value(row))));
    const after = this.places.x.findIndex((place) => place >= x);
    if (after < 1) return -1;
    const [from, to] = [this.places.x[after - 1], this.places.x[after]];
    const [left, right, share] = [this.heights[after - 1], this.heights[after], (x - from) / (to - from)];
    let [best, least] = [-1, most.reach];
    for (let index = 0; index < rows.length; index++) {
      if (isIn && !isIn[index]) continue;
      const distance = Math.abs(left[index] + (right[index] - left[index]) * share - y);
      if (distance <= least) [best, least] = [rows[index], distance];
    }
    return best;
  }
}

/** The worst and the best score of what is chosen, as far as the axis reaches. */
function chosenScores({ run, axes, rows, isIn }) {
  const { scale, value } = axes.at(-1);
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < rows.length; index++) {
    if (!isIn[index]) continue;
    low = Math.min(low, value(rows[index]));
    high = Math.max(high, value(rows[index]));
  }
  const range = [Math.max(low, scale.low), Math.min(high, scale.high)];
  return run.isMaximum ? range : range.reverse();
}

/**
 * Draws the lines of all rows. Between two axes, lines that begin and end on the same pixels are one, the stronger the more
 * of them there are; so it costs no more than the pixels of the axes, and leaves out nothing.
 */
function drawLines(context, places, colours, { rows, axes, isIn }, goodness) {
  const size = Math.floor(places.height) + 1;
  const heights = axes.map((axis) => pixels(rows, (row) => (1 - axis.scale.position(axis.value(row))) * places.height, size));
  const shades = isIn ? Uint8Array.from(rows, (row, index) => (isIn[index] ? 1 + shadeIndex(goodness(row)) : 0)) : null;
  const thin = Math.max(0.12, Math.min(0.6, 40 / Math.sqrt(rows.length)));
  context.lineWidth = rows.length > 2000 ? 0.75 : 1;
  for (let gap = 0; gap + 1 < axes.length; gap++) {
    const [left, right] = [heights[gap], heights[gap + 1]];
    const counts = new Uint32Array(size * size);
    const best = new Uint8Array(shades ? size * size : 0);
    for (let index = 0; index < rows.length; index++) {
      if (left[index] < 0 || right[index] < 0) continue;
      const pair = left[index] * size + right[index];
      counts[pair]++;
      if (shades && shades[index] > best[pair]) best[pair] = shades[index];
    }
    const strokes = new Map();
    for (let pair = 0; pair < counts.length; pair++) {
      if (!counts[pair]) continue;
      const group = best[pair] ? 100 + best[pair] : Math.min(most.level, Math.floor(Math.log2(counts[pair])));
      if (!strokes.has(group)) strokes.set(group, []);
      strokes.get(group).push(pair);
    }
    for (const group of [...strokes.keys()].sort((a, b) => a - b)) {
      const isChosen = group >= 100;
      context.strokeStyle = isChosen ? shade((group - 101) / (shadeCount - 1)) : colours.faint;
      context.globalAlpha = isChosen ? 0.9 : isIn ? 0.12 : Math.min(1, thin * (1 + group / 3));
      context.beginPath();
      for (const pair of strokes.get(group)) line(context, places.x[gap], places.top + Math.floor(pair / size), places.x[gap + 1], places.top + (pair % size));
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** The pixel of each row on an axis; -1 where it lies beyond it. */
function pixels(rows, place, size) {
  return Int32Array.from(rows, (row) => {
    const pixel = Math.round(place(row));
    return pixel >= 0 && pixel < size ? pixel : -1;
  });
}

function drawRow(context, places, row) {
  context.beginPath();
  places.axes.forEach((axis, index) => {
    const y = places.y(axis, axis.value(row));
    if (Number.isFinite(y)) context[index ? "lineTo" : "moveTo"](places.x[index], y);
  });
  context.stroke();
}

function drawAxes(context, places, colours, brush) {
  const { axes, x, top, height } = places;
  const gap = x[1] - x[0];
  axes.forEach((axis, index) => {
    const isLast = index === axes.length - 1;
    context.strokeStyle = colours.quiet;
    context.lineWidth = 1;
    context.beginPath();
    line(context, x[index], top, x[index], top + height);
    const marks = marksOf(axis, height / 50);
    for (const { value } of marks) line(context, x[index] - 3, places.y(axis, value), x[index] + 3, places.y(axis, value));
    context.stroke();
    const range = brush.get(axis.name);
    if (range) drawRange(context, x[index], places.y(axis, range[1]), places.y(axis, range[0]), colours.band);
    context.font = `11px ${colours.font}`;
    context.textBaseline = "middle";
    for (const { value, text } of marks) write(context, text, x[index] + (isLast ? -7 : 7), places.y(axis, value), isLast ? "right" : "left", colours);
    context.font = `bold 11px ${colours.font}`;
    const room = Math.floor(gap / 6.6);
    const title = axis.title.length > room ? `${axis.title.slice(0, room - 1)}…` : axis.title;
    const align = index === 0 ? "left" : isLast ? "right" : "center";
    write(context, title, x[index] + (index === 0 ? -8 : isLast ? 8 : 0), top - 14, align, colours);
  });
}

function drawRange(context, x, from, to, colour) {
  context.fillStyle = colour;
  context.globalAlpha = 0.3;
  context.fillRect(x - 7, from, 14, Math.max(2, to - from));
  context.globalAlpha = 1;
  context.fillRect(x - 7, from - 1, 14, 2);
  context.fillRect(x - 7, to - 1, 14, 2);
}

/** Writes on top of lines. */
function write(context, text, x, y, align, colours) {
  const width = context.measureText?.(text).width ?? text.length * 5.8;
  const left = align === "left" ? x : align === "right" ? x - width : x - width / 2;
  context.globalAlpha = 0.75;
  context.fillStyle = colours.surface;
  context.fillRect(left - 2, y - 7, width + 4, 14);
  context.globalAlpha = 1;
  context.fillStyle = colours.ink;
  context.textAlign = align;
  context.fillText(text, x, y);
}
