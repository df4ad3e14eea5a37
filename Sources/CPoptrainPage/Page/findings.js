// What history says about a run, in sentences: warnings first, each with its evidence and what to do.

import { card, h } from "./dom.js";
import { fetchJSON, pause } from "./run.js";
import { short } from "./scale.js";

const order = ["warning", "note", "good"];

export class Findings {
  #asked = -Infinity;
  #version = -1;

  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Findings", "What the run's history shows by itself. The numbers are those of the run so far.");
    this.card.body.append(h("p", { class: "empty" }, "Looking…"));
  }

  /** Findings are computed from all of history, so there is a pause between two requests. */
  draw() {
    const { app } = this;
    if (this.#version === app.version || this.isAsking) return;
    const wait = this.#asked + pause - performance.now();
    if (wait > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => app.view === this && app.redraw(), wait);
      return;
    }
    this.#ask();
  }

  async #ask() {
    const { app } = this;
    [this.isAsking, this.#version, this.#asked] = [true, app.version, performance.now()];
    try {
      this.#show((await fetchJSON(app.run.url("findings.json"))).findings);
    } catch (error) {
      [this.#version, this.shown] = [-1, null];
      this.card.body.replaceChildren(h("p", { class: "empty", role: "alert" }, `The findings cannot be shown: ${error.message}`));
    } finally {
      this.isAsking = false;
    }
    if (app.view === this) app.redraw();
  }

  #show(findings) {
    const key = JSON.stringify(findings);
    if (key === this.shown) return;
    this.shown = key;
    const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    const warnings = findings.filter(({ severity }) => severity === "warning").length;
    this.card.say(findings.length ? `${plural(warnings, "warning")} among ${plural(findings.length, "finding")}.` : "");
    this.card.body.replaceChildren(...(sorted.length ? sorted.map(finding) : [h("p", { class: "empty" }, "Nothing stands out in this run so far.")]));
  }
}

function finding({ kind, severity, sentence, evidence, advice }) {
  return h("article", { class: `finding ${severity}`, "data-kind": kind },
    h("p", {}, h("span", { class: "severity" }, severity), " ", h("b", {}, ...marked(sentence))),
    advice && h("p", {}, ...marked(advice)),
    facts(evidence));
}

/** What stands between backticks as code. */
function marked(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** Evidence as a small table. */
function facts(evidence) {
  const rows = Object.entries(evidence).map(([name, value]) => h("tr", {}, h("th", { scope: "row", class: "text" }, name.replaceAll("_", " ")), h("td", {}, short(value))));
  return rows.length > 0 && h("table", { class: "small", "aria-label": "Evidence" }, h("tbody", {}, rows));
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
