// The score against one hyperparameter: a point for each interval, or how many lie on each pixel.

import { placeOf } from "./axes.js";
import { shadeCount, shadeIndex } from "./colours.js";
import { levelsOf, opacities, paintLevels } from "./density.js";
import { card, savers } from "./dom.js";
import { Nearest } from "./nearest.js";
import { Plot } from "./plot.js";
import { pointing } from "./pointing.js";
import { Scale, short } from "./scale.js";

/** Beyond so many, points hide each other, and their number on each pixel says more. */
const mostPoints = 50_000;
/** Beyond so many, squares are drawn: circles take too long. */
const mostCircles = 5000;
/** Room for whole points at both ends of the axis. */
const margin = 0.03;

export class Scatter {
  /** Of the hyperparameter with this number. */
  constructor(app, host, number) {
    Object.assign(this, { app, number });
    const { name } = app.run.about.hyperparameters[number];
    this.card = card(host, name, null);
    this.card.controls.append(...savers(() => this.plot, () => `${app.run.about.name}-${name}`));
    this.plot = new Plot(this.card.body, {
      label: "", height: 260,
      on: {
        ...pointing(app, (x, y) => this.#nearest(x, y)),
        // Only the scores: the values are not those of the other figures.
        zoom: (part) => (!part || part.y) && app.set({ y: part?.y }),
      },
    });
  }

  draw(data) {
    const { run, rows } = data;
    const [axis, score] = [data.axes[this.number], data.axes.at(-1)];
    this.points = { rows, isIn: data.isIn, across: data.places[this.number], up: data.places.at(-1) };
    Object.assign(this, { axis, score, index: null });
    const ages = [run.about.intervalSteps, run.about.steps];
    const isDense = rows.length > mostPoints;
    const legend = [
      ...(isDense
        ? [{ text: "intervals on each pixel: the more, the stronger", colour: "band", kind: "area" }]
        : [{ text: `age ${short(ages[0])}`, colour: 0, kind: "dot" }, { text: short(ages[1] / 2), colour: 0.5, kind: "dot" }, { text: short(ages[1]), colour: 1, kind: "dot" }]),
      { text: "best model", colour: "winner", kind: "dot" },
    ];
    const axes = { x: padded(axis.scale), y: score.scale, xMarks: axis.marks, labels: { x: axis.title, y: score.title }, legend };
    this.plot.draw(axes, (context, frame, colours) => {
      if (isDense) drawDensity(context, frame, colours, this.points);
      else drawPoints(context, frame, colours, this.points, (index) => (run.column("endAge")[rows[index]] - ages[0]) / (ages[1] - ages[0]));
      this.#mark(context, frame, run.bestRow, colours.winner, colours.surface);
    });
    const of = axis.marks ? axis.marks.map(({ text }) => text).join(", ") : `${short(axis.scale.low)} to ${short(axis.scale.high)}`;
    this.plot.describe(`${score.title} against ${axis.title} (${of}) of ${rows.length.toLocaleString("en")} intervals.`);
  }

  /** Marks the row, and the others of its member. */
  highlight(row) {
    const { run } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = colours.hover;
      context.lineWidth = 1;
      context.beginPath();
      for (const [x, y] of this.#pixels(frame, run.rowsOf.get(run.column("member")[row]))) {
        context.moveTo(x + 4, y);
        context.arc(x, y, 4, 0, 7);
      }
      context.stroke();
      this.#mark(context, frame, row, colours.hover, colours.surface);
    });
  }

  #mark(context, frame, row, colour, around) {
    context.globalAlpha = 1;
    for (const [x, y] of row < 0 ? [] : this.#pixels(frame, [row])) {
      for (const [radius, fill] of [[6.5, around], [5, colour]]) {
        context.beginPath();
        context.fillStyle = fill;
        context.arc(x, y, radius, 0, 7);
        context.fill();
      }
    }
  }

  /** Where rows lie in the figure; those without a value are left out. */
  #pixels(frame, rows) {
    const { run } = this.app;
    return rows.map((row) => [xOf(frame, placeOf(run, this.axis, row)), yOf(frame, placeOf(run, this.score, row))]).filter((place) => place.every(Number.isFinite));
  }

  #nearest(x, y) {
    const { frame } = this.plot;
    if (!frame || !this.points) return -1;
    const { rows, across, up } = this.points;
    this.index ??= new Nearest(rows.length, (index) => xOf(frame, across[index]), (index) => yOf(frame, up[index]), frame.width, frame.height);
    const index = this.index.find(x, y);
    return index < 0 ? -1 : rows[index];
  }
}

function padded(scale) {
  return new Scale(scale.value(-margin), scale.value(1 + margin), scale);
}

function xOf({ area }, place) {
  return area.left + ((place + margin) / (1 + 2 * margin)) * area.width;
}

function yOf({ area }, place) {
  return area.top + (1 - place) * area.height;
}

/** Draws each interval by its age (`ages(index)` from 0 to 1), the older above the younger; those outside the brush faint, below. */
function drawPoints(context, frame, colours, { rows, isIn, across, up }, ages) {
  const groups = Array.from({ length: shadeCount + 1 }, () => []);
  for (let index = 0; index < rows.length; index++) groups[isIn && !isIn[index] ? 0 : 1 + shadeIndex(ages(index))].push(index);
  groups.forEach((group, number) => {
    context.fillStyle = number ? colours.shades[number - 1] : colours.faint;
    context.globalAlpha = number ? 0.85 : 0.2;
    context.beginPath();
    for (const index of group) {
      const [x, y] = [xOf(frame, across[index]), yOf(frame, up[index])];
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      if (rows.length > mostCircles) context.rect(x - 1, y - 1, 2, 2);
      else {
        context.moveTo(x + 2.5, y);
        context.arc(x, y, 2.5, 0, 7);
      }
    }
    context.fill();
  });
  context.globalAlpha = 1;
}

/** Draws how many intervals lie on each pixel. Exact: each one counts. */
function drawDensity(context, frame, colours, { rows, isIn, across, up }) {
  const { left, top } = frame.area;
  const [width, height] = [Math.ceil(frame.area.width) + 1, Math.ceil(frame.area.height) + 1];
  const [inside, outside] = [new Uint32Array(width * height), new Uint32Array(width * height)];
  for (let index = 0; index < rows.length; index++) {
    const [x, y] = [Math.floor(xOf(frame, across[index]) - left), Math.floor(yOf(frame, up[index]) - top)];
    if (x >= 0 && x < width && y >= 0 && y < height) (isIn && !isIn[index] ? outside : inside)[y * width + x]++;
  }
  if (isIn) paintLevels(context, levelsOf(outside), width, left, top, opacities(colours.faint, 0.08, 0.3));
  paintLevels(context, levelsOf(inside), width, left, top, opacities(colours.band, 0.16, 1));
}
