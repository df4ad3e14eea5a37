// What the figures have across and up: age or time, the score as it is or smoothed.

import { Scale, isDrawable } from "./scale.js";

/** What an axis of ages is called. */
export const ageLabel = "steps of the model (age)";

/** Columns of numbers by row, brought up to date with what is new. */
export class Series {
  #size = 0;
  #spread = null;
  #ranks = null;
  x = new Float64Array(0);
  y = new Float64Array(0);

  /** `across` is `age` or `time`; `smooth` how much of the model's past each score keeps, from 0 to 1. */
  constructor(run, across, smooth) {
    this.run = run;
    this.across = across;
    this.smooth = smooth;
  }

  get label() { return this.across === "time" ? "time since the start, in minutes" : ageLabel; }

  /** The score as it was reported. */
  get raw() { return this.run.column("score"); }

  /** Computes what belongs to new rows. */
  update() {
    const { run } = this;
    const [count, score, parent] = [run.count, run.column("score"), run.column("parent")];
    if (this.across === "age") this.x = run.column("endAge");
    else {
      this.x = grown(this.x, count);
      const finished = run.column("finishedAt");
      const start = count ? run.column("startedAt")[0] : 0;
      for (let row = this.#size; row < count; row++) this.x[row] = (finished[row] - start) / 60;
    }
    if (!this.smooth) this.y = score;
    else {
      this.y = grown(this.y, count);
      for (let row = this.#size; row < count; row++) {
        const before = parent[row] < 0 ? NaN : this.y[parent[row]];
        this.y[row] = Number.isNaN(before) ? score[row] : Number.isNaN(score[row]) ? before : this.smooth * before + (1 - this.smooth) * score[row];
      }
    }
    this.#size = count;
  }

  /** Where the axis begins: at zero, or at the first value where it is logarithmic. */
  start(isLog) {
    if (!isLog) return 0;
    let least = Infinity;
    for (let row = 0; row < this.#size; row++) if (this.x[row] > 0 && this.x[row] < least) least = this.x[row];
    return least;
  }

  /** Where it ends: at the steps of the run, so that it does not move during the run. */
  get end() {
    let most = this.across === "age" ? this.run.about.steps : 0;
    for (let row = 0; row < this.#size; row++) if (this.x[row] > most) most = this.x[row];
    return most || 1;
  }

  /** The scale of the scores as it is chosen in `state`. */
  scale(run, state) {
    if (this.#spread?.size !== this.#size) this.#spread = { size: this.#size, ...this.#spreadOf(run) };
    return scoreScale(this.#spread, run.isMaximum, state);
  }

  #spreadOf(run) {
    let [low, high] = [Infinity, -Infinity];
    for (let row = 0; row < this.#size; row++) {
      const score = this.y[row];
      if (score < low && score !== -Infinity) low = score;
      if (score > high && score !== Infinity) high = score;
    }
    if (low > high) return { low: 0, high: 1, tail: 0 };
    return { low, high, tail: high > low ? this.#tail(run.isMaximum ? low : high, run.isMaximum ? high : low) : 0 };
  }

  /** Where the worst twentieth of the scores ends on the way from the worst to the best, in thousandths. */
  #tail(worst, best) {
    const counts = new Uint32Array(1001);
    let total = 0;
    for (let row = 0; row < this.#size; row++) {
      const place = Math.floor(((this.y[row] - worst) / (best - worst)) * 1000);
      if (!(place >= 0 && place <= 1000)) continue;
      counts[place]++;
      total++;
    }
    let passed = 0;
    return counts.findIndex((count) => (passed += count) > total / 20) / 1000;
  }

  /** For each row, the share of all scores that are worse: 0 for the worst, 1 for the best, NaN without a score. */
  get ranks() {
    if (this.#ranks?.length === this.#size) return this.#ranks;
    const score = this.raw.subarray(0, this.#size);
    const sorted = score.filter((number) => !Number.isNaN(number)).sort();
    const last = Math.max(1, sorted.length - 1);
    this.#ranks = score.map((number) => {
      if (Number.isNaN(number)) return NaN;
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle] < number) low = middle + 1;
        else high = middle;
      }
      return this.run.isMaximum ? low / last : 1 - low / last;
    });
    return this.#ranks;
  }

  /** How many scores lie outside a range. */
  outside(low, high) {
    let count = 0;
    for (let row = 0; row < this.#size; row++) if (this.y[row] < low || this.y[row] > high) count++;
    return count;
  }
}

/** Whether scores from `low` to `high` are drawn on a logarithmic scale unless somebody says otherwise, as by `poptrain figure`. */
export function isWide(low, high) {
  return low > 1e-300 && high / low > 100;
}

/** A range with room at both ends. */
export function roomy(low, high, isLog) {
  if (isLog) return [low / (high / low) ** 0.04, high * (high / low) ** 0.04];
  const margin = (high - low) * 0.04;
  return [low > 0 && low - margin <= 0 ? low : low - margin, high + margin];
}

/**
 * The scale of scores from `low` to `high`, as it is chosen: `y`, a range; `ylog`, whether it is logarithmic; `all` of them.
 * Unless all are wanted, a linear one leaves out the worst twentieth where that would take more than half of the figure:
 * models that have just begun are often far off. `tail`: the share of the way from the worst to the best score on which
 * that twentieth lies.
 */
export function scoreScale({ low, high, tail }, isMaximum, { y, ylog, all }) {
  const isLog = low > 0 && (ylog ?? isWide(low, high));
  if (y) return new Scale(...y, { isLog });
  const cut = !all && !isLog && tail > 0.5 && isDrawable(low, high) ? tail * (high - low) : 0;
  return new Scale(...roomy(isMaximum ? low + cut : low, isMaximum ? high : high - cut, isLog), { isLog });
}

function grown(array, count) {
  if (array.length >= count) return array;
  const larger = new Float64Array(Math.max(count, 2 * array.length));
  larger.set(array);
  return larger;
}
