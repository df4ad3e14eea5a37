// What history says about a run, in sentences: warnings first, each with its evidence and what to do.

import { card, h } from "./dom.js";
import { fetchJSON } from "./run.js";
import { short } from "./scale.js";

const order = ["warning", "note", "good"];
/** Findings are computed from all of history, so they are asked for at most this often, in milliseconds. */
const pause = 5000;

export class Findings {
  #asked = -Infinity;
  #version = -1;

  constructor(app, host) {
    this.app = app;
    this.card = card(host, "Findings", "What the run's history shows by itself. The numbers are those of the run so far.");
    this.card.body.append(h("p", { class: "empty" }, "Looking…"));
  }

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

function finding({ kind, severity, sentence, evidence = {}, advice }) {
  return h("article", { class: `finding ${severity}`, "data-kind": kind },
    h("p", {}, h("span", { class: "severity" }, severity), " ", h("b", {}, sentence)),
    advice && h("p", {}, advice),
    facts(evidence));
}

/** Evidence as a small table; lists of records as one each. */
function facts(evidence) {
  const entries = Object.entries(evidence);
  const isList = (value) => Array.isArray(value) && value.length > 0 && value.every((part) => part && typeof part === "object");
  const plain = entries.filter(([, value]) => !isList(value));
  return [
    plain.length > 0 && h("table", { class: "small", "aria-label": "Evidence" }, h("tbody", {}, plain.map(([name, value]) => h("tr", {}, h("th", { scope: "row", class: "text" }, words(name)), h("td", {}, text(value)))))),
    ...entries.filter(([, value]) => isList(value)).map(([name, records]) => list(words(name), records)),
  ];
}

function list(title, records) {
  const names = [...new Set(records.flatMap(Object.keys))];
  return h("table", { class: "small", "aria-label": title },
    h("caption", {}, title),
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, words(name))))),
    h("tbody", {}, records.map((record) => h("tr", {}, names.map((name) => h("td", {}, text(record[name])))))));
}

/** `gainOfCopies` as `gain of copies`. */
function words(name) {
  return name.replace(/([a-z])([A-Z])/g, (_, end, start) => `${end} ${start.toLowerCase()}`);
}

function text(value) {
  if (Array.isArray(value)) return value.map(text).join(", ");
  if (value && typeof value === "object") return Object.entries(value).map(([name, part]) => `${words(name)} ${text(part)}`).join(", ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return short(value);
}

function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
