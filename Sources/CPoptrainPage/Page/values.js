// Which values gave which scores: parallel coordinates, and the score against each hyperparameter.

import { hyperparameterAxis, scoreAxis } from "./axes.js";
import { h } from "./dom.js";
import { Parallel } from "./parallel.js";
import { Scatter } from "./scatter.js";
import { Series } from "./series.js";

export class Values {
  /** A brush as it is being drawn, before it is in the address. */
  dragged = null;

  constructor(app, host) {
    this.app = app;
    this.series = new Series(app.run, "age", 0);
    this.parallel = new Parallel(app, host, this);
    const grid = h("div", { class: "grid" });
    host.append(grid);
    this.scatters = app.run.about.hyperparameters.map((hyperparameter) => new Scatter(app, grid, hyperparameter));
  }

  draw() {
    const data = this.#data();
    this.parallel.draw(data);
    for (const scatter of this.scatters) scatter.draw(data);
  }

  /** Draws what depends on a brush that is still being drawn. */
  drawBrush() {
    this.parallel.draw(this.#data());
  }

  highlight(row) {
    this.parallel.highlight(row);
    for (const scatter of this.scatters) scatter.highlight(row);
  }

  /** The rows to show, the axes, and which rows are within the brush (null: there is none). */
  #data() {
    const { run, state } = this.app;
    this.series.update();
    const range = this.series.usual(run, state.all);
    const axes = [...run.about.hyperparameters.map((hyperparameter) => hyperparameterAxis(run, hyperparameter)), scoreAxis(run, range)];
    const rows = this.#rows();
    const brush = brushOf(this.dragged ?? state.brush, axes);
    return { run, axes, rows, brush, isIn: brush.size ? within(rows, axes, brush) : null, range };
  }

  /** The training intervals with a score: all, or the last of each member. */
  #rows() {
    const { run, state } = this.app;
    const key = `${run.count} ${state.which}`;
    if (this.chosen?.key === key) return this.chosen.rows;
    const score = run.column("score");
    const isShown = (row) => !Number.isNaN(score[row]) && !run.isEvaluation(row);
    let rows;
    if (state.which === "last") rows = Uint32Array.from([...run.rowsOf.values()].map((all) => all.findLast(isShown)).filter((row) => row !== undefined)).sort();
    else {
      rows = new Uint32Array(run.count);
      let count = 0;
      for (let row = 0; row < run.count; row++) if (isShown(row)) rows[count++] = row;
      rows = rows.subarray(0, count);
    }
    this.chosen = { key, rows };
    return rows;
  }
}

/** The ranges of a brush by axis; what an address says otherwise is ignored. */
function brushOf(ranges, axes) {
  const brush = new Map();
  for (const { name } of axes) {
    const range = ranges?.[name];
    if (Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0] <= range[1]) brush.set(name, range);
  }
  return brush;
}

/** For each row, whether all ranges hold its values. */
function within(rows, axes, brush) {
  const isIn = new Uint8Array(rows.length).fill(1);
  for (const axis of axes) {
    const range = brush.get(axis.name);
    if (!range) continue;
    const [low, high] = range;
    for (let index = 0; index < rows.length; index++) {
      const value = axis.value(rows[index]);
      if (!(value >= low && value <= high)) isIn[index] = 0;
    }
  }
  return isIn;
}
