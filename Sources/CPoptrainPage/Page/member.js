// A member's page: where it stands, its curve, why it was replaced, its intervals, what failed, its log.

import { Decisions } from "./decisions.js";
import { card, h } from "./dom.js";
import { MemberCurve } from "./membercurve.js";
import { fetchJSON, pause } from "./run.js";
import { duration, short } from "./scale.js";

export class Member {
  #version = -1;

  constructor(app, host) {
    this.app = app;
    this.id = app.state.member;
    this.host = host;
    this.facts = card(host, `Member ${this.id}`, null);
    this.facts.body.append(h("p", { class: "empty" }, "Loading…"));
  }

  draw() {
    this.#load();
    this.curve?.draw();
    this.decisions?.draw(this.about);
  }

  highlight(row) { this.curve?.highlight(row); }

  key(key) {
    const member = { "[": this.#neighbour(-1), "]": this.#neighbour(1) }[key];
    if (member !== undefined) this.app.show(member);
  }

  /** Asks for the member again when the run has gone on; what stands on the page stays until the answer is there. */
  async #load() {
    const { app } = this;
    if (this.isLoading || this.#version === app.version) return;
    if (!app.run.about.members.some(({ id }) => id === this.id)) {
      this.facts.body.replaceChildren(h("p", { class: "empty", role: "alert" }, `There is no member ${this.id} in this run${app.run.about.state === "running" ? " yet" : ""}.`));
      return;
    }
    [this.isLoading, this.#version] = [true, app.version];
    try {
      this.about = await fetchJSON(app.run.url(`members/${this.id}.json`));
      if (app.view === this) this.#show();
    } catch (error) {
      setTimeout(() => this.#retry(), pause);
      if (app.view === this && !this.about) this.facts.body.replaceChildren(h("p", { class: "empty", role: "alert" }, `Member ${this.id} cannot be shown: ${error.message}`));
    } finally {
      this.isLoading = false;
    }
    if (app.view === this) app.redraw();
  }

  #retry() {
    this.#version = -1;
    if (this.app.view === this) this.app.redraw();
  }

  #show() {
    const { app, host } = this;
    if (!this.curve) {
      this.curve = new MemberCurve(app, host, this.id);
      this.decisions = new Decisions(app, host, this.id);
      this.intervals = card(host, "Intervals", null);
      this.attempts = card(host, "Attempts that failed", null);
      this.log = card(host, "Log", null);
      this.pre = h("pre", { tabindex: 0, "aria-label": "End of the log" });
      this.log.body.append(this.pre);
    }
    this.#showFacts();
    this.#showIntervals();
    this.#showAttempts();
    this.#showLog();
    this.curve.draw();
    this.decisions.draw(this.about);
  }

  #showFacts() {
    const { about, app } = this;
    const facts = [
      ["state", about.state], ["score", short(about.score)], ["age", short(about.age)], ["steps", short(about.steps)], ["failures", short(about.failures)],
      ...Object.entries(about.hyperparameters).map(([name, value]) => [name, short(value)]),
    ];
    this.facts.controls.replaceChildren(this.#neighbours());
    this.facts.body.replaceChildren(
      h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, h("b", {}, value))))),
      about.checkpoint ? copyable("checkpoint", about.checkpoint) : "",
      app.run.about.best?.member === this.id ? h("p", { class: "note" }, `This member trained the run's best model, at age ${short(app.run.about.best.age)}.`) : "");
  }

  #neighbours() {
    const link = (by, text, key) => {
      const member = this.#neighbour(by);
      return member === undefined ? "" : h("a", { href: this.app.link({ member }), title: `key ${key}` }, text(member));
    };
    return h("span", { class: "neighbours" }, link(-1, (member) => `← member ${member}`, "["), " ", link(1, (member) => `member ${member} →`, "]"));
  }

  #neighbour(by) {
    const members = this.app.run.about.members.map(({ id }) => id);
    const place = members.indexOf(this.id);
    return place < 0 ? undefined : members[place + by];
  }

  #showIntervals() {
    const { about, app } = this;
    const metrics = app.run.about.metrics.filter((name) => name !== app.run.about.metric);
    const names = app.run.about.hyperparameters.map(({ name }) => name);
    const heads = ["interval", "age", app.run.about.metric, ...metrics, ...names, "took", "outcome"];
    const rows = about.intervals.toReversed().map((interval) => h("tr", { onpointerenter: () => app.point(interval.row), onpointerleave: () => app.point(-1) },
      h("td", {}, short(interval.number)), h("td", {}, `${short(interval.startAge)} – ${short(interval.endAge)}`), h("td", {}, short(interval.score)),
      metrics.map((name) => h("td", {}, short(interval.metrics[name]))), names.map((name) => h("td", {}, short(interval.hyperparameters[name]))),
      h("td", {}, took(interval.finishedAtSeconds - interval.startedAtSeconds)),
      h("td", { class: "text" }, interval.outcome, interval.message ? `: ${interval.message}` : "")));
    table(this.intervals, "Intervals, the last first", heads, rows, "It has trained nothing yet.");
  }

  #showAttempts() {
    const { attempts } = this.about;
    this.attempts.element.hidden = !attempts.length;
    const rows = attempts.toReversed().map(({ number, reason, message, atSeconds }) => h("tr", {},
      h("td", {}, short(number)), h("td", {}, new Date(atSeconds * 1000).toLocaleString()), h("td", { class: "text" }, reason), h("td", { class: "text wrap" }, message)));
    table(this.attempts, "Attempts that failed, the last first", ["interval", "at", "reason", "message"], rows, "");
  }

  /** The end of the log; who looks at its end stays there, who has scrolled up stays as well. */
  #showLog() {
    const { pre, about } = this;
    const isAtEnd = pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 4;
    if (pre.textContent !== about.logTail) pre.textContent = about.logTail;
    pre.hidden = !about.logTail;
    if (isAtEnd) pre.scrollTop = pre.scrollHeight;
    this.log.controls.replaceChildren(copyable("all of it", about.logCommand));
    this.log.say(about.logTail ? "" : "It has written nothing.");
  }
}

/** Short intervals differ by less than a second. */
function took(seconds) {
  return seconds < 10 ? `${seconds.toFixed(2)} s` : duration(seconds);
}

/** A table in a card, without losing where it is scrolled to. */
function table(card, label, heads, rows, empty) {
  const scroller = card.body.querySelector(".scroller") ?? h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": label });
  scroller.replaceChildren(rows.length
    ? h("table", { "aria-label": label }, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", class: /^(outcome|reason|message)$/.test(head) ? "text" : undefined }, head)))), h("tbody", {}, rows))
    : h("p", { class: "empty" }, empty));
  if (!scroller.isConnected) card.body.append(scroller);
}

/** A text with a button that copies it. */
function copyable(label, text) {
  const code = h("code", {}, text);
  const button = h("button", { class: "quiet", "aria-label": `Copy: ${text}`, onclick: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Where a page may not copy, the text is selected for the reader to copy.
      getSelection().selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }
  return h("div", { class: "copyable" }, h("span", { class: "quiet" }, label), code, button);
}
