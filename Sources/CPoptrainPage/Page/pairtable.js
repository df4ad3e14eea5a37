// Two groups of runs with the same seeds, pair by pair.

import { card, h } from "./dom.js";
import { compared } from "./pairs.js";
import { short } from "./scale.js";

/** With fewer pairs no test can show anything at the usual 5 %. */
const fewest = 6;

export class PairTable {
  constructor(host) {
    this.card = card(host, "Same seed, pair by pair", null);
  }

  /** Compares each group with `own`, or with the first. */
  draw(groups, own, about) {
    const base = own ?? groups[0];
    const pairings = base && groups.length > 1 ? groups.filter((group) => group !== base).map((group) => pairing(group, base)).filter(({ pairs }) => pairs.length) : [];
    this.card.element.hidden = !pairings.length;
    this.card.body.replaceChildren(...pairings.map((pairing) => section(pairing, about)));
    this.card.say(pairings.length > 1 ? `The probabilities are not corrected for ${pairings.length} comparisons.` : "");
  }
}

/** The runs of two groups with the same seed. Where a group has a seed twice, the first counts. */
function pairing(group, base) {
  const bySeed = new Map(base.runs.toReversed().map((run) => [run.about.seed, run]));
  const seen = new Set();
  const pairs = [];
  for (const run of group.runs) {
    const { seed } = run.about;
    const other = bySeed.get(seed);
    if (!other || seen.has(seed) || Number.isNaN(run.best) || Number.isNaN(other.best)) continue;
    seen.add(seed);
    pairs.push({ seed, best: run.best, other: other.best, difference: run.best - other.best });
  }
  return { group, base, pairs: pairs.toSorted((a, b) => a.seed - b.seed) };
}

function section({ group, base, pairs }, about) {
  const table = h("table", { class: "small", "aria-label": `${group.name} against ${base.name} by seed` },
    h("thead", {}, h("tr", {}, ["seed", group.name, base.name, "difference"].map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, pairs.map(({ seed, best, other, difference }) => h("tr", {}, h("td", {}, String(seed)), h("td", {}, short(best)), h("td", {}, short(other)), h("td", {}, signed(difference))))));
  return h("div", { class: "pairing" }, h("p", {}, ...sentence(group, base, pairs, about)), h("div", { class: "scroller" }, table));
}

function sentence(group, base, pairs, about) {
  const { count, mean, wins, losses, signP, wilcoxonP } = compared(pairs.map(({ difference }) => difference));
  const better = about.mode === "max" ? wins : losses;
  const [word, times] = 2 * better >= wins + losses ? ["better", better] : ["worse", wins + losses - better];
  const start = [h("b", {}, `${group.name} is ${word} than ${base.name} with ${times} of ${count} seed${count === 1 ? "" : "s"}`), `: mean difference of the best ${about.metric} ${signed(mean)}`];
  const differing = wins + losses;
  if (differing < fewest) return [...start, `. ${differing === 1 ? "One seed that differs is" : `${differing} seeds that differ are`} too few for a test: with fewer than ${fewest}, none can give p below 0.05.`];
  return [...start, `${wilcoxonP < 0.05 ? "" : ", which may be chance"}: p ${chance(wilcoxonP)} by Wilcoxon's signed-rank test, ${chance(signP)} by the sign test (exact, two sides).`];
}

function chance(p) {
  return p < 0.001 ? "< 0.001" : `= ${Number(p.toPrecision(2))}`;
}

function signed(number) {
  return `${number > 0 ? "+" : ""}${short(number)}`;
}
