// What is shown, as it stands in the address: a view can be sent to a colleague, and the back button goes back.

import { rounded } from "./scale.js";

const defaults = {
  run: "", view: "overview", member: -1, x: undefined, y: undefined, across: "age", smooth: 0, xlog: false, ylog: undefined,
  all: false, lines: false, pin: [], filter: "", sort: "score", down: true, order: "", intervals: "", decisions: "", versus: undefined,
  beginning: false, brush: {},
};

/** Reads the address's fragment. */
export function readState() {
  const state = structuredClone(defaults);
  for (const [name, text] of new URLSearchParams(location.hash.slice(1))) {
    if (!Object.hasOwn(defaults, name)) continue;
    const value = parsed(name, text);
    if (value !== undefined) state[name] = value;
  }
  return state;
}

function parsed(name, text) {
  if (name === "x" || name === "y") {
    const range = text.split(",").map(Number);
    return range.length === 2 && range.every(Number.isFinite) && range[0] < range[1] ? range : undefined;
  }
  if (name === "ylog") return text === "1";
  if (name === "pin") return text.split(",").filter(Boolean).map(Number).filter(Number.isInteger);
  if (name === "versus") return text.split(",").filter(Boolean);
  if (name === "brush") {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
  const kind = typeof defaults[name];
  if (kind === "number") return Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (kind === "boolean") return text === "1";
  return text;
}

/** The fragment for a state; what is as usual is left out. */
export function fragment(state) {
  const parts = new URLSearchParams();
  for (const [name, usual] of Object.entries(defaults)) {
    const value = state[name];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(usual)) continue;
    parts.set(name, written(name, value));
  }
  return `#${parts}`;
}

function written(name, value) {
  if (name === "x" || name === "y") return rounded(value).join();
  if (name === "brush") return JSON.stringify(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return String(value);
}
