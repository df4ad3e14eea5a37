// Who came from whom: each member a straight lane, each copy a branch from its donor's, coloured by score. What has no
// descendants left is faded. (After figure 6 of the paper.) A large population is drawn as streams of founders.

import { founderColour, shadeCount, shadeIndex } from "./colours.js";
import { mostLines } from "./curves.js";
import { card, renew, savers, select } from "./dom.js";
import { Shares, survivors } from "./founders.js";
import { Nearest, whenIdle } from "./nearest.js";
import { Plot, line, shown } from "./plot.js";
import { pointing } from "./pointing.js";
import { Scale, short } from "./scale.js";

const lanesHint = "Each member is a lane, each copy a branch from the member that was copied. The thick line leads to the best model; what has no descendants left is faded.";
const streamsHint = "Each stream is a founder: its height is the share of the models that descend from it.";

export class Lanes {
  shares = new Shares();

  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Lineages", lanesHint);
    this.plot = new Plot(this.card.body, {
      label: "", height: 400,
      on: {
        ...pointing(app, (x, y) => this.#nearest(x, y)),
        zoom: (part) => app.set({ x: part?.x }),
      },
    });
  }

  draw() {
    const { app, plot } = this;
    const { run, state, series } = app;
    const isStream = run.rowsOf.size > mostLines;
    this.#drawControls(isStream);
    this.card.hint.textContent = isStream ? streamsHint : lanesHint;
    this.plot.height = isStream ? 460 : Math.max(220, Math.min(1600, run.rowsOf.size * (run.rowsOf.size > 60 ? 9 : 18) + 70));
    this.index = null;
    whenIdle(() => this.#points());
    const x = shown(state.x, 0, series.end, false);
    if (isStream) this.#drawStreams(x);
    else this.#drawLanes(x);
    const copies = [...run.rowsOf.values()].flat().filter((row) => run.isCopy(row)).length;
    plot.describe(`Lineages of ${run.rowsOf.size} members with ${copies} copies. The best model's line leads through the members ${this.#path().join(", ")}.`);
  }

  highlight(row) {
    const { run, series } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      if (!this.lane) return this.shares.areas?.mark(context, run.founder[row], colours.hover);
      context.strokeStyle = context.fillStyle = colours.hover;
      context.lineWidth = 2.5;
      context.beginPath();
      for (const at of run.lineage(row)) this.#trace(context, frame, at);
      context.stroke();
      context.beginPath();
      context.arc(frame.x(series.x[row]), frame.y(this.lane.get(run.column("member")[row])), 4, 0, 7);
      context.fill();
    });
  }

  #drawLanes(x) {
    const { app, plot } = this;
    const { run } = app;
    const members = this.#order();
    this.lane = new Map(members.map((member, index) => [member, members.length - index]));
    const y = new Scale(0.3, members.length + 0.7);
    const every = Math.ceil(members.length / (plot.height / 14));
    const yMarks = members.map((member, index) => ({ value: members.length - index, text: String(member) })).filter((_, index) => index % every === 0);
    const legend = [
      { text: "best model's lineage", colour: "winner", kind: "line" },
      { text: "best scores", colour: 1, kind: "area" }, { text: "worst", colour: 0, kind: "area" },
      { text: "no descendants left", colour: "faint", kind: "thin" },
    ];
    plot.draw({ x, y, yMarks, labels: { x: app.series.label, y: "member" }, legend }, (context, frame, colours) => {
      const alive = this.#alive();
      const { ranks } = app.series;
      const groups = Array.from({ length: shadeCount }, () => []);
      context.strokeStyle = colours.faint;
      context.lineWidth = 1;
      context.globalAlpha = 0.45;
      context.beginPath();
      for (let row = 0; row < run.count; row++) {
        if (!alive[row]) this.#trace(context, frame, row);
        else groups[shadeIndex(ranks[row])].push(row);
      }
      context.stroke();
      context.globalAlpha = 1;
      context.lineWidth = Math.min(4, Math.max(1.5, frame.area.height / members.length / 3));
      groups.forEach((rows, index) => {
        context.strokeStyle = colours.shades[index];
        context.beginPath();
        for (const row of rows) this.#trace(context, frame, row);
        context.stroke();
      });
      context.strokeStyle = colours.winner;
      context.lineWidth += 1.5;
      context.globalAlpha = 0.85;
      context.beginPath();
      for (const row of run.lineage(run.bestRow)) this.#trace(context, frame, row);
      context.stroke();
      context.globalAlpha = 1;
    });
    this.card.say("");
  }

  #drawStreams(x) {
    const { run, series } = this.app;
    this.lane = null;
    const legend = [{ text: "best model's founder, the lowest", colour: founderColour(0), kind: "area" }, { text: "all but 24 founders", colour: "rule", kind: "area" }];
    this.plot.draw({ x, y: new Scale(0, 100), labels: { x: series.label, y: "share of the population, in %" }, legend }, (context, frame, colours) => {
      this.shares.draw(this.plot, run, series, context, frame, colours);
    });
    const { last } = this.shares.order(run);
    this.card.say(`${short(run.rowsOf.size)} lanes would be a blur. ${survivors(last.size, run.founders.length)}.`);
  }

  /** Adds a row to the path: a branch from what it began with, and its stretch of the lane. */
  #trace(context, frame, row) {
    const { run, series } = this.app;
    const [member, from] = [run.column("member"), run.column("parent")[row]];
    const y = frame.y(this.lane.get(member[row]));
    const end = frame.x(series.x[row]);
    const start = frame.x(from >= 0 ? series.x[from] : this.#start(row));
    if (from >= 0 && member[from] !== member[row]) {
      const bend = Math.min(14, Math.max(2, (end - start) / 2));
      const fromY = frame.y(this.lane.get(member[from]));
      context.moveTo(start, fromY);
      context.bezierCurveTo(start + bend, fromY, start, y, start + bend, y);
      context.lineTo(Math.max(end, start + bend), y);
    } else line(context, start, y, end, y);
  }

  /** Where a row without a parent begins. */
  #start(row) {
    const { run, series } = this.app;
    if (series.across === "age") return run.column("startAge")[row];
    return (run.column("startedAt")[row] - run.column("startedAt")[0]) / 60;
  }

  /** For each row, whether a member's model of today descends from it. */
  #alive() {
    const { run } = this.app;
    const alive = new Uint8Array(run.count);
    const parent = run.column("parent");
    const ends = run.present.map((member) => run.lastRow(member));
    for (const end of [...ends, run.bestRow]) for (let row = end; row >= 0 && !alive[row]; row = parent[row]) alive[row] = 1;
    return alive;
  }

  /** The members from top to bottom: by number, or such that relatives are neighbours. */
  #order() {
    const { run, state } = this.app;
    const members = [...run.rowsOf.keys()].sort((a, b) => a - b);
    if (state.order !== "kin") return members;
    const path = new Map(members.map((member) => [member, run.lineage(run.lastRow(member))]));
    const compare = (a, b) => {
      const [left, right] = [path.get(a), path.get(b)];
      const split = left.findIndex((row, index) => row !== right[index]);
      return split < 0 ? left.length - right.length || a - b : left[split] - (right[split] ?? -1);
    };
    return members.sort(compare);
  }

  /** The members through which the best model's line leads. */
  #path() {
    const { run } = this.app;
    const member = run.column("member");
    return run.lineage(run.bestRow).map((row) => member[row]).filter((id, index, all) => id !== all[index - 1]);
  }

  #drawControls(isStream) {
    const { app } = this;
    const { state } = app;
    renew(this.card.controls,
      isStream ? "" : select("order", [["", "by number"], ["kin", "relatives together"]], state.order, (order) => app.set({ order })),
      select("across", [["age", "steps of the model"], ["time", "time"]], state.across, (across) => app.set({ across, x: undefined })),
      ...savers(() => this.plot, () => `${app.run.about.name}-lineages`));
  }

  #nearest(x, y) {
    if (!this.lane) return this.shares.rowAt(this.app.run, x, y);
    return this.#points()?.find(x, y, 40) ?? -1;
  }

  /** The points of the figure, sorted for the pointer. */
  #points() {
    const { run, series } = this.app;
    const frame = this.plot.frame;
    if (!frame || !this.lane || !run) return null;
    const member = run.column("member");
    return (this.index ??= new Nearest(run.count, (row) => frame.x(series.x[row]), (row) => frame.y(this.lane.get(member[row])), frame.width, frame.height));
  }
}
