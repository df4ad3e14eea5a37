// A member's scores among those of the best model: where it copied and what it left.

import { drawRows } from "./curves.js";
import { card, savers } from "./dom.js";
import { Nearest } from "./nearest.js";
import { Plot, line, shown } from "./plot.js";
import { pointing } from "./pointing.js";

export class MemberCurve {
  constructor(app, host, id) {
    this.app = app;
    this.id = id;
    this.card = card(host, "Score", null);
    this.card.controls.append(...savers(() => this.plot, () => `${app.run.about.name}-member-${id}`));
    this.plot = new Plot(this.card.body, {
      label: "", height: 280,
      on: {
        ...pointing(app, (x, y) => this.#nearest(x, y)),
        zoom: (part) => app.set({ x: part?.x, y: part ? part.y ?? app.state.y : undefined }),
      },
    });
  }

  draw() {
    const { run, state, series } = this.app;
    const own = run.rowsOf.get(this.id) ?? [];
    const lineage = run.lineage(own.at(-1) ?? -1);
    const copies = own.filter((row) => run.isCopy(row));
    this.rows = [...new Set([...own, ...lineage])];
    this.index = null;
    const axes = {
      x: shown(state.x, series.start(state.xlog), series.end, state.xlog), y: series.scale(run, state),
      labels: { x: series.label, y: run.about.metric },
      legend: [
        { text: `member ${this.id}`, colour: "ink", kind: "line" }, { text: "its model's lineage", colour: "band", kind: "line" },
        { text: "a copy: from its own end to the donor", colour: "quiet", kind: "thin" }, { text: "best model's lineage", colour: "winner", kind: "thin" },
      ],
    };
    this.plot.draw(axes, (context, frame, colours) => {
      const at = (row) => [frame.x(series.x[row]), frame.y(series.y[row])];
      context.strokeStyle = colours.winner;
      context.globalAlpha = 0.7;
      drawRows(context, frame, run, series, run.lineage(run.bestRow));
      context.globalAlpha = 1;
      context.strokeStyle = colours.band;
      context.lineWidth = 3;
      drawRows(context, frame, run, series, lineage);
      this.#drawCopies(context, at, copies, colours);
      context.strokeStyle = context.fillStyle = colours.ink;
      context.lineWidth = 1.6;
      drawOwn(context, run, own, at);
    });
    this.card.say(copies.length ? `${copies.length} of its ${own.length} intervals began with a copy.` : own.length ? "None of its intervals began with a copy." : "It has trained nothing yet.");
    this.plot.describe(`${run.about.metric} of member ${this.id} against ${series.label}: ${own.length} intervals, ${copies.length} copies.`);
  }

  highlight(row) {
    const { run, series } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = context.fillStyle = colours.hover;
      context.lineWidth = 2;
      drawRows(context, frame, run, series, run.lineage(row));
      dot(context, frame.x(series.x[row]), frame.y(series.y[row]), 4);
    });
  }

  /** A dashed line from where the member stood to the model that it took instead. */
  #drawCopies(context, at, copies, colours) {
    const { run } = this.app;
    const parent = run.column("parent");
    const own = run.rowsOf.get(this.id);
    context.strokeStyle = colours.quiet;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    for (const row of copies) {
      const before = own[own.indexOf(row) - 1];
      const places = [...(before === undefined ? [NaN, NaN] : at(before)), ...at(parent[row])];
      if (places.every(Number.isFinite)) line(context, ...places);
    }
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colours.band;
    for (const row of copies) dot(context, ...at(parent[row]), 3.5);
  }

  #nearest(x, y) {
    const { frame } = this.plot;
    if (!frame) return -1;
    const { series } = this.app;
    this.index ??= new Nearest(this.rows.length, (index) => frame.x(series.x[this.rows[index]]), (index) => frame.y(series.y[this.rows[index]]), frame.width, frame.height);
    const index = this.index.find(x, y);
    return index < 0 ? -1 : this.rows[index];
  }
}

/** The member's own intervals, each from the model with which it began; those without a score are passed over. */
function drawOwn(context, run, rows, at) {
  const parent = run.column("parent");
  context.beginPath();
  let last = -1;
  for (const row of rows) {
    const start = parent[row] < 0 ? -1 : run.isCopy(row) ? parent[row] : last;
    const to = at(row);
    if (!to.every(Number.isFinite)) continue;
    if (start >= 0 && at(start).every(Number.isFinite)) line(context, ...at(start), ...to);
    last = row;
  }
  context.stroke();
  if (rows.length < 200) for (const row of rows) dot(context, ...at(row), 2);
}

function dot(context, x, y, radius) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}
