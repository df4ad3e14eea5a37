// The members in a table: sorted, filtered, with a sparkline each.

import { founderColour, theme } from "./colours.js";
import { h, replace } from "./dom.js";
import { short } from "./scale.js";

const rowHeight = 30;
/** So many rows are made at a time: about twice those that can be seen. */
const made = 40;

export class Table {
  constructor(app, host) {
    this.app = app;
    this.filter = h("input", {
      type: "search", placeholder: "filter: 7, copied, learning_rate>0.01", "aria-label": "Filter members", "data-filter": true,
      oninput: (event) => app.set({ filter: event.target.value }, { isQuiet: true }),
    });
    this.head = h("thead");
    this.body = h("tbody");
    this.count = h("span", { class: "quiet" });
    this.scroller = h("div", { class: "scroller", onscroll: () => this.#fill() }, h("table", { "aria-label": "Members" }, this.head, this.body));
    host.append(h("section", { class: "card", "aria-label": "Members" }, h("header", {}, h("h2", {}, "Members"), h("div", { class: "controls" }, this.count, this.filter)), this.scroller));
    this.body.addEventListener("pointerover", (event) => app.point(this.#rowAt(event)));
    this.body.addEventListener("pointerleave", () => app.point(-1));
  }

  /** The columns: a name, the value that sorts, and what a cell shows. */
  #columns() {
    const { run } = this.app;
    const text = (value) => document.createTextNode(short(value));
    const columns = [
      { name: "member", value: (entry) => entry.id, cell: (entry) => this.#name(entry) },
      { name: "state", value: (entry) => entry.state, cell: (entry) => document.createTextNode(entry.state), isText: true },
      { name: "score", value: (entry) => entry.score ?? (run.isMaximum ? -Infinity : Infinity), cell: (entry) => text(entry.score) },
      { name: "best", value: (entry) => entry.best, cell: (entry) => text(Number.isFinite(entry.best) ? entry.best : null) },
      { name: "curve", cell: (entry) => this.#sparkline(entry) },
      { name: "steps", value: (entry) => entry.steps, cell: (entry) => text(entry.steps) },
      { name: "age", value: (entry) => entry.age, cell: (entry) => text(entry.age) },
      { name: "copied", value: (entry) => (entry.copied < 0 ? -Infinity : entry.copied), cell: (entry) => document.createTextNode(entry.copied < 0 ? "" : `← ${entry.copied}`) },
      { name: "copies", value: (entry) => entry.copies, cell: (entry) => text(entry.copies) },
      { name: "failures", value: (entry) => entry.failures, cell: (entry) => document.createTextNode(entry.failures || "") },
    ];
    const names = new Set(columns.map(({ name }) => name));
    columns.splice(-1, 0, ...run.about.hyperparameters.map((hyperparameter) => ({
      // It may be called as a column is.
      name: names.has(hyperparameter.name) ? `:${hyperparameter.name}` : hyperparameter.name, isText: Boolean(hyperparameter.choices),
      choices: hyperparameter.choices,
      value: (entry) => entry.hyperparameters[hyperparameter.name] ?? -Infinity,
      cell: (entry) => text(entry.hyperparameters[hyperparameter.name]),
    })));
    return columns;
  }

  draw() {
    const { run, state } = this.app;
    const columns = this.#columns();
    const sorted = columns.find((column) => column.name === state.sort && column.value) ?? columns[2];
    // Down means the best first, where there is a better.
    const isBestFirst = (sorted.name === "score" || sorted.name === "best") && !run.isMaximum;
    const direction = state.down === isBestFirst ? 1 : -1;
    const entries = run.about.members.map((member) => ({ ...member, ...this.#history(member.id) }));
    const accepts = acceptor(state.filter, columns);
    this.entries = entries.filter(accepts).sort((a, b) => {
      const [left, right] = [sorted.value(a), sorted.value(b)];
      return direction * (typeof left === "string" ? left.localeCompare(right) : left - right || 0) || a.id - b.id;
    });
    this.columns = columns;
    if (document.activeElement !== this.filter) this.filter.value = state.filter;
    this.count.textContent = this.entries.length < entries.length ? `${this.entries.length} of ${entries.length}` : "";
    replace(this.head, h("tr", {}, columns.map((column) => this.#heading(column, sorted))));
    this.#fill();
  }

  highlight(row) {
    const member = row < 0 ? null : String(this.app.run.column("member")[row]);
    for (const element of this.body.rows) element.classList.toggle("pointed", element.dataset.member === member);
  }

  /** What the table knows of a member's past. Each row of the run is looked at once. */
  #history(member) {
    const { run } = this.app;
    if (run.outline) return { best: NaN, copies: NaN, copied: -1 };
    this.past ??= new Map();
    let past = this.past.get(member);
    if (!past || past.run !== run) this.past.set(member, (past = { run, seen: 0, best: run.isMaximum ? -Infinity : Infinity, copies: 0, copied: -1 }));
    const rows = run.rowsOf.get(member) ?? [];
    const [score, parent] = [run.column("score"), run.column("parent")];
    for (; past.seen < rows.length; past.seen++) {
      const row = rows[past.seen];
      if (run.isBetter(score[row], past.best)) past.best = score[row];
      if (run.isCopy(row)) {
        past.copies++;
        past.copied = run.column("member")[parent[row]];
      }
    }
    return { best: past.best, copies: past.copies, copied: past.copied };
  }

  /** Makes the rows that can be seen; the others are room. */
  #fill() {
    const isLarge = this.entries.length > made;
    const first = isLarge ? Math.max(0, Math.floor(this.scroller.scrollTop / rowHeight) - made / 4) : 0;
    const visible = this.entries.slice(first, first + made);
    const key = [first, this.app.version, this.entries.length, this.app.state.sort, this.app.state.down, this.app.state.filter, ...this.app.state.pin].join("\n");
    if (key === this.filled) return;
    this.filled = key;
    const room = (count) => h("tr", { class: "room", "aria-hidden": "true" }, h("td", { colspan: this.columns.length }));
    const [above, below] = [room(), room()];
    above.style.height = `${first * rowHeight}px`;
    below.style.height = `${(this.entries.length - first - visible.length) * rowHeight}px`;
    const best = this.app.run.about.best?.member;
    const rows = visible.map((entry) => {
      const cells = this.columns.map((column) => h("td", { class: column.isText ? "text" : undefined }, column.cell(entry)));
      return h("tr", { "data-member": entry.id, class: entry.id === best ? "best" : undefined, onclick: (event) => event.target.closest("button, a") || this.app.show(entry.id) }, cells);
    });
    replace(this.body, ...(first ? [above] : []), ...rows, ...(isLarge ? [below] : []));
  }

  #heading(column, sorted) {
    if (!column.value) return h("th", { scope: "col" }, column.name);
    const { app } = this;
    const isSorted = column.name === sorted.name;
    const order = isSorted ? (app.state.down ? "descending" : "ascending") : "none";
    const sort = () => app.set({ sort: column.name, down: isSorted ? !app.state.down : true }, { isQuiet: true });
    return h("th", { scope: "col", "aria-sort": order, class: column.isText ? "text" : undefined }, h("button", { onclick: sort }, column.name, isSorted ? h("span", { "aria-hidden": "true" }, app.state.down ? " ↓" : " ↑") : ""));
  }

  #name(entry) {
    const { app } = this;
    const place = app.state.pin.indexOf(entry.id);
    const pin = h("button", {
      class: "pin", "aria-pressed": String(place >= 0), title: place >= 0 ? "Take its line out of the figure" : "Draw its line in the figure", "aria-label": `Draw member ${entry.id}`,
      onclick: () => app.set({ pin: place >= 0 ? app.state.pin.filter((member) => member !== entry.id) : [...app.state.pin, entry.id] }),
    }, "●");
    if (place >= 0) pin.style.color = founderColour(place);
    return h("span", {}, pin, h("a", { href: app.link({ view: "member", member: entry.id }) }, String(entry.id)));
  }

  #sparkline(entry) {
    const { run } = this.app;
    const element = h("canvas", { class: "spark", width: 160, height: 36, "aria-hidden": "true" });
    if (run.outline) return element;
    const scale = this.app.series.scale(run, { ...this.app.state, y: undefined });
    const score = run.column("score");
    const rows = (run.rowsOf.get(entry.id) ?? []).filter((row) => !Number.isNaN(score[row]));
    const context = element.getContext("2d");
    context.strokeStyle = theme().band;
    context.lineWidth = 2.5;
    context.beginPath();
    const last = Math.max(1, rows.length - 1);
    rows.forEach((row, index) => {
      const y = 33 - 30 * Math.max(0, Math.min(1, scale.position(score[row])));
      context[index ? "lineTo" : "moveTo"](2 + (index / last) * 156, y);
    });
    context.stroke();
    return element;
  }

  #rowAt(event) {
    const element = event.target.closest("tr[data-member]");
    return element ? this.app.run.lastRow(Number(element.dataset.member)) : -1;
  }
}

/** What a filter accepts: words that stand in a row, and comparisons such as `score>0.9`, all of them. */
function acceptor(filter, columns) {
  // Of names that begin alike, the longest. They may have blanks, as may choices.
  const known = columns.filter(({ value }) => value).toSorted((a, b) => b.name.length - a.name.length);
  const conditions = [];
  for (let rest = filter.trim(); rest; ) {
    const column = known.find(({ name }) => rest.startsWith(name) && comparison.test(rest.slice(name.length)));
    const [start, sign] = column ? comparison.exec(rest.slice(column.name.length)) : ["", ""];
    const from = column ? rest.slice(column.name.length + start.length) : rest;
    const bound = column?.choices?.find((choice) => from === choice || from.startsWith(`${choice} `)) ?? /^\S*/.exec(from)[0];
    conditions.push(column ? compared(column, sign, bound) : said(bound));
    rest = from.slice(bound.length).trim();
  }
  return (entry) => conditions.every((condition) => condition(entry));
}

const comparison = /^\s*(<=|>=|<|>|=)\s*/;

function compared(column, sign, bound) {
  const compare = { "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "=": (a, b) => a === b }[sign];
  return (entry) => {
    const value = column.value(entry);
    // What is not there is the worst for sorting, but no number.
    if (typeof value === "number") return Number.isFinite(value) && compare(value, Number(bound));
    return sign === "=" && String(value) === bound;
  };
}

function said(word) {
  return (entry) => String(entry.id) === word || entry.state.includes(word) || (word === "copied" && entry.copied >= 0) || Object.values(entry.hyperparameters).some((value) => typeof value !== "number" && String(value) === word);
}
