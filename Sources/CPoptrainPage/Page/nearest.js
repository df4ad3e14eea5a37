// Which of many points is next to the pointer.

const cell = 16;

/** Does something when there is time for it. */
export function whenIdle(work) {
  (window.requestIdleCallback ?? setTimeout)(work);
}

export class Nearest {
  /** Sorts points into cells; `x(index)` and `y(index)` are pixels, NaN for points that are not there. */
  constructor(count, x, y, width, height) {
    this.columns = Math.ceil(width / cell) + 1;
    this.rows = Math.ceil(height / cell) + 1;
    const cells = new Int32Array(count);
    const starts = new Uint32Array(this.columns * this.rows + 1);
    for (let index = 0; index < count; index++) {
      const [column, row] = [Math.floor(x(index) / cell), Math.floor(y(index) / cell)];
      const isIn = column >= 0 && column < this.columns && row >= 0 && row < this.rows;
      cells[index] = isIn ? row * this.columns + column : -1;
      if (isIn) starts[cells[index] + 1]++;
    }
    for (let place = 1; place < starts.length; place++) starts[place] += starts[place - 1];
    const next = starts.slice();
    this.points = new Uint32Array(starts.at(-1));
    for (let index = 0; index < count; index++) if (cells[index] >= 0) this.points[next[cells[index]]++] = index;
    Object.assign(this, { starts, x, y });
  }

  /** The point nearest to a place, at most `reach` pixels away; -1 where there is none. */
  find(atX, atY, reach = 24) {
    let [best, least] = [-1, reach * reach];
    const span = (value, limit) => [Math.max(0, Math.floor((value - reach) / cell)), Math.min(limit - 1, Math.floor((value + reach) / cell))];
    const [[fromColumn, toColumn], [fromRow, toRow]] = [span(atX, this.columns), span(atY, this.rows)];
    for (let row = fromRow; row <= toRow; row++) {
      for (let column = fromColumn; column <= toColumn; column++) {
        const place = row * this.columns + column;
        for (let at = this.starts[place]; at < this.starts[place + 1]; at++) {
          const index = this.points[at];
          const distance = (this.x(index) - atX) ** 2 + (this.y(index) - atY) ** 2;
          // The last of equals: what was drawn on top.
          if (distance <= least) [best, least] = [index, distance];
        }
      }
    }
    return best;
  }
}
