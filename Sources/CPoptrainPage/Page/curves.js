// Score against steps: a line for each model, from the one that it continues or copies; the winner's drawn out.

import { bands, bandsOfRows, drawBands, groupsOfValues } from "./bands.js";
import { founderColour } from "./colours.js";
import { card, renew, savers, select, toggle } from "./dom.js";
import { Nearest, whenIdle } from "./nearest.js";
import { Plot, line, shown } from "./plot.js";
import { pointing } from "./pointing.js";

/** Beyond so many members lines are a blur, and bands say more. */
export const mostLines = 200;

export class Curves {
  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Score", null);
    this.plot = new Plot(this.card.body, {
      label: "", height: 380,
      on: {
        ...pointing(app, (x, y) => this.#nearest(x, y)),
        zoom: (part) => app.set({ x: part?.x, y: part ? part.y ?? app.state.y : undefined }),
      },
    });
  }

  draw() {
    const { app, plot } = this;
    const { run, state } = app;
    const { outline } = run;
    this.plot.element.hidden = !outline && !run.about.best;
    const series = outline ?? app.series;
    const xScale = shown(state.x, series.start(state.xlog), series.end, state.xlog);
    const yScale = series.scale(run, state);
    this.#drawControls(yScale.isLog);
    this.index = null;
    whenIdle(() => this.#points());
    const isBanded = outline || (run.about.populationSize > mostLines && !state.lines);
    const legend = [
      { text: "best model's lineage", colour: "winner", kind: "line" },
      isBanded ? { text: "all models: range, 80 %, half, median", colour: "band", kind: "area" } : { text: "other models", colour: "faint", kind: "thin" },
      ...state.pin.map((member, index) => ({ text: `member ${member}`, colour: founderColour(index), kind: "line" })),
    ];
    plot.draw({ x: xScale, y: yScale, labels: { x: series.label, y: run.about.metric }, legend }, (context, frame, colours) => {
      if (isBanded) {
        drawBands(context, outline?.bands(frame) ?? this.#bands(frame), frame.area.left, (value) => frame.y(value), colours.band);
      } else {
        context.strokeStyle = colours.faint;
        context.lineWidth = 1;
        if (state.smooth && run.about.populationSize <= 50) {
          context.globalAlpha = 0.18;
          drawMembers(context, frame, run, series.x, series.raw);
        }
        context.globalAlpha = Math.max(0.12, Math.min(0.75, 20 / run.about.populationSize));
        drawMembers(context, frame, run, series.x, series.y);
      }
      state.pin.forEach((member, index) => {
        context.strokeStyle = founderColour(index);
        context.lineWidth = 1.8;
        context.globalAlpha = 1;
        drawRows(context, frame, run, series, run.rowsOf.get(member) ?? []);
      });
      const winner = outline?.winner ?? run.lineage(run.bestRow);
      context.strokeStyle = colours.winner;
      if (state.smooth) {
        context.globalAlpha = 0.35;
        context.lineWidth = 1;
        drawRows(context, frame, run, { x: series.x, y: series.raw }, winner);
      }
      context.globalAlpha = 1;
      context.lineWidth = 2.5;
      drawRows(context, frame, run, series, winner);
    });
    const outside = state.y ? 0 : series.outside(yScale.low, yScale.high);
    if (outline) this.card.say(`Loading ${outline.about.intervals.toLocaleString("en")} intervals. Until they are here, the bands show how they are spread.`);
    else if (!run.about.best) this.card.say("No interval has a score yet.");
    else this.card.say(outside ? `${outside.toLocaleString("en")} of ${run.count.toLocaleString("en")} intervals lie beyond this scale: tick “all” to see them.` : "");
    const best = run.about.best;
    plot.describe(`${run.about.metric} against ${series.label} of ${run.about.members.length} members.${best ? ` The best model, of member ${best.member}, has ${best.score} at ${best.age} steps.` : ""}`);
  }

  /** Draws the line that leads to a row above the others. */
  highlight(row) {
    const { run, series } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = context.fillStyle = colours.hover;
      context.lineWidth = 2;
      drawRows(context, frame, run, series, run.lineage(row));
      context.beginPath();
      context.arc(frame.x(series.x[row]), frame.y(series.y[row]), 4, 0, 7);
      context.fill();
    });
  }

  #drawControls(isLog) {
    const { app } = this;
    const { state } = app;
    renew(this.card.controls,
      select("across", [["age", "steps of the model"], ["time", "time"]], state.across, (across) => app.set({ across, x: undefined })),
      select("smooth", [["0", "off"], ["0.6", "some"], ["0.9", "much"]], String(state.smooth), (value) => app.set({ smooth: Number(value) })),
      toggle("log x", state.xlog, (xlog) => app.set({ xlog, x: undefined })),
      toggle("log y", isLog, (ylog) => app.set({ ylog, y: undefined })),
      toggle("all", state.all, (all) => app.set({ all, y: undefined })),
      app.run.about.populationSize > mostLines ? toggle("every line", state.lines, (lines) => app.set({ lines })) : "",
      ...(state.x || state.y ? [resetButton(app)] : []),
      ...savers(() => this.plot, () => `${app.run.about.name}-score`));
  }

  #bands(frame) {
    const { run, series } = this.app;
    const { left, width } = frame.area;
    if (this.groups?.series !== series) this.groups = Object.assign(groupsOfValues((row) => series.y[row]), { series });
    this.groups.update(series.x, run.count);
    const all = this.groups.all;
    return all
      ? bands(all, (place) => frame.x(place) - left, width)
      : bandsOfRows(run.count, (row) => frame.x(series.x[row]) - left, (row) => series.y[row], Math.ceil(width));
  }

  #nearest(x, y) {
    return this.#points()?.find(x, y) ?? -1;
  }

  /** The points of the figure, sorted for the pointer. */
  #points() {
    const { run, series } = this.app;
    const frame = this.plot.frame;
    if (!frame || !run || run.outline) return null;
    return (this.index ??= new Nearest(run.count, (row) => frame.x(series.x[row]), (row) => frame.y(series.y[row]), frame.width, frame.height));
  }
}

function resetButton(app) {
  const button = document.createElement("button");
  button.textContent = "zoom out";
  button.addEventListener("click", () => app.set({ x: undefined, y: undefined }));
  return button;
}

/** Draws the lines of all members, each from what it continues. */
function drawMembers(context, frame, run, x, y) {
  const parent = run.column("parent");
  for (const rows of run.rowsOf.values()) {
    context.beginPath();
    let last = -1;
    for (const row of rows) {
      if (Number.isNaN(y[row])) continue;
      const from = parent[row];
      const [px, py] = [frame.x(x[row]), frame.y(y[row])];
      if (from >= 0 && from === last) context.lineTo(px, py);
      else if (from >= 0 && !Number.isNaN(y[from])) line(context, frame.x(x[from]), frame.y(y[from]), px, py);
      else context.moveTo(px, py);
      last = row;
    }
    context.stroke();
  }
}

/** Draws a line through rows, one after the other. */
export function drawRows(context, frame, run, { x, y }, rows) {
  context.beginPath();
  let isOpen = false;
  for (const row of rows) {
    if (Number.isNaN(y[row])) continue;
    context[isOpen ? "lineTo" : "moveTo"](frame.x(x[row]), frame.y(y[row]));
    isOpen = true;
  }
  context.stroke();
}
