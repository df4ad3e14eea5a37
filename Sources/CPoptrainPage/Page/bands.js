// A population too large for lines: for each pixel across, how its values are spread.

/** From lowest to highest: the range, the middle 80 %, the middle half, the median. */
const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];
/** With more places than this, hardly two points share one. */
const mostPlaces = 8192;

/**
 * The rows by their place across, where many share one, as models of equal age do. New rows are added; what was computed
 * of the others stays.
 */
export class Groups {
  #size = 0;
  #byPlace = new Map();
  #sorted = [];

  /** `make(place)` begins a group, `add(group, row)` adds a row to it. */
  constructor(make, add) {
    Object.assign(this, { make, add });
  }

  /** Adds what is new of a column of places. */
  update(places, count) {
    for (let row = this.#size; row < count && this.#byPlace.size <= mostPlaces; row++) {
      const place = places[row];
      let group = this.#byPlace.get(place);
      if (!group) this.#byPlace.set(place, (group = { place, ...this.make() }));
      this.add(group, row);
    }
    this.#size = count;
    if (this.#sorted.length !== this.#byPlace.size) this.#sorted = [...this.#byPlace.values()].sort((a, b) => a.place - b.place);
  }

  /** The groups from left to right; none where there are too many to be of use. */
  get all() { return this.#byPlace.size > mostPlaces ? null : this.#sorted; }
}

/** Groups of values, for `bands`. */
export function groupsOfValues(value) {
  return new Groups(
    () => ({ values: [], sorted: null }),
    (group, row) => {
      const number = value(row);
      if (Number.isNaN(number)) return;
      group.values.push(number);
      group.sorted = null;
    });
}

/**
 * The quantiles of the values in each column of pixels that holds some; exact: every value counts. `column(place)` tells
 * the column of a place, and may be outside of the columns from 0 to `width`.
 */
export function bands(groups, column, width) {
  const columns = new Map();
  for (const group of groups) {
    const at = Math.floor(column(group.place));
    if (at < 0 || at > width || !group.values.length) continue;
    group.sorted ??= Float64Array.from(group.values).sort();
    if (columns.has(at)) columns.get(at).push(group.sorted);
    else columns.set(at, [group.sorted]);
  }
  return [...columns].map(([column, parts]) => ({ column, at: cuts(parts.length > 1 ? joined(parts) : parts[0]) }));
}

/** The same for rows that share no places. */
export function bandsOfRows(count, place, value, width) {
  const columns = Array.from({ length: width + 1 }, () => []);
  for (let row = 0; row < count; row++) {
    const column = Math.floor(place(row));
    if (column >= 0 && column <= width && !Number.isNaN(value(row))) columns[column].push(value(row));
  }
  return columns.flatMap((values, column) => (values.length ? [{ column, at: cuts(Float64Array.from(values).sort()) }] : []));
}

/** Draws bands as areas around the median. */
export function drawBands(context, bands, left, y, colour) {
  context.fillStyle = context.strokeStyle = colour;
  for (const [lower, alpha] of [[0, 0.1], [1, 0.16], [2, 0.22]]) {
    context.globalAlpha = alpha;
    context.beginPath();
    bands.forEach(({ column, at }, index) => context[index ? "lineTo" : "moveTo"](left + column, y(at[lower])));
    for (const { column, at } of bands.toReversed()) context.lineTo(left + column, y(at[shares.length - 1 - lower]));
    context.closePath();
    context.fill();
  }
  context.globalAlpha = 0.9;
  context.lineWidth = 1.5;
  context.beginPath();
  bands.forEach(({ column, at }, index) => context[index ? "lineTo" : "moveTo"](left + column, y(at[3])));
  context.stroke();
  context.globalAlpha = 1;
}

function joined(parts) {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all.sort();
}

function cuts(sorted) {
  return shares.map((share) => sorted[Math.round(share * (sorted.length - 1))]);
}
