// Several runs beside each other: the best score so far, a table, and the differences with the same seed.

import { colourCount, founderColour } from "./colours.js";
import { card, h, savers, toggle } from "./dom.js";
import { PairTable } from "./pairtable.js";
import { Plot } from "./plot.js";
import { progressOf, spread } from "./progress.js";
import { pause } from "./run.js";
import { Scale, duration, short } from "./scale.js";
import { isWide, roomy } from "./series.js";

/** So many runs are chosen by themselves. */
const firstChoice = 12;

export class Compare {
  #progress = new Map();
  #failed = new Map();
  #version = -1;

  constructor(app, host) {
    this.app = app;
    this.choice = card(host, "Runs", null);
    this.boxes = h("fieldset", { class: "choices", "aria-label": "Runs to compare" });
    this.choice.body.append(this.boxes);
    this.card = card(host, "Best score so far", null);
    this.plot = new Plot(this.card.body, { label: "", height: 380, on: { point: (x, y) => this.#point(x, y), pick: (x, y) => this.#pick(x, y) } });
    this.table = card(host, "Results", null);
    this.pairs = new PairTable(host);
  }

  draw() {
    const { app } = this;
    const keys = this.#keys();
    this.#drawChoice(keys);
    const runs = keys.map((key) => this.#progress.get(key)).filter(Boolean);
    const groups = grouped(runs);
    this.#drawControls();
    this.#drawCurves(groups, runs);
    this.#drawTable(groups);
    const own = groups.find((group) => group.runs.some(({ key }) => key === app.run.key));
    // Half of the runs would give other probabilities.
    this.pairs.draw(runs.length + this.#failed.size < keys.length ? [] : groups, own, app.run.about);
    this.#load(keys);
  }

  /** The runs that are compared: those chosen, or, before anybody chose, this one and others with its metric, those of its experiment first. */
  #keys() {
    const { runs, run, state } = this.app;
    const known = runs.filter(({ key, error }) => !error && key);
    if (state.versus) return known.filter(({ key }) => state.versus.includes(key)).map(({ key }) => key);
    const isAlike = (other) => other.metric === run.about.metric && other.mode === run.about.mode;
    const rank = ({ key, name }) => (key === run.key ? 0 : name === run.about.name ? 1 : 2);
    const first = known.filter(isAlike).toSorted((a, b) => rank(a) - rank(b)).slice(0, firstChoice).map(({ key }) => key);
    return known.filter(({ key }) => first.includes(key)).map(({ key }) => key);
  }

  /** Reads what is missing, one run after the other, and draws each when it is there. */
  async #load(keys) {
    const { app } = this;
    const isNew = this.#version !== app.version;
    const missing = keys.filter((key) => !this.#failed.has(key) && (!this.#progress.has(key) || (isNew && this.#progress.get(key).about.state === "running")));
    if (this.isLoading || !missing.length) return;
    this.isLoading = true;
    this.#version = app.version;
    for (const key of missing) {
      try {
        const run = await app.load(key);
        const listed = app.runs.find((entry) => entry.key === key);
        this.#progress.set(key, { key, about: { ...listed, ...run.about }, ...progressOf(run) });
      } catch (error) {
        this.#failed.set(key, error.message);
        setTimeout(() => this.#retry(key), pause);
      }
      if (app.view !== this) break;
      app.redraw();
    }
    this.isLoading = false;
  }

  #retry(key) {
    this.#failed.delete(key);
    if (this.app.view === this) this.app.redraw();
  }

  #drawChoice(keys) {
    const { app } = this;
    const key = JSON.stringify([keys, app.runs.map(({ key }) => key), [...this.#failed]]);
    if (key === this.drawnChoice) return;
    this.drawnChoice = key;
    const choose = (changed, isOn) => {
      const chosen = this.#keys();
      app.set({ versus: app.runs.map(({ key }) => key).filter((key) => (key === changed ? isOn : chosen.includes(key))) });
    };
    const focused = document.activeElement?.dataset.key;
    this.boxes.replaceChildren(...app.runs.map((entry) => {
      const failed = entry.error ?? this.#failed.get(entry.key);
      const box = toggle(entry.title + (failed ? ` (${failed})` : ""), keys.includes(entry.key), (isOn) => choose(entry.key, isOn));
      box.firstChild.disabled = Boolean(failed);
      box.firstChild.dataset.key = entry.key;
      return box;
    }));
    const all = (isWanted) => app.set({ versus: app.runs.filter((entry) => !entry.error && isWanted(entry)).map(({ key }) => key) });
    this.choice.controls.replaceChildren(
      h("button", { onclick: () => all(({ name }) => name === app.run.about.name) }, "this experiment"),
      h("button", { onclick: () => all(({ metric }) => metric === app.run.about.metric) }, "all with this metric"),
      h("button", { onclick: () => all(({ key }) => key === app.run.key) }, "only this run"));
    if (focused) this.boxes.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    const metrics = new Set(app.runs.filter(({ key }) => keys.includes(key)).map(({ metric, mode }) => `${metric} (${mode})`));
    this.choice.say(metrics.size > 1 ? `These runs have different metrics, so their scores cannot be compared: ${[...metrics].join(", ")}.` : "");
  }

  #drawControls() {
    const { app } = this;
    this.card.controls.replaceChildren(
      toggle("log x", app.state.xlog, (xlog) => app.set({ xlog })), toggle("from the beginning", app.state.beginning, (beginning) => app.set({ beginning })),
      ...savers(() => this.plot, () => `${app.run.about.name}-comparison`));
  }

  #drawCurves(groups, runs) {
    const { app } = this;
    const { state } = app;
    const lines = runs.filter(({ x }) => x.length);
    const most = Math.max(1, ...lines.map(({ steps }) => steps));
    const first = Math.min(most / 2, ...lines.map(({ x }) => x[0]));
    const x = new Scale(state.xlog ? first : 0, most, { isLog: state.xlog });
    const y = scaleOf(lines, state.beginning || state.xlog ? 0 : 0.05);
    this.lines = lines;
    this.groups = groups;
    const legend = groups.map((group) => ({ text: group.runs.length > 1 ? `${group.name}: mean and range of ${group.runs.length}` : group.name, colour: founderColour(group.number), kind: "line" }));
    this.plot.draw({ x, y, labels: { x: "steps of all members together", y: `best ${app.run.about.metric} so far` }, legend: legend.length > 5 ? legend.slice(0, 5) : legend }, (context, frame) => {
      for (const group of groups) drawGroup(context, frame, group);
    });
    const waiting = this.isLoading || runs.length < this.#keys().length - this.#failed.size;
    const unequal = new Set(lines.map(({ steps }) => steps)).size > 1 && groups.some(({ runs }) => runs.length > 1);
    this.card.say([waiting ? "Reading…" : "", unequal ? "A group's mean ends where the shortest of its runs ends." : "", legend.length > 5 ? "The table has the colors of all." : ""].filter(Boolean).join(" "));
    this.plot.describe(`Best ${app.run.about.metric} so far of ${lines.length} runs against steps. ${lines.map(({ about, best }) => `${about.title}: ${short(best)}`).join(", ")}.`);
  }

  #drawTable(groups) {
    const { app } = this;
    const trained = groups.flatMap(({ runs }) => runs.map(({ steps }) => steps));
    const [fewest, most] = [Math.min(...trained), Math.max(...trained)];
    this.table.say(fewest < 0.99 * most ? `The runs have not trained equally long: from ${short(fewest)} to ${short(most)} steps.` : "");
    const heads = ["run", "best", "at the end", "steps", "time", "failures", "seed", "state"];
    const isText = (head) => head === "run" || head === "state";
    const cell = (run) => ({
      run: h("span", {}, h("a", { href: app.link({ run: run.key, view: "overview", member: -1 }) }, run.about.title)),
      best: short(run.best), "at the end": short(run.atEnd), steps: short(run.steps), time: duration(run.about.secondsSpent), failures: short(run.about.failures), seed: run.about.seed, state: run.about.state,
    });
    const rows = groups.flatMap((group) => {
      const swatch = h("span", { class: "swatch", "aria-hidden": "true" }, "■ ");
      swatch.style.color = founderColour(group.number);
      const all = (name) => `${short(average(group.runs.map((run) => run[name])))} ± ${short(deviation(group.runs.map((run) => run[name])))}`;
      const head = group.runs.length > 1
        ? h("tr", { class: "group" }, h("th", { scope: "row", class: "text" }, swatch, `${group.name} (${group.runs.length})`), h("td", {}, all("best")), h("td", {}, all("atEnd")), h("td", { colspan: 5, class: "text quiet" }, "mean ± standard deviation"))
        : null;
      return [head, ...group.runs.map((run) => {
        const cells = cell(run);
        if (!head) cells.run.prepend(swatch);
        return h("tr", { "data-run": run.key, class: head ? "inner" : undefined }, heads.map((head) => h("td", { class: isText(head) ? "text" : undefined }, cells[head])));
      })];
    }).filter(Boolean);
    this.table.body.replaceChildren(h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Results of the runs" }, h("table", { "aria-label": "Results of the runs" },
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", class: isText(head) ? "text" : undefined }, head)))), h("tbody", {}, rows))));
  }

  /** The run whose line is nearest is drawn above the others and named. */
  #point(x, y) {
    const run = x === undefined ? null : this.#nearest(x, y);
    for (const row of this.table.body.querySelectorAll("tr[data-run]")) row.classList.toggle("pointed", row.dataset.run === run?.key);
    this.plot.overlay(!run ? null : (context, frame, theme) => {
      context.strokeStyle = theme.hover;
      context.lineWidth = 2.5;
      steps(context, frame, run);
      context.stroke();
      const text = `${run.about.title}: ${short(valueAt(run, frame.xValue(x)))}`;
      context.font = `bold 12px ${theme.font}`;
      const width = context.measureText(text).width;
      const left = Math.min(x + 12, frame.area.left + frame.area.width - width - 6);
      context.fillStyle = theme.surface;
      context.fillRect(left - 4, y - 26, width + 8, 20);
      context.fillStyle = theme.ink;
      context.textBaseline = "middle";
      context.fillText(text, left, y - 16);
    });
  }

  #pick(x, y) {
    const run = this.#nearest(x, y);
    if (run) location.hash = this.app.link({ run: run.key, view: "overview", member: -1 });
  }

  #nearest(x, y) {
    const { frame } = this.plot;
    const distance = (run) => Math.abs(frame.y(valueAt(run, frame.xValue(x))) - y);
    const near = (this.lines ?? []).map((run) => ({ run, distance: distance(run) })).filter(({ distance }) => distance < 20);
    return near.toSorted((a, b) => a.distance - b.distance)[0]?.run ?? null;
  }
}

/** Runs of the same experiment with the same rules are a group. */
function grouped(runs) {
  const groups = new Map();
  for (const run of runs) {
    const { name, order, exploit } = run.about;
    const key = JSON.stringify([name, order, exploit]);
    if (!groups.has(key)) groups.set(key, { name, rules: [exploit, order], runs: [], number: groups.size });
    groups.get(key).runs.push(run);
  }
  // Where a name alone does not tell groups apart, the rules in which they differ do.
  const all = [...groups.values()];
  return all.map((group) => {
    const others = all.filter(({ name }) => name === group.name);
    const differing = group.rules.filter((rule, index) => others.some(({ rules }) => rules[index] !== rule));
    return { ...group, name: [group.name, ...differing].join(" · ") };
  });
}

function drawGroup(context, frame, group) {
  context.strokeStyle = context.fillStyle = founderColour(group.number);
  context.setLineDash(group.number >= colourCount ? [6, 4] : []);
  const isOne = group.runs.length === 1;
  context.globalAlpha = isOne ? 1 : 0.45;
  context.lineWidth = isOne ? 2.2 : 1;
  for (const run of group.runs) {
    steps(context, frame, run);
    context.stroke();
  }
  if (isOne) return;
  const places = spread(group.runs);
  context.globalAlpha = 0.15;
  context.beginPath();
  outline(context, frame, places);
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 2.5;
  steps(context, frame, { x: places.map(({ x }) => x), y: places.map(({ mean }) => mean) });
  context.stroke();
  context.setLineDash([]);
}

/** The path of a line that holds its value until the next. */
function steps(context, frame, { x, y }) {
  context.beginPath();
  x.forEach((place, index) => {
    const [px, py] = [frame.x(place), frame.y(y[index])];
    if (index) context.lineTo(px, frame.y(y[index - 1]));
    context[index ? "lineTo" : "moveTo"](px, py);
  });
}

/** The path around a range. */
function outline(context, frame, places) {
  places.forEach(({ x, high }, index) => {
    if (index) context.lineTo(frame.x(x), frame.y(places[index - 1].high));
    context[index ? "lineTo" : "moveTo"](frame.x(x), frame.y(high));
  });
  for (let index = places.length - 1; index >= 0; index--) {
    context.lineTo(frame.x(places[index].x), frame.y(places[index].low));
    if (index) context.lineTo(frame.x(places[index].x), frame.y(places[index - 1].low));
  }
  context.closePath();
}

/** A scale for the lines, but for what they were in a first share of the steps. */
function scaleOf(lines, share) {
  let [low, high] = [Infinity, -Infinity];
  for (const run of lines) {
    for (const value of [valueAt(run, run.steps * share), run.y.at(-1), ...(share ? [] : run.y)]) {
      if (Number.isNaN(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(low <= high)) return new Scale(0, 1);
  const isLog = isWide(low, high);
  return new Scale(...roomy(low, high, isLog), { isLog });
}

/** The best score when so many steps were trained. */
function valueAt({ x, y }, steps) {
  const index = x.findLastIndex((place) => place <= steps);
  return index < 0 || steps > x.at(-1) * 1.001 ? NaN : y[index];
}

function average(values) {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
}

function deviation(values) {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = average(known);
  return known.length > 1 ? Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1)) : NaN;
}
