// How much lies on each pixel, where there is too much to draw it piece by piece.

import { SVGContext } from "./svg.js";

const usual = 24;

/** A level for each count, by its logarithm: 0 for nothing, the last for the largest. */
export function levelsOf(counts, levels = usual) {
  let largest = 1;
  for (const count of counts) if (count > largest) largest = count;
  const factor = largest > 1 ? (levels - 1) / Math.log(largest) : 0;
  const picture = new Uint8Array(counts.length);
  for (let place = 0; place < counts.length; place++) if (counts[place]) picture[place] = 1 + Math.round(Math.log(counts[place]) * factor);
  return picture;
}

/** The styles of these levels: one colour, from an opacity for one to one for the largest. */
export function opacities(colour, least, most) {
  return Array.from({ length: usual + 1 }, (_, level) => ({ colour, alpha: least + ((most - least) * Math.max(0, level - 1)) / (usual - 1) }));
}

/**
 * Paints the pixels of a picture, line by line, each `wide` pixels wide and with the style of its level; those at level 0
 * stay as they are.
 */
export function paintLevels(context, picture, width, left, top, styles, wide = 1) {
  if (context instanceof SVGContext) return paintRectangles(context, picture, width, left, top, styles, wide);
  const height = picture.length / width;
  const palette = colours(styles);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let place = 0; place < picture.length; place++) if (picture[place]) pixels[place] = palette[picture[place]];
  const sheet = new OffscreenCanvas(width, height);
  sheet.getContext("2d").putImageData(image, 0, 0);
  context.globalAlpha = 1;
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, left, top, width * wide, height);
}

/** The styles as a canvas paints them, a number each. */
function colours(styles) {
  const context = new OffscreenCanvas(styles.length, 1).getContext("2d", { willReadFrequently: true });
  styles.forEach(({ colour, alpha }, level) => {
    context.fillStyle = colour;
    context.globalAlpha = alpha;
    context.fillRect(level, 0, 1, 1);
  });
  return new Uint32Array(context.getImageData(0, 0, styles.length, 1).data.buffer);
}

/** In a file, neighbours in a line are one rectangle. */
function paintRectangles(context, picture, width, left, top, styles, wide) {
  for (let place = 0; place < picture.length; place++) {
    const level = picture[place];
    if (!level) continue;
    const start = place;
    while (picture[place + 1] === level && (place + 1) % width) place++;
    context.fillStyle = styles[level].colour;
    context.globalAlpha = styles[level].alpha;
    context.fillRect(left + (start % width) * wide, top + Math.floor(start / width), (place - start + 1) * wide, 1);
  }
  context.globalAlpha = 1;
}
