// The score against one hyperparameter: a point for each interval, or how many lie on each pixel.

import { hyperparameterAxis } from "./axes.js";
import { shade, shadeCount, shadeIndex } from "./colours.js";
import { card, savers } from "./dom.js";
import { Nearest } from "./nearest.js";
import { Plot } from "./plot.js";
import { Scale, short } from "./scale.js";

/** Beyond so many, points hide each other, and their number on each pixel says more. */
const mostPoints = 50_000;
/** Beyond so many, squares are drawn: circles take too long. */
const mostCircles = 5000;

export class Scatter {
  constructor(app, host, hyperparameter) {
    this.app = app;
    this.hyperparameter = hyperparameter;
    this.card = card(host, hyperparameter.name, null);
    this.card.controls.append(...savers(() => this.plot, () => `${app.run.about.name}-${hyperparameter.name}`));
    this.plot = new Plot(this.card.body, {
      label: "", height: 260,
      on: {
        point: (x, y) => app.point(x === undefined ? -1 : this.#nearest(x, y)),
        pick: (x, y) => app.pick(this.#nearest(x, y)),
      },
    });
  }

  draw(data) {
    const { run, rows, range } = data;
    this.rows = rows;
    this.index = null;
    this.axis = hyperparameterAxis(run, this.hyperparameter);
    const ages = [run.about.intervalSteps ?? 0, run.about.steps || 1];
    const isDense = rows.length > mostPoints;
    const legend = [
      ...(isDense
        ? [{ text: "intervals on each pixel: the more, the stronger", colour: "band", kind: "area" }]
        : [{ text: `age ${short(ages[0])}`, colour: shade(0), kind: "dot" }, { text: short(ages[1] / 2), colour: shade(0.5), kind: "dot" }, { text: short(ages[1]), colour: shade(1), kind: "dot" }]),
      { text: "best model", colour: "winner", kind: "dot" },
    ];
    const axes = { x: padded(this.axis.scale), y: new Scale(...range), xMarks: this.axis.marks, labels: { x: this.hyperparameter.name, y: run.about.metric }, legend };
    this.plot.draw(axes, (context, frame, colours) => {
      if (isDense) drawDensity(context, frame, colours, this.axis, data);
      else drawPoints(context, frame, colours, this.axis, data, ages);
      this.#ring(context, frame, run.bestRow, colours.winner, colours.surface);
    });
    const of = this.axis.isChoice ? this.axis.marks.map(({ text }) => text).join(", ") : `${short(this.axis.scale.low)} to ${short(this.axis.scale.high)}`;
    this.plot.describe(`${run.about.metric} against ${this.hyperparameter.name} (${of}) of ${rows.length.toLocaleString("en")} intervals.`);
  }

  /** Marks the row, and the others of its member. */
  highlight(row) {
    const { run } = this.app;
    this.plot.overlay(row < 0 ? null : (context, frame, colours) => {
      context.strokeStyle = colours.hover;
      context.lineWidth = 1;
      const score = run.column("score");
      context.beginPath();
      for (const other of run.rowsOf.get(run.column("member")[row])) {
        const [x, y] = [frame.x(this.axis.value(other)), frame.y(score[other])];
        if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
        context.moveTo(x + 4, y);
        context.arc(x, y, 4, 0, 7);
      }
      context.stroke();
      this.#ring(context, frame, row, colours.hover, colours.surface);
    });
  }

  #ring(context, frame, row, colour, around) {
    if (row < 0) return;
    const [x, y] = [frame.x(this.axis.value(row)), frame.y(this.app.run.column("score")[row])];
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    context.globalAlpha = 1;
    for (const [radius, fill] of [[6.5, around], [5, colour]]) {
      context.beginPath();
      context.fillStyle = fill;
      context.arc(x, y, radius, 0, 7);
      context.fill();
    }
  }

  #nearest(x, y) {
    const { frame } = this.plot;
    if (!frame || !this.rows) return -1;
    const score = this.app.run.column("score");
    this.index ??= new Nearest(this.rows.length, (index) => frame.x(this.axis.value(this.rows[index])), (index) => frame.y(score[this.rows[index]]), frame.width, frame.height);
    const index = this.index.find(x, y);
    return index < 0 ? -1 : this.rows[index];
  }
}

/** A scale with room for whole points at both ends. */
function padded(scale) {
  return new Scale(scale.value(-0.03), scale.value(1.03), scale.isLog);
}

/** Draws each interval by its age, the older above the younger; those without the brush faint, below. */
function drawPoints(context, frame, colours, axis, { run, rows, isIn }, [youngest, oldest]) {
  const [score, age] = [run.column("score"), run.column("endAge")];
  const groups = Array.from({ length: shadeCount + 1 }, () => []);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    const place = isIn && !isIn[index] ? 0 : 1 + shadeIndex((age[row] - youngest) / (oldest - youngest));
    groups[place].push(row);
  }
  groups.forEach((group, number) => {
    context.fillStyle = number ? shade((number - 1) / (shadeCount - 1)) : colours.faint;
    context.globalAlpha = number ? 0.85 : 0.2;
    context.beginPath();
    for (const row of group) {
      const [x, y] = [frame.x(axis.value(row)), frame.y(score[row])];
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
function drawDensity(context, frame, colours, axis, { run, rows, isIn }) {
  const { left, top } = frame.area;
  const [width, height] = [Math.ceil(frame.area.width) + 1, Math.ceil(frame.area.height) + 1];
  const score = run.column("score");
  const [inside, outside] = [new Uint32Array(width * height), new Uint32Array(isIn ? width * height : 0)];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    const [x, y] = [Math.floor(frame.x(axis.value(row)) - left), Math.floor(frame.y(score[row]) - top)];
    if (!(x >= 0 && x < width && y >= 0 && y < height)) continue;
    (isIn && !isIn[index] ? outside : inside)[y * width + x]++;
  }
  for (const [counts, colour, least, most] of [[outside, colours.faint, 0.08, 0.3], [inside, colours.band, 0.16, 1]]) {
    context.fillStyle = colour;
    fillCounts(context, counts, width, left, top, least, most);
  }
}

const levels = 12;

/** Fills the pixels that hold something, with an opacity between `least` and `most` by the logarithm of how much. */
function fillCounts(context, counts, width, left, top, least, most) {
  let largest = 1;
  for (const count of counts) if (count > largest) largest = count;
  const level = (count) => Math.round((Math.log(count) / Math.log(largest) || 0) * (levels - 1));
  const pixels = Array.from({ length: levels }, () => []);
  for (let place = 0; place < counts.length; place++) if (counts[place]) pixels[level(counts[place])].push(place);
  pixels.forEach((places, number) => {
    context.globalAlpha = least + ((most - least) * number) / (levels - 1);
    for (let index = 0; index < places.length; index++) {
      // Neighbours in a line are one rectangle.
      const start = places[index];
      while (places[index + 1] === places[index] + 1 && places[index + 1] % width) index++;
      context.fillRect(left + (start % width), top + Math.floor(start / width), places[index] - start + 1, 1);
    }
  });
  context.globalAlpha = 1;
}
