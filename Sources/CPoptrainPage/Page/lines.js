// The lines of parallel coordinates.

import { shadeCount, shadeIndex } from "./colours.js";
import { levelsOf, opacities, paintLevels } from "./density.js";
import { line } from "./plot.js";

/** Beyond so many lines, how many go through each pixel is painted. */
export const mostLines = 5000;

/** Draws a line for each row, faint, or coloured where `shades` (by row) has a colour: the best on top. */
export function drawLines(context, layout, colours, { rows, places }, shades) {
  const groups = Array.from({ length: shadeCount + 1 }, () => []);
  for (let index = 0; index < rows.length; index++) groups[shades ? shades[index] : 0].push(index);
  context.lineWidth = rows.length > 2000 ? 0.75 : 1;
  groups.forEach((group, number) => {
    context.strokeStyle = number ? colours.shades[number - 1] : colours.faint;
    context.globalAlpha = number ? 0.9 : Math.max(0.05, Math.min(shades ? 0.25 : 0.6, 250 / rows.length));
    // Lines of one path that cross are no stronger there: that keeps those faint that were not chosen.
    const length = shades ? group.length : 20;
    for (let start = 0; start < group.length; start += length) {
      context.beginPath();
      for (const index of group.slice(start, start + length)) trace(context, layout, places, index);
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

/** The colours and opacities of chosen lines on a pixel. */
const [tones, strengths] = [16, 15];
/** Lines are looked at in every second column of pixels: they hardly differ from one to the next. */
const wide = 2;
const bits = 20;
const one = 1 << bits;
const part = 1024;

/**
 * Paints how many lines go through each pixel: the more, the stronger. Where there is a brush, the chosen ones have the
 * colour of their mean score. Exact: each line counts.
 */
export function drawDensity(context, layout, colours, { rows, places }, shades) {
  const height = Math.floor(layout.height) + 1;
  const heights = places.map((at) => pixels(at, height));
  const faint = opacities(colours.faint, 0.03, shades ? 0.4 : 1);
  for (let gap = 0; gap + 1 < places.length; gap++) {
    const [left, top] = [Math.ceil(layout.x[gap]), Math.round(layout.top)];
    const width = Math.ceil((layout.x[gap + 1] - left) / wide);
    const pairs = pairsOf(rows.length, heights[gap], heights[gap + 1], height, shades);
    paintLevels(context, levelsOf(crossed(pairs.others, width, height)), width, left, top, faint, wide);
    if (!shades) continue;
    const [counts, sums] = [crossed(pairs.chosen, width, height), crossed(pairs.sums, width, height)];
    paintLevels(context, toned(counts, sums), width, left, top, toneStyles(colours), wide);
  }
}

/** A level for the mean shade and the number of the chosen lines on each pixel. */
function toned(counts, sums) {
  const strength = levelsOf(counts, strengths);
  return strength.map((level, place) => {
    if (!level) return 0;
    const tone = Math.round(((sums[place] / counts[place] - 1) / (shadeCount - 1)) * (tones - 1));
    return 1 + tone * strengths + level - 1;
  });
}

function toneStyles({ shades }) {
  return Array.from({ length: 1 + tones * strengths }, (_, level) => {
    const [tone, strength] = [Math.floor((level - 1) / strengths), (level - 1) % strengths];
    return { colour: shades[shadeIndex(tone / (tones - 1))], alpha: level ? 0.15 + (0.85 * strength) / (strengths - 1) : 0 };
  });
}

/** The pixel of each row on an axis; -1 where it lies beyond it. */
function pixels(at, height) {
  const places = new Int32Array(at.length);
  for (let index = 0; index < at.length; index++) places[index] = at[index] >= 0 && at[index] <= 1 ? ((1 - at[index]) * (height - 1) + 0.5) | 0 : -1;
  return places;
}

/** Lines that begin and end on the same pixels are one: how many are chosen, the sum of their shades, how many are not. */
function pairsOf(count, left, right, height, shades) {
  const [others, chosen, sums] = [0, 1, 2].map(() => new Uint32Array(height * height));
  for (let index = 0; index < count; index++) {
    if (left[index] < 0 || right[index] < 0) continue;
    const pair = left[index] * height + right[index];
    if (shades?.[index]) {
      chosen[pair]++;
      sums[pair] += shades[index];
    } else others[pair]++;
  }
  return { others, chosen, sums };
}

/** The sum of a quantity, given by pair of pixels, of the lines that go through each pixel. */
function crossed(quantity, width, height) {
  const size = quantity.reduce((sum, amount) => sum + (amount > 0), 0);
  const [amount, at, slope] = [new Uint32Array(size), new Int32Array(size), new Int32Array(size)];
  for (let pair = 0, index = 0; pair < quantity.length; pair++) {
    if (!quantity[pair]) continue;
    const from = Math.floor(pair / height);
    // Heights are whole numbers, 2^20 to a pixel: the fastest to add up.
    amount[index] = quantity[pair];
    at[index] = from * one + one / 2;
    slope[index++] = (((pair % height) - from) * one) / width;
  }
  // Part by part, so that what is added up stays in the processor's cache.
  const columns = new Uint32Array(width * height);
  for (let start = 0; start < size; start += part) {
    const end = Math.min(size, start + part);
    for (let x = 0, top = 0; x < width; x++, top += height) {
      for (let index = start; index < end; index++) {
        columns[top + (at[index] >> bits)] += amount[index];
        at[index] += slope[index];
      }
    }
  }
  return columns.map((_, place) => columns[(place % width) * height + Math.floor(place / width)]);
}
