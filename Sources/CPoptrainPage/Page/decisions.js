// Why a member was replaced, or was not: each decision as a sentence, and who was compared as a figure.

import { card, h, renew, select } from "./dom.js";
import { Plot, line } from "./plot.js";
import { Scale, short } from "./scale.js";

export class Decisions {
  /** What is on the page, by the number of the decision, so that nothing open closes when news come. */
  #items = new Map();

  constructor(app, host, id) {
    Object.assign(this, { app, id });
    this.card = card(host, "Why was it replaced?", null);
    this.list = h("div", { class: "decisions" });
    this.card.body.append(this.list);
  }

  draw(about) {
    if (!about) return;
    const { app } = this;
    const which = app.state.decisions;
    renew(this.card.controls, select("decisions", [["", "that replaced it"], ["all", "all"]], which, (decisions) => app.set({ decisions })));
    const isWanted = ({ result }) => which === "all" || result !== "stay";
    const wanted = about.decisions.filter(isWanted).toReversed();
    const isFirst = !this.#items.size;
    const items = wanted.map((decision) => {
      if (!this.#items.has(decision.sequence)) this.#items.set(decision.sequence, new Decision(app, this.id, decision));
      return this.#items.get(decision.sequence);
    });
    if (isFirst && items.length) items[0].element.open = true;
    arrange(this.list, items.map(({ element }) => element));
    for (const item of items) item.draw();
    const stays = about.decisions.filter(({ result }) => result === "stay").length;
    const all = about.decisions.length;
    this.card.say(all ? `Of its last ${all} decisions, ${stays} let it go on.${wanted.length ? "" : " None replaced it."}` : "It has not come to a decision yet.");
  }
}

/** Puts elements in order and moves none that is in its place, so that the page does not jump. */
function arrange(host, elements) {
  const wanted = new Set(elements);
  for (const child of [...host.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, index) => {
    if (host.children[index] !== element) host.insertBefore(element, host.children[index] ?? null);
  });
}

/** The server lists so many of those that were compared. */
const mostListed = 100;

class Decision {
  constructor(app, id, decision) {
    Object.assign(this, { app, id, decision });
    // Of a large population, these are the best, the member itself and its donor.
    this.compared = decision.compared;
    this.body = h("div");
    this.element = h("details", { ontoggle: () => this.draw() }, h("summary", {}, this.#sentence()), this.body);
  }

  /** How many were compared, and how many of them are listed one after the other, from the best on. */
  get #count() { return this.decision.comparedCount; }
  get #best() { return this.#count > this.compared.length ? Math.min(mostListed, this.compared.length) : this.compared.length; }

  /** The place of one that is listed; none where others that are not listed may be better. */
  #place(index) { return index < this.#best ? index + 1 : null; }

  /** Draws it where it is open. */
  draw() {
    if (!this.element.open) return;
    const { app, decision } = this;
    if (!this.body.firstChild) {
      if (this.compared.length) this.plot = new Plot(this.body, { label: "", height: 118, on: { point: (x) => app.point(this.#row(x)), pick: (x) => app.pick(this.#row(x)) } });
      this.body.append(this.#changes() ?? "", h("p", { class: "note" }, `Reason: ${decision.reason}. Rule: ${decision.rule}. It saw ${this.#count} member${this.#count === 1 ? "" : "s"} with a score${this.#count > this.compared.length ? `, of which the best ${this.#best} are shown` : ""}.`));
      if (this.compared.length) this.body.append(this.#table());
    }
    if (this.plot) this.#drawCompared(app.run.about.metric);
  }

  #sentence() {
    const { decision, id, compared } = this;
    const { result, donor, ownScore, threshold } = decision;
    const index = compared.findIndex(({ member }) => member === id);
    const place = index < 0 ? "" : this.#place(index) ? `, ${ordinal(this.#place(index))} of ${this.#count}` : `, not among the best ${this.#best} of ${this.#count}`;
    const own = ownScore === undefined ? "it had no score" : `its score was ${short(ownScore)}${place}`;
    const bound = threshold === undefined ? "" : `; the rule replaces at ${short(threshold)} or ${this.app.run.isMaximum ? "below" : "above"}`;
    const what = {
      stay: "it went on",
      inherit: donor && `it copied ${{ weights: "the weights of ", hyperparameters: "the values of " }[donor.inherits] ?? ""}member ${donor.member}, whose score was ${short(donor.score)} at age ${short(donor.age)}`,
      fresh: "it began anew", fail: "it was given up", retire: "it retired",
    }[result] ?? result;
    const reason = result === "inherit" ? "" : ` (${decision.reason})`;
    const when = decision.after === undefined ? "Before its first interval" : `After interval ${decision.after}`;
    return [h("b", {}, `${when}, ${what}`), `${reason}: ${own}${bound}.`];
  }

  /** The scores that were compared on a line, with the member, the donor and the threshold. */
  #drawCompared(metric) {
    const { compared, id, app } = this;
    const { donor, ownScore, threshold } = this.decision;
    const [low, high] = span(compared.map(({ score }) => score), [ownScore, threshold, donor?.score].filter(Number.isFinite), app.run.isMaximum);
    const beyond = compared.filter(({ score }) => score < low || score > high).length;
    const legend = [
      { text: `member ${id}`, colour: "ink", kind: "dot" },
      ...(donor ? [{ text: `donor, member ${donor.member}`, colour: "winner", kind: "dot" }] : []),
      { text: "the others", colour: "faint", kind: "dot" },
      ...(Number.isFinite(threshold) ? [{ text: "threshold", colour: "band", kind: "line" }] : []),
    ];
    this.plot.draw({ x: new Scale(low, high), y: new Scale(0, 1), yMarks: [], labels: { x: metric + (beyond ? `, ${beyond} beyond the scale` : "") }, legend }, (context, frame, colours) => {
      const middle = frame.y(0.5);
      const dot = (score, radius, colour, shift = 0) => {
        context.fillStyle = colour;
        context.beginPath();
        context.arc(frame.x(score), middle + shift, radius, 0, 7);
        context.fill();
      };
      if (Number.isFinite(threshold)) {
        context.strokeStyle = colours.band;
        context.lineWidth = 2;
        context.beginPath();
        line(context, frame.x(threshold), frame.area.top, frame.x(threshold), frame.area.top + frame.area.height);
        context.stroke();
      }
      context.globalAlpha = 0.7;
      // Next to each other in turn above and below, so that equals can be told apart.
      compared.forEach(({ member, score }, index) => member === id || member === donor?.member || dot(score, 3.5, colours.faint, ((index % 5) - 2) * 5));
      context.globalAlpha = 1;
      if (donor) dot(donor.score, 5.5, colours.winner);
      if (Number.isFinite(ownScore)) dot(ownScore, 5.5, colours.ink);
    });
    this.plot.describe(`The scores of ${compared.length} of ${this.#count} members that were compared. ${this.element.querySelector("summary").textContent}`);
  }

  /** The row of the model under the pointer. */
  #row(x) {
    const { frame } = this.plot;
    if (x === undefined || !frame) return -1;
    const distance = ({ score }) => Math.abs(frame.x(score) - x);
    const [nearest] = this.compared.toSorted((a, b) => distance(a) - distance(b));
    return distance(nearest) > 8 ? -1 : nearest.row;
  }

  /** The values before and after. */
  #changes() {
    const { from = {}, to } = this.decision;
    const names = Object.keys(to).filter((name) => from[name] !== to[name]);
    if (!names.length) return null;
    const factor = (name) => (typeof from[name] === "number" && typeof to[name] === "number" && from[name] ? `× ${short(to[name] / from[name])}` : "");
    return h("table", { class: "small", "aria-label": "Values before and after" },
      h("thead", {}, h("tr", {}, ["value", "before", "after", ""].map((head, index) => h("th", { scope: "col", class: index ? undefined : "text" }, head)))),
      h("tbody", {}, names.map((name) => h("tr", {}, h("th", { scope: "row", class: "text" }, name), h("td", {}, short(from[name])), h("td", {}, short(to[name])), h("td", {}, factor(name))))));
  }

  /** Who was compared: those around the member, the best, and the donor. */
  #table() {
    const { app, id, compared } = this;
    const { donor } = this.decision;
    const own = compared.findIndex(({ member }) => member === id);
    const isNear = (index) => compared.length <= 12 || index < 3 || Math.abs(index - own) <= 2 || compared[index].member === donor?.member || index === compared.length - 1;
    const rows = [];
    compared.forEach(({ member, score, age }, index) => {
      if (!isNear(index)) {
        if (isNear(index - 1)) rows.push(h("tr", {}, h("td", { colspan: 5, class: "text" }, "…")));
        return;
      }
      const role = member === id ? "itself" : member === donor?.member ? "donor" : "";
      rows.push(h("tr", {}, h("td", {}, this.#place(index) ?? `> ${this.#best}`), h("td", {}, h("a", { href: app.link({ member }) }, `member ${member}`)), h("td", {}, short(score)), h("td", {}, short(age)), h("td", { class: "text" }, h("b", {}, role))));
    });
    return h("details", {}, h("summary", {}, "Who was compared"), h("table", { class: "small", "aria-label": "Who was compared, best first" },
      h("thead", {}, h("tr", {}, ["place", "member", "score", "age", ""].map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, rows)));
  }
}

/** The range of scores to show: all that matter, and of the others those that do not squeeze them. */
function span(scores, needed, isMaximum) {
  const sorted = scores.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  const [from, to] = isMaximum ? [at(0.25), at(1)] : [at(0), at(0.75)];
  let [low, high] = [Math.min(from, ...needed), Math.max(to, ...needed)];
  const room = (high - low) * 0.5;
  low = Math.max(Math.min(low, at(0)), low - room);
  high = Math.min(Math.max(high, at(1)), high + room);
  const margin = (high - low) * 0.05 || Math.abs(low) * 0.05 || 0.5;
  return [low - margin, high + margin];
}

function ordinal(place) {
  const ending = place % 100 > 10 && place % 100 < 14 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[place % 10] ?? "th");
  return `${place}${ending}`;
}
