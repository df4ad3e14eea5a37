// Which values gave which scores: parallel coordinates, and the score against each hyperparameter.

import { axesOf, placesOf } from "./axes.js";
import { h } from "./dom.js";
import { Parallel } from "./parallel.js";
import { Scatter } from "./scatter.js";
import { Series, scoreScale } from "./series.js";

export class Values {
  /** A brush as it is being drawn, before it is in the address. */
  dragged = null;

  constructor(app, host) {
    this.app = app;
    this.series = new Series(app.run, "age", 0);
    this.parallel = new Parallel(app, host, this);
    const grid = h("div", { class: "grid" });
    host.append(grid);
    this.scatters = app.run.about.hyperparameters.map((_, number) => new Scatter(app, grid, number));
  }

  draw() {
    const data = this.#data();
    this.parallel.draw(data);
    for (const scatter of this.scatters) scatter.draw(data);
  }

  /** Draws what depends on a brush that is still being drawn. */
  drawBrush() { this.parallel.draw(this.#data()); }

  highlight(row) {
    this.parallel.highlight(row);
    for (const scatter of this.scatters) scatter.highlight(row);
  }

  /**
   * The rows to show, the axes, where the rows lie on each of them, and which rows are within the brush (null: there is no
   * brush).
   */
  #data() {
    const { run, state, version } = this.app;
    const key = [run.count, version, state.intervals, state.all, state.y, state.ylog].join();
    if (this.known?.key !== key) {
      // Scores as they were reported, whatever is smoothed elsewhere.
      const series = state.smooth ? this.series : this.app.series;
      series.update();
      const rows = chosenRows(run, state.intervals === "last");
      const axes = axesOf(run, state.intervals === "last" && !state.all ? scaleOf(run, rows, state) : series.scale(run, state));
      this.known = { key, run, rows, axes, places: axes.map((axis) => placesOf(run, axis, rows)) };
    }
    const brush = brushOf(this.dragged ?? state.brush, this.known.axes);
    return { ...this.known, brush, isIn: brush.size ? within(this.known, brush) : null };
  }
}

/** The training intervals with a score: all, or the last of each member. */
function chosenRows(run, isLast) {
  const score = run.column("score");
  const isShown = (row) => !Number.isNaN(score[row]) && !run.isEvaluation(row);
  if (isLast) return Uint32Array.from([...run.rowsOf.values()].map((rows) => rows.findLast(isShown)).filter((row) => row !== undefined)).sort();
  const rows = new Uint32Array(run.count);
  let count = 0;
  for (let row = 0; row < run.count; row++) if (isShown(row)) rows[count++] = row;
  return rows.subarray(0, count);
}

/** A scale for the scores of these rows and of the best model. */
function scaleOf(run, rows, state) {
  const score = run.column("score");
  let [low, high] = [Infinity, -Infinity];
  for (const row of [...rows, run.bestRow].filter((row) => row >= 0)) {
    if (score[row] < low) low = score[row];
    if (score[row] > high) high = score[row];
  }
  return scoreScale(low <= high ? { low, high, tail: 0 } : { low: 0, high: 1, tail: 0 }, run.isMaximum, state);
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

/** The ends of a brush are rounded: what lies within this part of the axis beyond them is chosen, too. */
const slack = 1e-4;

/** For each row, whether all ranges hold its values. */
function within({ rows, axes, places }, brush) {
  const isIn = new Uint8Array(rows.length).fill(1);
  axes.forEach(({ name, scale }, number) => {
    if (!brush.has(name)) return;
    const [low, high] = brush.get(name).map((value) => scale.position(value));
    const at = places[number];
    for (let index = 0; index < rows.length; index++) if (!(at[index] >= low - slack && at[index] <= high + slack)) isIn[index] = 0;
  });
  return isIn;
}
