// The lines of parallel coordinates.

import { shade, shadeCount } from "./colours.js";
import { levelsOf, opacities, paintLevels } from "./density.js";
import { line } from "./plot.js";

/** Beyond so many lines, how many go through each pixel is painted. */
export const mostLines = 20_000;

/** Draws a line for each row, faint, or coloured where `shades` (by row) has a colour: the best on top. */
export function drawLines(context, layout, colours, { rows, places }, shades) {
  const groups = Array.from({ length: shadeCount + 1 }, () => []);
  for (let index = 0; index < rows.length; index++) groups[shades ? shades[index] : 0].push(index);
  context.lineWidth = rows.length > 2000 ? 0.75 : 1;
  groups.forEach((group, number) => {
    context.strokeStyle = number ? shade((number - 1) / (shadeCount - 1)) : colours.faint;
    context.globalAlpha = number ? 0.9 : (shades ? 0.3 : 1) * Math.max(0.12, Math.min(0.6, 12 / Math.sqrt(rows.length)));
    // Lines of a path that cross are no stronger there; so a path is a part of them.
    for (let start = 0; start < group.length; start += 200) {
      context.beginPath();
      for (const index of group.slice(start, start + 200)) trace(context, layout, places, index);
      context.stroke();
    }
  });
  context.globalAlpha = 1;
}

/** The path of a row, without what lies beyond the axes. */
function trace(context, layout, places, index) {
  for (let gap = 0; gap + 1 < places.length; gap++) {
    const [left, right] = [places[gap][index], places[gap + 1][index]];
    if (left >= 0 && left <= 1 && right >= 0 && right <= 1) line(context, layout.x[gap], layout.y(left), layout.x[gap + 1], layout.y(right));
  }
}

/** Paints how many lines go through each pixel, and the best of the chosen ones. Exact: each one counts. */
export function drawDensity(context, layout, colours, { rows, places }, shades) {
  const height = Math.floor(layout.height) + 1;
  const heights = places.map((at) => pixels(at, height));
  const styles = shades ? Array.from({ length: shadeCount + 1 }, (_, number) => ({ colour: shade((number - 1) / (shadeCount - 1)), alpha: 1 })) : [];
  for (let gap = 0; gap + 1 < places.length; gap++) {
    const pairs = pairsOf(rows.length, heights[gap], heights[gap + 1], height, shades);
    const width = Math.ceil(layout.x[gap + 1]) - Math.ceil(layout.x[gap]);
    const { counts, best } = crossed(pairs, width, height, Boolean(shades));
    paintLevels(context, levelsOf(counts), width, Math.ceil(layout.x[gap]), Math.round(layout.top), opacities(colours.faint, 0.03, shades ? 0.4 : 0.9));
    if (shades) paintLevels(context, best, width, Math.ceil(layout.x[gap]), Math.round(layout.top), styles);
  }
}

/** The pixel of each row on an axis; -1 where it lies beyond it. */
function pixels(at, height) {
  const places = new Int32Array(at.length);
  for (let index = 0; index < at.length; index++) places[index] = at[index] >= 0 && at[index] <= 1 ? Math.round((1 - at[index]) * (height - 1)) : -1;
  return places;
}

/** The lines that begin and end on other pixels than those before: how many there are of each, and the best colour. */
function pairsOf(count, left, right, height, shades) {
  const [counts, best] = [new Uint32Array(height * height), new Uint8Array(height * height)];
  for (let index = 0; index < count; index++) {
    if (left[index] < 0 || right[index] < 0) continue;
    const pair = left[index] * height + right[index];
    counts[pair]++;
    if (shades && shades[index] > best[pair]) best[pair] = shades[index];
  }
  const found = Uint32Array.from(counts.keys().filter((pair) => counts[pair]));
  return { from: Float32Array.from(found, (pair) => Math.floor(pair / height)), to: Float32Array.from(found, (pair) => pair % height), count: found.map((pair) => counts[pair]), best: Uint8Array.from(found, (pair) => best[pair]) };
}

/** How many lines go through each pixel, and their best colour. */
function crossed({ from, to, count, best }, width, height, isColoured) {
  const [counts, colours] = [new Uint32Array(width * height), new Uint8Array(width * height)];
  for (let column = 0; column < width; column++) {
    const share = column / width;
    for (let pair = 0; pair < from.length; pair++) {
      const place = Math.round(from[pair] + (to[pair] - from[pair]) * share) * width + column;
      counts[place] += count[pair];
      if (isColoured && best[pair] > colours[place]) colours[place] = best[pair];
    }
  }
  return { counts, best: colours };
}
