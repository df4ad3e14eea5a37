// Parallel coordinates: an axis for each hyperparameter and one for the score, a line for each interval. What is chosen on
// the axes is coloured by score.

import { marksOf, placeOf, rangeText } from "./axes.js";
import { Brushes } from "./brushes.js";
import { shadeIndex } from "./colours.js";
import { card, h, renew, savers, select, toggle } from "./dom.js";
import { drawDensity, drawLines, mostLines } from "./lines.js";
import { Plot, line, shortened } from "./plot.js";
import { short } from "./scale.js";

/** How near the pointer must be to a line, and how much room an axis needs, in pixels. */
const [reach, leastGap] = [12, 92];
/** How wide a letter of a title is, about. */
const titleLetter = 6.8;

/** Where the axes stand in a figure, and where values lie on them. */
class Layout {
  constructor(frame, axes) {
    const { left, top, width, height } = frame.area;
    this.axes = axes;
    this.x = axes.map((_, index) => left + 8 + (index * (width - 16)) / (axes.length - 1));
    // Long titles stand on two lines in turn.
    const longest = Math.max(...axes.map(({ title }) => title.length)) * titleLetter;
    this.shift = longest > 0.66 * (this.x[1] - this.x[0]) ? 14 : 0;
    this.top = top + 24 + this.shift;
    this.height = height - 34 - this.shift;
  }

  /** The pixel of a place on an axis, from 0 to 1. */
  y(place) { return this.top + (1 - place) * this.height; }

  /** The value of an axis at a pixel. */
  value(axis, y) { return axis.scale.value(Math.max(0, Math.min(1, 1 - (y - this.top) / this.height))); }
}

export class Parallel {
  constructor(app, host, view) {
    this.app = app;
    this.card = card(host, "Values and scores", "Each line is an interval. Drag along axes to choose: what runs through all parts is colored by score.");
    this.plot = new Plot(this.card.body, { label: "", height: 380 });
    this.card.body.classList.add("sideways");
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
    const { run, axes, rows, places, brush, isIn } = data;
    this.data = data;
    this.#drawControls(brush);
    plot.element.style.minWidth = `${36 + leastGap * (axes.length - 1)}px`;
    const [worst, best] = isIn ? chosenScores(data) : [];
    const isDense = rows.length > mostLines;
    const legend = [
      { text: "best model", colour: "winner", kind: "line" },
      ...(isIn ? [{ text: `${isDense ? "mean of those chosen" : "chosen"}: ${short(axes.at(-1).scale.value(worst))}`, colour: 0, kind: "line" }, { text: short(axes.at(-1).scale.value(best)), colour: 1, kind: "line" }] : []),
      { text: (isIn ? "the others" : "intervals") + (isDense ? " on each pixel: the more, the stronger" : ""), colour: "faint", kind: isDense ? "area" : "thin" },
    ];
    plot.draw({ x: axes[0].scale, y: axes[0].scale, yMarks: [], isBare: true, legend }, (context, frame, colours) => {
      const layout = new Layout(frame, axes);
      const shades = isIn ? shadesOf(data, (index) => (places.at(-1)[index] - worst) / (best - worst)) : null;
      (isDense ? drawDensity : drawLines)(context, layout, colours, data, shades);
      if (run.bestRow >= 0) {
        context.strokeStyle = colours.winner;
        context.lineWidth = 2.5;
        drawRow(context, layout, run, run.bestRow);
      }
      drawAxes(context, layout, colours, brush);
    });
    this.layout = new Layout(plot.frame, axes);
    this.brushes.place(this.layout, brush);
    this.#say(data);
  }

  /** Draws the row's line above the others, those of its member thinly. */
  highlight(row) {
    const { run, state } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = colours.hover;
      if (state.intervals !== "last") {
        context.globalAlpha = 0.35;
        context.lineWidth = 1;
        for (const other of run.rowsOf.get(run.column("member")[row])) drawRow(context, this.layout, run, other);
      }
      context.globalAlpha = 1;
      context.lineWidth = 2.5;
      drawRow(context, this.layout, run, row);
    });
  }

  #say({ axes, rows, places, brush, isIn }) {
    const count = (number) => number.toLocaleString("en");
    const beyond = places.at(-1).reduce((sum, place) => sum + (place < 0 || place > 1), 0);
    const chosen = isIn ? isIn.reduce((sum, is) => sum + is, 0) : rows.length;
    const parts = axes.filter(({ name }) => brush.has(name)).map((axis) => `${axis.title} ${rangeText(axis, brush.get(axis.name))}`);
    this.card.say([
      rows.length ? "" : "No interval has a score yet.",
      isIn ? `${count(chosen)} of ${count(rows.length)} intervals are chosen: ${parts.join("; ")}.` : "",
      beyond ? `${count(beyond)} intervals lie beyond the scale of the score: ${this.app.state.y ? "zoom out" : "tick “all scores”"} to see them.` : "",
    ].filter(Boolean).join(" "));
    this.plot.describe(`Parallel coordinates of ${axes.map(({ title }) => title).join(", ")}: ${count(chosen)} intervals.`);
  }

  #drawControls(brush) {
    const { app } = this;
    renew(this.card.controls,
      select("intervals", [["", "all"], ["last", "the last of each member"]], app.state.intervals, (intervals) => app.set({ intervals })),
      toggle("log scores", this.data.axes.at(-1).scale.isLog, (ylog) => app.set({ ylog, y: undefined })),
      toggle("all scores", app.state.all, (all) => app.set({ all, y: undefined })),
      app.state.y ? h("button", { onclick: () => app.set({ y: undefined }) }, "zoom out") : "",
      this.data.rows.length ? h("button", { onclick: () => this.#chooseBest() }, "choose the best tenth") : "",
      brush.size ? h("button", { onclick: () => app.set({ brush: {} }) }, "choose all") : "",
      ...savers(() => this.plot, () => `${app.run.about.name}-values`));
  }

  #chooseBest() {
    const { run, axes, places } = this.data;
    const { name, scale } = axes.at(-1);
    const sorted = places.at(-1).slice().sort();
    const bound = sorted[Math.round((run.isMaximum ? 0.9 : 0.1) * (sorted.length - 1))];
    this.app.set({ brush: { [name]: run.isMaximum ? [scale.value(bound), scale.high] : [scale.low, scale.value(bound)] } });
  }

  /** The row whose line is nearest above or below a place; of those that are chosen. */
  #nearest(x, y) {
    if (!this.layout) return -1;
    const { rows, places, isIn } = this.data;
    const after = this.layout.x.findIndex((place) => place >= x);
    if (after < 1) return -1;
    const [from, to] = [this.layout.x[after - 1], this.layout.x[after]];
    const [left, right, share] = [places[after - 1], places[after], (x - from) / (to - from)];
    const at = 1 - (y - this.layout.top) / this.layout.height;
    let [best, least] = [-1, reach / this.layout.height];
    for (let index = 0; index < rows.length; index++) {
      if (isIn && !isIn[index]) continue;
      const distance = Math.abs(left[index] + (right[index] - left[index]) * share - at);
      if (distance <= least) [best, least] = [rows[index], distance];
    }
    return best;
  }
}

/** Where the worst and the best score of what is chosen lie on the axis, as far as it reaches. */
function chosenScores({ run, places, isIn }) {
  const at = places.at(-1);
  let [low, high] = [1, 0];
  for (let index = 0; index < isIn.length; index++) {
    if (!isIn[index]) continue;
    if (at[index] < low) low = Math.max(0, at[index]);
    if (at[index] > high) high = Math.min(1, at[index]);
  }
  return run.isMaximum ? [low, high] : [high, low];
}

/** For each row 0, or 1 and more for its colour where it is chosen. */
function shadesOf({ rows, isIn }, goodness) {
  const shades = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index++) if (isIn[index]) shades[index] = 1 + shadeIndex(goodness(index));
  return shades;
}

function drawRow(context, layout, run, row) {
  context.beginPath();
  let isOpen = false;
  layout.axes.forEach((axis, index) => {
    const place = placeOf(run, axis, row);
    const isOn = place >= 0 && place <= 1;
    if (isOn) context[isOpen ? "lineTo" : "moveTo"](layout.x[index], layout.y(place));
    isOpen = isOn;
  });
  context.stroke();
}

function drawAxes(context, layout, colours, brush) {
  const { axes, x, top, height } = layout;
  const gap = x[1] - x[0];
  axes.forEach((axis, index) => {
    const isLast = index === axes.length - 1;
    context.strokeStyle = colours.quiet;
    context.lineWidth = 1;
    context.beginPath();
    line(context, x[index], top, x[index], top + height);
    const marks = marksOf(axis, height / 50);
    for (const { value } of marks) line(context, x[index] - 3, layout.y(axis.scale.position(value)), x[index] + 3, layout.y(axis.scale.position(value)));
    context.stroke();
    const range = brush.get(axis.name);
    if (range) drawRange(context, x[index], ...range.toReversed().map((value) => layout.y(Math.max(0, Math.min(1, axis.scale.position(value))))), colours.band);
    context.font = `11px ${colours.font}`;
    context.textBaseline = "middle";
    for (const { value, text } of marks) write(context, shortened(text, gap - 14), x[index] + (isLast ? -7 : 7), layout.y(axis.scale.position(value)), isLast ? "right" : "left", colours);
    context.font = `bold 11px ${colours.font}`;
    const room = Math.floor(((layout.shift ? 1.6 : 1) * gap) / titleLetter);
    const title = axis.title.length > room ? `${axis.title.slice(0, room - 1)}…` : axis.title;
    const align = index === 0 ? "left" : isLast ? "right" : "center";
    write(context, title, x[index] + (index === 0 ? -8 : isLast ? 8 : 0), top - 14 - (index % 2) * layout.shift, align, colours);
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
