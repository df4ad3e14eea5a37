// A population too large for lines: for each pixel across, how its values are spread.

/** From worst to best: the range, the middle 80 %, the middle half, the median. */
const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1];

/**
 * The quantiles of the values in each pixel column that holds some. `places(index)` is a column, or anything else for a
 * point that is not shown. Exact: every value counts.
 */
export function quantiles(count, places, values, width) {
  const starts = new Uint32Array(width + 1);
  const columns = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const column = Math.floor(places(index));
    const isShown = column >= 0 && column < width && !Number.isNaN(values(index));
    columns[index] = isShown ? column : -1;
    if (isShown) starts[column + 1]++;
  }
  for (let column = 0; column < width; column++) starts[column + 1] += starts[column];
  const sorted = new Float64Array(starts[width]);
  const next = starts.slice();
  for (let index = 0; index < count; index++) if (columns[index] >= 0) sorted[next[columns[index]]++] = values(index);
  const bands = [];
  for (let column = 0; column < width; column++) {
    const part = sorted.subarray(starts[column], starts[column + 1]).sort();
    if (part.length) bands.push({ column, at: shares.map((share) => part[Math.round(share * (part.length - 1))]) });
  }
  return bands;
}

/** Draws them as areas around the median. */
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
