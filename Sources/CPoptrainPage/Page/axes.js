// Axes of values: those of hyperparameters and that of the score, for the figures that have several.

import { Scale, rounded } from "./scale.js";

/** The name of the score among axes, which no hyperparameter can have. */
const scoreName = ":score";

/** The axes of all hyperparameters and, as the last, of the score: each with a name, a title, a scale, and marks where it has choices. */
export function axesOf(run, scoreScale) {
  const axes = run.about.hyperparameters.map((hyperparameter) => {
    const { name, choices } = hyperparameter;
    const table = run.column(`value:${name}`);
    return choices
      ? { name, title: name, table, marks: choices.map((choice, value) => ({ value, text: choice })), scale: new Scale(-0.5, choices.length - 0.5) }
      : { name, title: name, table, scale: rangeOf(hyperparameter, table, run.valueCount) };
  });
  return [...axes, { name: scoreName, title: run.about.metric, scale: scoreScale }];
}

/** Where a row lies on an axis, from 0 to 1; NaN where it has no value. */
export function placeOf(run, axis, row) {
  if (!axis.table) return axis.scale.position(run.column("score")[row]);
  const place = axis.scale.position(axis.table[run.column("value")[row]]);
  return axis.marks ? place + jitter(row) / axis.marks.length : place;
}

/** The same of many rows. */
export function placesOf(run, axis, rows) {
  const places = new Float64Array(rows.length);
  if (!axis.table) {
    const score = run.column("score");
    for (let index = 0; index < rows.length; index++) places[index] = axis.scale.position(score[rows[index]]);
    return places;
  }
  const known = new Float64Array(run.valueCount);
  for (let value = 0; value < known.length; value++) known[value] = axis.scale.position(axis.table[value]);
  const value = run.column("value");
  for (let index = 0; index < rows.length; index++) places[index] = known[value[rows[index]]];
  if (axis.marks) for (let index = 0; index < rows.length; index++) places[index] += jitter(rows[index]) / axis.marks.length;
  return places;
}

/** The marks of an axis, about as many as asked for. */
export function marksOf(axis, count) {
  return axis.marks ?? axis.scale.marks(count);
}

/** A range of an axis in words. */
export function rangeText(axis, [low, high]) {
  if (!axis.marks) return rounded([low, high], 2).join(" to ").replaceAll("-", "−");
  return axis.marks.filter(({ value }) => value >= low - 0.3 && value <= high + 0.3).map(({ text }) => text).join(", ") || "nothing";
}

/** The range in the experiment, and what lies beyond it. */
function rangeOf({ low = Infinity, high = -Infinity, scale }, table, count) {
  const isLog = scale === "log";
  for (let index = 0; index < count; index++) {
    const value = table[index];
    if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? new Scale(low, high, { isLog, isWhole: scale === "integer" }) : new Scale(0, 1);
}

/** Spreads the rows of a choice across its column; the same row always at the same place. */
function jitter(row) {
  return ((row * 0.6180339887) % 1 - 0.5) * 0.6;
}
