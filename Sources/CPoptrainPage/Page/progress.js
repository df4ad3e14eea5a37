// The best score so far against the steps that all members of a run have trained: one run, or a group of them.

/**
 * The best score so far of a run, as steps: `{x, y}` wherever it rose, with the last step at the end, and the best score that
 * a member had at the end.
 */
export function progressOf(run) {
  const [score, start, end, finished] = ["score", "startAge", "endAge", "finishedAt"].map((name) => run.column(name));
  const order = finishingOrder(finished, run.count);
  const [x, y] = [[], []];
  let [steps, best] = [0, NaN];
  for (const row of order) {
    if (run.isEvaluation(row)) continue;
    steps += end[row] - start[row];
    if (Number.isNaN(score[row]) || run.isBetter(best, score[row]) || best === score[row]) continue;
    best = score[row];
    x.push(steps);
    y.push(best);
  }
  if (x.length && x.at(-1) < steps) {
    x.push(steps);
    y.push(best);
  }
  return { x, y, steps, best, atEnd: bestAtEnd(run, score) };
}

/** The best of the last scores of the members that have not left. */
function bestAtEnd(run, score) {
  let best = NaN;
  for (const member of run.present) {
    const last = run.rowsOf.get(member)?.findLast((row) => !run.isEvaluation(row));
    if (last !== undefined && !Number.isNaN(score[last]) && !run.isBetter(best, score[last])) best = score[last];
  }
  return best;
}

/** The rows in the order in which they finished; history is nearly in that order already. */
function finishingOrder(finished, count) {
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  for (let row = 1; row < count; row++) if (finished[row] < finished[row - 1]) return order.sort((a, b) => finished[a] - finished[b] || a - b);
  return order;
}

/** The mean and the range of several lines, from where all have a score to where the first ends. */
export function spread(lines) {
  const full = lines.filter(({ x }) => x.length);
  if (!full.length) return [];
  const from = Math.max(...full.map(({ x }) => x[0]));
  const to = Math.min(...full.map(({ x }) => x.at(-1)));
  const places = [...new Set(full.flatMap(({ x }) => x))].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
  const next = full.map(() => 0);
  return places.map((place) => {
    const values = full.map(({ x, y }, index) => {
      while (next[index] + 1 < x.length && x[next[index] + 1] <= place) next[index]++;
      return y[next[index]];
    });
    return { x: place, mean: values.reduce((sum, value) => sum + value, 0) / values.length, low: Math.min(...values), high: Math.max(...values) };
  });
}
