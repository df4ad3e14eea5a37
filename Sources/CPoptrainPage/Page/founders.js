// The founder strip: the share of the population that descends from each founder. It shows takeovers and the loss of
// diversity in a few pixels.

import { founderColour } from "./colours.js";
import { card } from "./dom.js";
import { Plot, shown } from "./plot.js";
import { Scale } from "./scale.js";

/** So many founders are coloured, those that lasted longest; the others are grey. */
const coloured = 24;

/**
 * How many models of each founder were trained in each column of pixels; the founders, the winner's first, then by how long
 * they lasted; and how many members descend from each at the end.
 */
export function shares(run, places, width) {
  const founder = run.founder;
  const columns = Array.from({ length: width }, () => new Map());
  const lasted = new Float64Array(run.founders.length);
  for (let row = 0; row < run.count; row++) {
    const column = Math.ceil(places(row)) - 1;
    lasted[founder[row]] = row;
    if (column < 0 || column >= width || run.isEvaluation(row)) continue;
    columns[column].set(founder[row], (columns[column].get(founder[row]) ?? 0) + 1);
  }
  const last = new Map();
  for (const member of run.rowsOf.keys()) {
    const origin = founder[run.lastRow(member)];
    last.set(origin, (last.get(origin) ?? 0) + 1);
  }
  const winner = run.bestRow < 0 ? -1 : founder[run.bestRow];
  const ends = (number) => (last.has(number) ? Infinity : lasted[number]);
  const order = run.founders.map((_, number) => number).sort(
    (a, b) => (b === winner) - (a === winner) || (last.get(b) ?? 0) - (last.get(a) ?? 0) || ends(b) - ends(a) || 0);
  return { columns, order, last };
}

/** Draws the shares as areas, a colour for each of the largest founders. */
export function drawShares(context, { columns, order }, left, top, height, faint) {
  const named = order.slice(0, coloured);
  const filled = columns.map((counts, column) => ({ counts, column })).filter(({ counts }) => counts.size);
  filled.forEach(({ counts, column }, index) => {
    // What was trained up to here was there since the column before.
    const start = index ? filled[index - 1].column + 1 : 0;
    const width = column + 1 - start;
    const total = counts.values().reduce((sum, count) => sum + count, 0);
    let y = top + height;
    named.forEach((founder, number) => {
      const part = ((counts.get(founder) ?? 0) / total) * height;
      context.fillStyle = founderColour(number);
      if (part > 0) context.fillRect(left + start, y - part, width, part);
      y -= part;
    });
    context.fillStyle = faint;
    context.fillRect(left + start, top, width, y - top);
  });
}

export class Founders {
  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Founders", null);
    this.plot = new Plot(this.card.body, {
      label: "", height: 56, on: { pick: (x, y) => this.#pick(x, y), point: () => {} },
    });
  }

  draw() {
    const { app, plot } = this;
    const { run, state, series } = app;
    const x = shown(state.x, series.start(state.xlog), series.end, state.xlog);
    let strip;
    plot.draw({ x, y: new Scale(0, 1), yMarks: [{ value: 0.5, text: "share" }], isBare: true }, (context, frame, colours) => {
      const { left, top, width, height } = frame.area;
      strip = shares(run, (row) => frame.x(series.x[row]) - left, Math.ceil(width));
      drawShares(context, strip, left, top, height, colours.rule);
    });
    this.order = strip.order;
    const [alive, first] = [strip.last.size, run.founders.length];
    const largest = [...strip.last.keys()].toSorted((a, b) => strip.last.get(b) - strip.last.get(a))[0];
    const share = strip.last.get(largest) / run.rowsOf.size;
    const text = run.count
      ? `${alive} of ${first} founders have descendants left; ${Math.round(share * 100)} % of the population descends from member ${run.column("member")[run.founders[largest]]}${share === 1 ? ", so all diversity of models is lost" : ""}.`
      : "";
    this.card.say(text);
    plot.describe(`Share of the population by founder. ${text}`);
  }

  /** The founder's member is the one to look at. */
  #pick(x, y) {
    const { area } = this.plot.frame;
    const place = 1 - (y - area.top) / area.height;
    let sum = 0;
    const { run } = this.app;
    for (const founder of this.order) {
      const rows = [...run.rowsOf.keys()].filter((member) => run.founder[run.lastRow(member)] === founder).length;
      sum += rows / run.rowsOf.size;
      if (sum >= place) return this.app.pick(run.founders[founder]);
    }
  }
}
