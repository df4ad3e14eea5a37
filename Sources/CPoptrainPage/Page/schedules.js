// The hyperparameters over the steps: each model's value as a step, joined along its lineage, coloured by score; the
// best model's schedule on top.

import { bands, bandsOfRows, drawBands, groupsOfValues } from "./bands.js";
import { shadeCount, shadeIndex } from "./colours.js";
import { mostLines } from "./curves.js";
import { card, h, renew, savers, select } from "./dom.js";
import { Nearest, whenIdle } from "./nearest.js";
import { Plot, line, shown } from "./plot.js";
import { pointing } from "./pointing.js";
import { Scale } from "./scale.js";

export class Schedules {
  constructor(app, host) {
    this.app = app;
    this.controls = h("div", { class: "controls" });
    this.grid = h("div", { class: "grid wide" });
    host.append(h("div", { class: "above" }, h("p", { class: "hint" }, "A line is a model's value while it was trained, joined to that of the model it continues or copies."), this.controls), this.grid);
    this.figures = app.run.about.hyperparameters.map((hyperparameter) => new Schedule(app, this.grid, hyperparameter));
  }

  draw() {
    const { app } = this;
    renew(this.controls,
      select("across", [["age", "steps of the model"], ["time", "time"]], app.state.across, (across) => app.set({ across, x: undefined })));
    if (!this.figures.length) this.grid.replaceChildren(h("p", { class: "empty" }, "This experiment has no hyperparameters."));
    for (const figure of this.figures) figure.draw();
  }

  highlight(row) { for (const figure of this.figures) figure.highlight(row); }
}

class Schedule {
  constructor(app, host, hyperparameter) {
    Object.assign(this, { app, hyperparameter });
    this.card = card(host, hyperparameter.name, null);
    this.plot = new Plot(this.card.body, {
      label: "", height: 260,
      on: {
        ...pointing(app, (x, y) => this.#nearest(x, y)),
        zoom: (part) => app.set({ x: part?.x }),
      },
    });
  }

  draw() {
    const { app, plot, hyperparameter } = this;
    const { run, state, series } = app;
    renew(this.card.controls, ...savers(() => plot, () => `${run.about.name}-${hyperparameter.name}`));
    this.index = null;
    whenIdle(() => this.#points());
    this.values = run.column(`value:${hyperparameter.name}`);
    this.valueOf = run.column("value");
    const { choices } = hyperparameter;
    const y = choices ? new Scale(-0.5, choices.length - 0.5) : padded(hyperparameter);
    const yMarks = choices?.map((text, value) => ({ value, text }));
    const isBanded = run.about.populationSize > mostLines && !choices;
    const legend = isBanded
      ? [{ text: "best model's schedule", colour: "winner", kind: "line" }, { text: "all models: range, 80 %, half, median", colour: "band", kind: "area" }]
      : [{ text: "best model's schedule", colour: "winner", kind: "line" }, { text: "best scores", colour: 1, kind: "area" }, { text: "worst", colour: 0, kind: "area" }];
    const x = shown(state.x, 0, series.end, false);
    plot.draw({ x, y, yMarks, labels: { x: series.label, y: hyperparameter.name }, legend }, (context, frame, colours) => {
      if (isBanded) drawBands(context, this.#bands(frame), frame.area.left, (value) => frame.y(value), colours.band);
      else this.#drawAll(context, frame, colours);
      const winner = run.lineage(run.bestRow);
      context.strokeStyle = colours.winner;
      context.lineWidth = 2.5;
      context.globalAlpha = 1;
      context.beginPath();
      for (const row of winner) this.#trace(context, frame, row);
      context.stroke();
    });
    plot.describe(this.#words());
  }

  highlight(row) {
    const { run, series } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = context.fillStyle = colours.hover;
      context.lineWidth = 2;
      context.beginPath();
      for (const at of run.lineage(row)) this.#trace(context, frame, at);
      context.stroke();
      context.beginPath();
      context.arc(frame.x(series.x[row]), frame.y(this.#value(row)), 4, 0, 7);
      context.fill();
    });
  }

  /** The best model's schedule, for those who do not see it. */
  #words() {
    const { app: { run }, hyperparameter } = this;
    const winner = run.lineage(run.bestRow);
    if (!winner.length) return `${hyperparameter.name}: no model has a score yet.`;
    const value = (row) => run.value(row, hyperparameter);
    return `${hyperparameter.name} of the best model: from ${value(winner[0])} to ${value(winner.at(-1))}.`;
  }

  #drawAll(context, frame, colours) {
    const { run, series: { ranks } } = this.app;
    const groups = Array.from({ length: shadeCount }, () => []);
    for (let row = 0; row < run.count; row++) groups[shadeIndex(ranks[row])].push(row);
    context.lineWidth = 1.2;
    context.globalAlpha = 1;
    groups.forEach((rows, index) => {
      context.strokeStyle = colours.shades[index];
      context.beginPath();
      for (const row of rows) this.#trace(context, frame, row);
      context.stroke();
    });
  }

  /** Adds a row to the path: the change from its parent's value, and its own while it was trained. */
  #trace(context, frame, row) {
    const { run, series } = this.app;
    const from = run.column("parent")[row];
    const y = frame.y(this.#value(row));
    const end = frame.x(series.x[row]);
    const start = from >= 0 ? frame.x(series.x[from]) : frame.x(series.across === "age" ? run.column("startAge")[row] : 0);
    if (from >= 0) line(context, start, frame.y(this.#value(from)), start, y);
    else context.moveTo(start, y);
    context.lineTo(end, y);
  }

  #value(row) { return this.values[this.valueOf[row]]; }

  #bands(frame) {
    const { run, series } = this.app;
    const { left, width } = frame.area;
    if (this.groups?.series !== series) this.groups = Object.assign(groupsOfValues((row) => this.#value(row)), { series });
    this.groups.update(series.x, run.count);
    const all = this.groups.all;
    return all
      ? bands(all, (place) => frame.x(place) - left, width)
      : bandsOfRows(run.count, (row) => frame.x(series.x[row]) - left, (row) => this.#value(row), Math.ceil(width));
  }

  #nearest(x, y) {
    return this.#points()?.find(x, y) ?? -1;
  }

  /** The points of the figure, sorted for the pointer. */
  #points() {
    const { run, series } = this.app;
    const frame = this.plot.frame;
    if (!frame || !run) return null;
    return (this.index ??= new Nearest(run.count, (row) => frame.x(series.x[row]), (row) => frame.y(this.#value(row)), frame.width, frame.height));
  }
}

/** A scale with room beyond the ends of the range, where values pile up. */
function padded({ low, high, scale }) {
  const kind = { isLog: scale === "log", isWhole: scale === "integer" };
  const room = kind.isLog ? (high / low) ** 0.03 : (high - low) * 0.03;
  return kind.isLog ? new Scale(low / room, high * room, kind) : new Scale(low - room, high + room, kind);
}
