// Colours that everybody can tell apart.

/** Eight colours for things without an order (Okabe and Ito, 2008), on light and on dark. */
const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#8c6bb1"];

/** Viridis (Smith and van der Walt, 2015) without its ends, which are hard to see on dark and on light. */
const sequence = ["#433e85", "#38588c", "#2d708e", "#25858e", "#1e9b8a", "#2ab07f", "#52c569", "#86d549"];

/** The colour of the founder with this number. */
export function founderColour(number) {
  return palette[number % palette.length];
}

const shades = Array.from({ length: 64 }, (_, index) => {
  const place = (index / 63) * (sequence.length - 1);
  const from = Math.min(sequence.length - 2, Math.floor(place));
  const channels = [1, 3, 5].map((start) => {
    const [a, b] = [sequence[from], sequence[from + 1]].map((colour) => parseInt(colour.slice(start, start + 2), 16));
    return Math.round(a + (b - a) * (place - from));
  });
  return `rgb(${channels.join()})`;
});

/** How many colours there are for scores. */
export const shadeCount = shades.length;

/** A colour for a place between 0, worst, and 1, best. */
export function shade(place) {
  return shades[shadeIndex(place)];
}

/** Which of the colours that is. */
export function shadeIndex(place) {
  return Math.max(0, Math.min(shades.length - 1, Math.round(place * (shades.length - 1)))) || 0;
}

const names = ["ink", "quiet", "rule", "faint", "surface", "winner", "hover", "band"];
const themes = new Map();

/** The colours of the theme in force, as the style sheet says. */
export function theme() {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (!themes.has(isDark)) {
    const probe = document.body.appendChild(document.createElement("i"));
    const read = (name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    };
    themes.set(isDark, { ...Object.fromEntries(names.map(read)), font: "system-ui, sans-serif" });
    probe.remove();
  }
  return themes.get(isDark);
}

/** The theme of a figure that is saved: dark on white, whatever the page looks like. */
export const printTheme = {
  ink: "#111", quiet: "#555", rule: "#ddd", faint: "#9a9a9a", surface: "#fff", winner: "#d1495b", hover: "#111",
  band: "#0072b2", font: "Helvetica, Arial, sans-serif",
};
