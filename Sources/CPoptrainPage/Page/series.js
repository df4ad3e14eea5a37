// What the figures have across and up: age or time, the score as it is or smoothed.

/** Columns of numbers by row, brought up to date with what is new. */
export class Series {
  #size = 0;
  #usual = null;
  x = new Float64Array(0);
  y = new Float64Array(0);

  /** `across` is `age` or `time`; `smooth` how much of the model's past each score keeps, from 0 to 1. */
  constructor(run, across, smooth) {
    this.run = run;
    this.across = across;
    this.smooth = smooth;
  }

  get label() { return this.across === "time" ? "time since the start, in minutes" : "steps of the model (age)"; }

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

  /** Where it ends: at the steps of the run, so that it does not move while the run goes on. */
  get end() {
    let most = this.across === "age" ? this.run.about.steps : 0;
    for (let row = 0; row < this.#size; row++) if (this.x[row] > most) most = this.x[row];
    return most || 1;
  }

  /**
   * The range of scores worth seeing: all, but for the worst twentieth where that would take more than half of the figure;
   * models that have just begun are often far off.
   */
  usual(run, isAll = false) {
    const key = `${this.#size} ${isAll}`;
    if (this.#usual?.key !== key) this.#usual = { key, range: this.#range(run, isAll) };
    return this.#usual.range;
  }

  #range(run, isAll) {
    const scores = Float64Array.from(this.y.subarray(0, this.#size)).filter(Number.isFinite).sort();
    if (!scores.length) return [0, 1];
    const at = (share) => scores[Math.round(share * (scores.length - 1))];
    let [low, high] = [scores[0], scores.at(-1)];
    if (!isAll && run.isMaximum && at(0.05) - low > (high - low) / 2) low = at(0.05);
    if (!isAll && !run.isMaximum && high - at(0.95) > (high - low) / 2) high = at(0.95);
    const margin = (high - low) * 0.04;
    return [low > 0 && low - margin <= 0 ? low : low - margin, high + margin];
  }

  /** How many scores lie outside a range. */
  outside(low, high) {
    let count = 0;
    for (let row = 0; row < this.#size; row++) if (this.y[row] < low || this.y[row] > high) count++;
    return count;
  }
}

function grown(array, count) {
  if (array.length >= count) return array;
  const larger = new Float64Array(Math.max(count, 2 * array.length));
  larger.set(array);
  return larger;
}
