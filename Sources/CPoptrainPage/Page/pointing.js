// The interval that is pointed at in a figure of intervals: by the pointer, or by keys that walk from one to the next.

import { h } from "./dom.js";
import { duration, short } from "./scale.js";

/** What such a figure listens to; `nearest(x, y)`: the row at a place, -1 where there is none. */
export function pointing(app, nearest) {
  return {
    point: (x, y) => app.point(x === undefined ? -1 : nearest(x, y)),
    pick: (x, y) => app.pick(nearest(x, y)),
    walk: (members, intervals, box) => app.walkTo(further(app.run, app.pointed, members, intervals), box),
    open: () => app.pick(app.pointed),
  };
}

/** What the interval of a row was, for the tip. */
export function described(run, row) {
  const [member, parent] = [run.column("member")[row], run.column("parent")[row]];
  const lines = [h("b", {}, `member ${member}`), ` · age ${short(run.column("endAge")[row])}`, h("br"), `${run.about.metric} ${short(run.column("score")[row])}`];
  if (run.outcome(row) !== "completed") lines.push(` · ${run.outcome(row)}`);
  if (run.isCopy(row)) lines.push(h("br"), `copied member ${run.column("member")[parent]}`);
  for (const hyperparameter of run.about.hyperparameters.slice(0, 8)) lines.push(h("br"), `${hyperparameter.name} ${short(run.value(row, hyperparameter))}`);
  const more = run.about.hyperparameters.length - 8;
  if (more > 0) lines.push(h("br"), h("span", { class: "quiet" }, `and ${more} more`));
  const took = run.column("finishedAt")[row] - run.column("startedAt")[row];
  lines.push(h("br"), h("span", { class: "quiet" }, `took ${duration(took)}`));
  return lines;
}

/** The row so many members or so many of its member's intervals further, or the last one there; at first the best model's. */
function further(run, row, members, intervals) {
  if (row < 0) return run.bestRow < 0 ? run.count - 1 : run.bestRow;
  const member = run.column("member")[row];
  if (intervals) return neighbour(run.rowsOf.get(member), row, intervals);
  const ids = [...run.rowsOf.keys()].sort((a, b) => a - b);
  const age = run.column("endAge");
  const distance = (other) => Math.abs(age[other] - age[row]);
  return run.rowsOf.get(neighbour(ids, member, members)).reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

function neighbour(list, entry, steps) {
  return list[Math.max(0, Math.min(list.length - 1, list.indexOf(entry) + steps))];
}
