// The founder strip: the share of the population that descends from each founder. It shows takeovers and the loss of
// diversity in a few pixels.

import { Groups } from "./bands.js";
import { colourCount, founderColour } from "./colours.js";
import { card } from "./dom.js";
import { Plot, shown } from "./plot.js";
import { pointing } from "./pointing.js";
import { Scale, short } from "./scale.js";

/** So many founders are coloured, those that lasted longest; the others are grey. */
const coloured = 24;

/** Counts, for each place across, how many models descend from each founder. */
export class Shares {
  #groups = null;
  #series = null;
  /** The last row of each founder's descendants. */
  #lasted = new Map();

  /** Counts what is new; `columns`: the counts in each column of pixels, of which `column(place)` tells the number. */
  columns(run, series, column, width) {
    if (this.#series !== series) {
      this.#series = series;
      this.#lasted.clear();
      this.#groups = new Groups(() => ({ counts: new Map() }), ({ counts }, row) => this.#count(run, counts, row));
    }
    this.#groups.update(series.x, run.count);
    const columns = new Array(width);
    const add = (at, founder, count) => {
      if (!(at >= 0 && at < width)) return;
      const counts = (columns[at] ??= new Map());
      counts.set(founder, (counts.get(founder) ?? 0) + count);
    };
    const all = this.#groups.all;
    if (all) for (const { place, counts } of all) for (const [founder, count] of counts) add(Math.ceil(column(place)) - 1, founder, count);
    else for (let row = 0; row < run.count; row++) if (!run.isEvaluation(row)) add(Math.ceil(column(series.x[row])) - 1, run.founder[row], 1);
    return columns;
  }

  /** How many of the members that have not left descend from each founder; the founders, the winner's first, then those that lasted. */
  order(run) {
    const founder = run.founder;
    const last = new Map();
    for (const row of run.present.map((member) => run.lastRow(member)).filter((row) => row >= 0)) {
      last.set(founder[row], (last.get(founder[row]) ?? 0) + 1);
    }
    const winner = run.bestRow < 0 ? -1 : founder[run.bestRow];
    const order = run.founders.map((_, number) => number).sort(
      (a, b) => (b === winner) - (a === winner) || (last.get(b) ?? 0) - (last.get(a) ?? 0) || (this.#lasted.get(b) ?? 0) - (this.#lasted.get(a) ?? 0));
    return { last, order };
  }

  /** Draws the shares in a figure. What the page shows, unlike a figure that is saved, can be pointed at. */
  draw(plot, run, series, context, frame, colours) {
    const columns = this.columns(run, series, (place) => frame.x(place) - frame.area.left, Math.ceil(frame.area.width));
    const areas = new Areas(columns, this.order(run).order, frame.area);
    areas.draw(context, colours.rule);
    if (frame === plot.frame) this.areas = areas;
  }

  /** The first row of the founder at a place of the figure; -1: there is none. */
  rowAt(run, x, y) { return run?.founders[this.areas?.founderAt(x, y)] ?? -1; }

  #count(run, counts, row) {
    if (run.isEvaluation(row)) return;
    const founder = run.founder[row];
    counts.set(founder, (counts.get(founder) ?? 0) + 1);
    this.#lasted.set(founder, row);
  }
}

/** The shares in a figure, as areas, a colour for each of the largest founders. */
class Areas {
  /** `order`: the founders from bottom to top. */
  constructor(columns, order, area) {
    this.order = order;
    this.area = area;
    this.ranks = new Map(order.map((founder, rank) => [founder, rank]));
    this.columns = columns.map((counts, column) => ({ counts, column })).filter(({ counts }) => counts);
    // What was trained up to here was there since the column before.
    this.columns.forEach((one, index) => (one.start = index ? this.columns[index - 1].column + 1 : 0));
  }

  draw(context, faint) {
    const { left, top, height } = this.area;
    for (const { counts, column, start } of this.columns) {
      const width = column + 1 - start;
      const total = sum(counts);
      let y = top + height;
      this.order.slice(0, coloured).forEach((founder, number) => {
        const part = ((counts.get(founder) ?? 0) / total) * height;
        context.fillStyle = founderColour(number);
        // Colours that come again are lighter.
        context.globalAlpha = 0.6 ** Math.floor(number / colourCount);
        if (part > 0) context.fillRect(left + start, y - part, width, part);
        y -= part;
      });
      context.fillStyle = faint;
      context.globalAlpha = 1;
      context.fillRect(left + start, top, width, y - top);
    }
  }

  /** The founder whose area is at a place, if there is one. */
  founderAt(x, y) {
    const { left, top, height } = this.area;
    const counts = this.columns.find(({ column }) => column >= Math.floor(x - left))?.counts;
    let below = counts ? (1 - (y - top) / height) * sum(counts) : 0;
    return counts && this.order.find((founder) => (below -= counts.get(founder) ?? 0) <= 0);
  }

  /** Marks the area of a founder. */
  mark(context, founder, colour) {
    const { left, top, height } = this.area;
    context.fillStyle = colour;
    context.globalAlpha = 0.6;
    for (const { counts, column, start } of this.columns) {
      const total = sum(counts);
      const below = sum(new Map([...counts].filter(([other]) => this.ranks.get(other) < this.ranks.get(founder))));
      const part = ((counts.get(founder) ?? 0) / total) * height;
      if (part > 0) context.fillRect(left + start, top + height - (below / total) * height - part, column + 1 - start, part);
    }
    context.globalAlpha = 1;
  }
}

function sum(counts) {
  return counts.values().reduce((sum, count) => sum + count, 0);
}

export class Founders {
  shares = new Shares();

  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Founders", null);
    this.plot = new Plot(this.card.body, { label: "", height: 56, on: pointing(app, (x, y) => this.shares.rowAt(app.run, x, y)) });
  }

  draw() {
    const { app, plot } = this;
    const { run, state } = app;
    const series = run.outline ?? app.series;
    const x = shown(state.x, series.start(state.xlog), series.end, state.xlog);
    plot.draw({ x, y: new Scale(0, 1), yMarks: [{ value: 0.5, text: "share" }], isBare: true }, (context, frame, colours) => {
      if (!run.outline) this.shares.draw(plot, run, series, context, frame, colours);
    });
    plot.element.hidden = !run.outline && !run.count;
    if (run.outline) return this.card.say("Loading…");
    const { last } = this.shares.order(run);
    const [alive, first] = [last.size, run.founders.length];
    const [largest, descendants] = [...last].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [-1, 0]);
    const share = descendants / sum(last);
    const text = last.size
      ? `${survivors(alive, first)}; ${Math.round(share * 100)} % of the population descends from member ${run.column("member")[run.founders[largest]]}${share === 1 && first > 1 ? ", so all diversity of models is lost" : ""}.`
      : "No interval has ended yet.";
    this.card.say(text);
    plot.describe(`Share of the population by founder. ${text}`);
  }

  /** Marks the descendants of the founder that the row descends from. */
  highlight(row) {
    const { areas } = this.shares;
    this.plot.overlay(row < 0 || !areas ? null : (context, _, colours) => areas.mark(context, this.app.run.founder[row], colours.hover));
  }
}

/** How many of the founders have descendants, in words. */
export function survivors(alive, founders) {
  return `${short(alive)} of ${short(founders)} founders ${alive === 1 ? "has" : "have"} descendants left`;
}
