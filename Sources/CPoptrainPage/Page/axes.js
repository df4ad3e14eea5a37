// Axes of values: those of hyperparameters and that of the score, for the figures that have several.

import { Scale, short } from "./scale.js";

/** The name of the score among axes, which no hyperparameter can have. */
export const scoreName = ":score";

/** An axis has a name, a title, a scale, marks where it has choices, and `value(row)`: a number, NaN where there is none. */
export function hyperparameterAxis(run, hyperparameter) {
  const { name, choices } = hyperparameter;
  const [table, valueOf] = [run.column(`value:${name}`), run.column("value")];
  const axis = { name, title: name, table, isChoice: Boolean(choices) };
  if (choices) {
    axis.scale = new Scale(-0.5, choices.length - 0.5);
    axis.marks = choices.map((choice, value) => ({ value, text: String(choice) }));
    axis.value = (row) => table[valueOf[row]] + jitter(row);
  } else {
    axis.scale = rangeOf(hyperparameter, table, run.valueCount);
    axis.value = (row) => table[valueOf[row]];
  }
  return axis;
}

/** The axis of the score. */
export function scoreAxis(run, [low, high]) {
  const score = run.column("score");
  return { name: scoreName, title: run.about.metric, scale: new Scale(low, high), value: (row) => score[row] };
}

/** The marks of an axis, about as many as asked for. */
export function marksOf(axis, count) {
  return axis.marks ?? axis.scale.marks(count);
}

/** A range of an axis in words. */
export function rangeText(axis, [low, high]) {
  if (!axis.isChoice) return `${short(low)} to ${short(high)}`;
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
  return low <= high ? new Scale(low, high, isLog) : new Scale(0, 1);
}

/** Spreads the rows of a choice across its column; the same row always at the same place. */
function jitter(row) {
  return ((row * 0.6180339887) % 1 - 0.5) * 0.6;
}
