// The legend above a figure.

import { shadeIndex } from "./colours.js";

/** The height of a line, and where the first one is. */
const [height, first] = [16, 10.5];

/** Where the parts of a legend stand: next to each other, and below where there is no room. */
export function placesOfLegend(legend, left, width) {
  let [x, y] = [left, first];
  return legend.map(({ text }) => {
    // Of the file there is no measure; letters are about this wide.
    const room = 19 + text.length * 6.1;
    if (x > left && x + room > width) [x, y] = [left, y + height];
    const place = { x, y };
    x += room + 14;
    return place;
  });
}

/**
 * Draws the parts of a legend: `{text, colour, kind: "line" | "thin" | "area" | "dot"}`. A colour is one of the theme by its name,
 * that of a score by its place between 0, worst, and 1, best, or any other.
 */
export function drawLegend(context, legend, places, colours) {
  context.globalAlpha = 1;
  context.font = `11px ${colours.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  legend.forEach(({ text, colour, kind }, index) => {
    const { x, y } = places[index];
    context.fillStyle = context.strokeStyle = typeof colour === "number" ? colours.shades[shadeIndex(colour)] : colours[colour] ?? colour;
    context.beginPath();
    if (kind === "area") context.fillRect(x, y - 4.5, 14, 9);
    else if (kind === "dot") {
      context.arc(x + 7, y, 3.5, 0, 7);
      context.fill();
    } else {
      context.lineWidth = kind === "line" ? 2.5 : 1;
      context.moveTo(x, y);
      context.lineTo(x + 14, y);
      context.stroke();
    }
    context.fillStyle = colours.ink;
    context.fillText(text, x + 19, y);
  });
}
