// The page: which run and which view is shown, what the pointer is on, and what is new.

import { Compare } from "./compare.js";
import { h } from "./dom.js";
import { Findings } from "./findings.js";
import { Heading } from "./heading.js";
import { Help } from "./help.js";
import { Lanes } from "./lanes.js";
import { Member } from "./member.js";
import { Overview } from "./overview.js";
import { described } from "./pointing.js";
import { Run, fetchJSON, pause } from "./run.js";
import { runList, titled } from "./runlist.js";
import { Schedules } from "./schedules.js";
import { Series } from "./series.js";
import { fragment, readState } from "./state.js";
import { Values } from "./values.js";

/** The views by name, in the order of the tabs and of the keys 1, 2, …; some only where there is something to show. */
const views = [
  { name: "overview", title: "Overview", make: Overview },
  { name: "lanes", title: "Lineages", make: Lanes, isOfRows: true },
  { name: "schedules", title: "Schedules", make: Schedules, isOfRows: true },
  { name: "values", title: "Values", make: Values, isOfRows: true },
  { name: "compare", title: "Compare", make: Compare, isShown: (app) => app.runs.length > 1 },
  { name: "findings", title: "Findings", make: Findings },
  { name: "member", title: "Member", make: Member, isShown: (app) => app.state.member >= 0 },
];

class App {
  runs = [];
  run = null;
  series = null;
  state = readState();
  /** Counts what has changed, for those who keep something computed. */
  version = 0;
  pointed = -1;
  #loaded = new Map();
  #isDue = false;
  #shown = "";
  #source = null;
  #later = 0;
  #retry = 0;
  #drawn = 0;
  #took = 0;

  constructor() {
    this.main = document.querySelector("main");
    this.tip = h("div", { class: "tip", hidden: true });
    this.spoken = h("div", { class: "spoken", role: "status" });
    document.body.append(this.tip, this.spoken);
    this.help = new Help();
    this.heading = new Heading(this, document.querySelector("body > header"));
    addEventListener("hashchange", () => this.#go(readState()));
    addEventListener("keydown", (event) => this.#key(event));
    addEventListener("pointermove", (event) => this.#place(event), { passive: true });
    // Its height follows from what is drawn.
    let width = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width !== width) this.redraw();
      width = contentRect.width;
    }).observe(this.main);
    setInterval(() => this.#list(), pause);
    // A browser has six connections to a server, and each page that listens keeps one.
    document.addEventListener("visibilitychange", () => this.#listen());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  async start() {
    const { session, runs } = await fetchJSON("runs.json");
    this.session = session;
    this.runs = titled(runs);
    await this.#go(this.state);
  }

  /** The views that have a tab. */
  get views() { return views.filter((view) => view.isShown?.(this) ?? true); }

  /** The address of another view of the same run. */
  link(changes) {
    return fragment({ ...this.state, ...changes });
  }

  /** Changes what is shown. Quiet changes are no step for the back button. */
  set(changes, { isQuiet = true } = {}) {
    const state = { ...this.state, ...changes };
    history[isQuiet ? "replaceState" : "pushState"](null, "", fragment(state));
    this.#go(state);
  }

  /** Shows a member's page. */
  show(member) {
    location.hash = this.link({ view: "member", member });
  }

  /** The pointer is on a row of the run; -1: on none. */
  point(row) {
    // A line of which a part is on its way would be wrong.
    if (this.run?.outline) row = -1;
    if (row === this.pointed) return;
    this.pointed = row;
    this.view?.highlight?.(row);
    this.tip.hidden = row < 0;
    if (row >= 0) this.tip.replaceChildren(...described(this.run, row));
  }

  /** Keys have led to a row, in a figure with this box. */
  walkTo(row, box) {
    this.point(row);
    this.#place({ clientX: box.left + 62, clientY: box.top });
    this.spoken.textContent = this.tip.innerText.replaceAll("\n", ", ");
  }

  /** A row was clicked. */
  pick(row) {
    if (row >= 0) this.show(this.run.column("member")[row]);
  }

  /** Draws what is shown anew, once before the next frame. */
  redraw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  /** Draws what is new: at once where that is quick; else the page would do nothing but draw. */
  redrawLater() {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.redraw(), Math.max(0, this.#drawn + 5 * this.#took - performance.now()));
  }

  /** A run as far as it has been read, for comparisons. */
  async load(key) {
    const run = this.#known(key);
    run.reading ??= run.refresh().finally(() => (run.reading = null));
    await run.reading;
    return run;
  }

  /** Asks which runs there are, where the page shows that. */
  async #list() {
    if (document.hidden || !this.session || (this.run && this.state.view !== "compare")) return;
    try {
      const answer = await fetchJSON("runs.json");
      const runs = titled(answer.runs);
      this.session = answer.session;
      if (JSON.stringify(runs) === JSON.stringify(this.runs)) return;
      this.runs = runs;
      this.redraw();
    } catch {
      // It is asked again.
    }
  }

  async #go(state) {
    this.state = state;
    if (!state.run && this.runs.length === 1) state.run = this.runs[0].key;
    if (state.run && this.run?.key !== state.run) await this.#open(state.run);
    if (!state.run) {
      this.#close();
      this.#list();
    }
    this.#show();
  }

  /** Shows what the address says, as far as the run has been read. */
  #show() {
    const { run, series, state } = this;
    if (run && !run.outline && (series?.run !== run || series.across !== state.across || series.smooth !== state.smooth)) {
      this.series = new Series(run, state.across, state.smooth);
      this.series.update();
    }
    const shown = [state.run, state.view, state.member].join();
    if (!this.view || this.#shown !== shown || this.view.run !== run || !this.#canDraw) this.#build();
    this.#shown = shown;
    this.redraw();
  }

  /** Until all rows of a long run are here, only the first screen can be drawn, as it is at first. */
  get #canDraw() {
    const { view, across, smooth } = this.state;
    return !this.run?.outline || (view === "overview" && across === "age" && !smooth);
  }

  #known(key) {
    if (!this.#loaded.has(key)) this.#loaded.set(key, new Run(key));
    return this.#loaded.get(key);
  }

  async #open(key) {
    this.#close();
    const run = this.#known(key);
    try {
      await (run.about ? run.refresh() : run.open());
      if (run.outline && this.state.run === key) {
        this.run = run;
        this.#show();
      }
      await run.read();
    } catch (error) {
      this.#close();
      this.main.replaceChildren(h("p", { class: "empty", role: "alert" }, `The run “${key}” cannot be shown: ${error.message}`));
      return;
    }
    if (this.state.run !== key) return;
    this.run = run;
    this.version++;
    this.#listen();
  }

  /** Hears of what is new while somebody can see it. */
  #listen() {
    this.#source?.close();
    this.#source = null;
    if (document.hidden || !this.run) return;
    const source = (this.#source = new EventSource(this.run.url("events")));
    source.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    source.onopen = () => this.heading.setLink(true);
    source.onerror = () => {
      this.heading.setLink(false);
      // A browser comes back by itself where the connection breaks, but not where it is refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => source === this.#source && this.#listen(), pause);
    };
  }

  #close() {
    this.#source?.close();
    this.#source = null;
    this.run = null;
    this.view = null;
  }

  /** The server has said how many rows there are. Where it says the same again, members may have begun to train. */
  #hear({ rows, state }) {
    if (rows !== this.run.count || state !== this.run.about.state || state === "running") this.#catchUp();
  }

  /** Fetches what is new; news that come meanwhile are fetched after it. */
  async #catchUp() {
    this.hasNews = true;
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      while (this.hasNews && this.run) {
        this.hasNews = false;
        const run = this.run;
        const isNew = await run.refresh();
        this.heading.setLink(true);
        if (!isNew || run !== this.run) continue;
        this.series.update();
        this.version++;
        if (this.view) this.redrawLater();
        else this.#show();
      }
    } catch {
      this.heading.setLink(false);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#catchUp(), pause);
    } finally {
      this.isCatchingUp = false;
    }
  }

  #build() {
    this.point(-1);
    if (!this.run) return;
    const view = views.find((view) => view.name === this.state.view) ?? views[0];
    this.main.replaceChildren();
    this.main.dataset.view = view.name;
    document.title = `${this.run.about.name} · ${view.title} · Poptrain`;
    const isEmpty = view.isOfRows && !this.run.count;
    if (isEmpty || !this.#canDraw) {
      this.view = null;
      this.main.append(h("p", { class: "empty" }, this.#canDraw ? "No interval has ended yet." : "Loading…"));
      return;
    }
    this.view = new view.make(this, this.main);
    this.view.run = this.run;
  }

  #draw() {
    this.heading.draw();
    if (!this.run) {
      if (!this.state.run) {
        document.title = "Runs · Poptrain";
        this.main.replaceChildren(runList(this.runs));
      }
      return;
    }
    if (!this.view) return;
    const started = performance.now();
    this.view.draw();
    if (this.pointed >= 0) this.view.highlight?.(this.pointed);
    this.#drawn = performance.now();
    this.#took = this.#drawn - started;
    // For those who measure.
    document.body.dataset.drawn = String(this.version);
    document.body.dataset.drawnAt = this.#drawn.toFixed(1);
    document.body.dataset.took = this.#took.toFixed(1);
  }

  #place(event) {
    if (this.tip.hidden) return;
    const { offsetWidth: width, offsetHeight: height } = this.tip;
    const x = event.clientX + 16 + width > innerWidth ? event.clientX - 16 - width : event.clientX + 16;
    this.tip.style.left = `${Math.max(4, x)}px`;
    this.tip.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, event.clientY + 12))}px`;
  }

  #key(event) {
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || this.help.isOpen) return;
    const view = this.views[Number(event.key) - 1];
    if (view && this.run) location.hash = this.link({ view: view.name });
    else if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-filter]")?.focus();
    } else if (event.key === "?") this.help.open();
    else if (event.key === "Escape") this.set({ x: undefined, y: undefined, brush: {} });
    else this.view?.key?.(event.key);
  }
}

const app = new App();
app.start().catch((error) => {
  document.querySelector("main").replaceChildren(h("p", { class: "empty", role: "alert" }, `The server does not answer: ${error.message}`));
});
