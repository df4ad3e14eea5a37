// The scores of a long run in short, as the server says them: what is drawn until all rows are here.

import { ageLabel, scoreScale } from "./series.js";

/** It stands in for the series of a run: an axis of ages, the best model's lineage as rows, and bands of all scores. */
export class Outline {
  label = ageLabel;

  /** `about`: what the server says in `outline.json`. */
  constructor(about) {
    this.about = about;
    this.x = about.lineage.map(([age]) => age);
    this.y = this.raw = about.lineage.map(([, score]) => score);
    this.winner = about.lineage.map((_, row) => row);
  }

  start(isLog) { return isLog ? (this.about.bands.find(({ x }) => x > 0)?.x ?? 1) : 0; }

  get end() { return this.about.end; }

  scale(run, state) {
    return scoreScale(this.about.bands.length ? this.about : { low: 0, high: 1, tail: 0 }, run.isMaximum, state);
  }

  outside() { return 0; }

  /** The bands, each at its column of pixels. */
  bands({ area, xScale }) {
    return this.about.bands.map(({ x, at }) => ({ column: xScale.position(x) * area.width, at }));
  }
}
