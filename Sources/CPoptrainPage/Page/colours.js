// Colours that everybody can tell apart.

/** Eight colours for things without an order, after Okabe and Ito (2008): each has a contrast of 3 to light and to dark. */
const palette = ["#0072b2", "#c98500", "#009e73", "#cc79a7", "#3a96cf", "#d55e00", "#948700", "#8c6bb1"];

/** Colours from the worst to the best, after viridis (Smith and van der Walt, 2015), with a contrast of 3 to what they are drawn on. */
const sequences = {
  light: ["#433e85", "#38588c", "#2d708e", "#25858e", "#1a9478", "#4b9a1f"],
  dark: ["#7268c4", "#4a86c2", "#2d9aa8", "#2ab07f", "#52c569", "#86d549", "#c2df23", "#fde725"],
};

/** How many colours the palette has. */
export const colourCount = palette.length;

/** The colour of the founder with this number. */
export function founderColour(number) {
  return palette[number % palette.length];
}

/** How many colours there are for scores: a theme has so many `shades`. */
export const shadeCount = 64;

/** Which of them is that of a place between 0, worst, and 1, best. */
export function shadeIndex(place) {
  return Math.max(0, Math.min(shadeCount - 1, Math.round(place * (shadeCount - 1)))) || 0;
}

function shadesOf(sequence) {
  return Array.from({ length: shadeCount }, (_, index) => {
    const place = (index / (shadeCount - 1)) * (sequence.length - 1);
    const from = Math.min(sequence.length - 2, Math.floor(place));
    const channels = [1, 3, 5].map((start) => {
      const [a, b] = [sequence[from], sequence[from + 1]].map((colour) => parseInt(colour.slice(start, start + 2), 16));
      return Math.round(a + (b - a) * (place - from));
    });
    return `rgb(${channels.join()})`;
  });
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
    const shades = shadesOf(isDark ? sequences.dark : sequences.light);
    themes.set(isDark, { ...Object.fromEntries(names.map(read)), shades, font: "system-ui, sans-serif" });
    probe.remove();
  }
  return themes.get(isDark);
}

/** The theme of a figure that is saved: dark on white, whatever the page looks like. */
export const printTheme = {
  ink: "#111", quiet: "#555", rule: "#ddd", faint: "#9a9a9a", surface: "#fff", winner: "#d1495b", hover: "#111",
  band: "#0072b2", shades: shadesOf(sequences.light), font: "Helvetica, Arial, sans-serif",
};
