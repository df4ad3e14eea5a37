// The top of the page: which run, how it stands, the views, and the one thing that can be done: stop it.

import { h, renew, select } from "./dom.js";
import { fetchJSON } from "./run.js";
import { duration, short } from "./scale.js";

export class Heading {
  constructor(app, host) {
    this.app = app;
    this.title = h("h1", { class: "title" });
    this.facts = h("dl", { class: "facts" });
    this.tabs = h("nav", { "aria-label": "Views" });
    this.state = h("div", { class: "state", role: "status" });
    host.append(h("div", { class: "bar" }, h("a", { class: "brand", href: "#" }, "Poptrain"), this.title, this.state, h("button", { class: "quiet", "aria-label": "Keys", title: "Keys (?)", onclick: () => app.help.open() }, "?")), this.facts, this.tabs);
    this.time = h("b");
    setInterval(() => this.#tick(), 1000);
  }

  /** Whether the server answers. */
  setLink(isUp) {
    if (this.isDown === !isUp) return;
    this.isDown = !isUp;
    this.draw();
  }

  draw() {
    const { app } = this;
    const { run } = app;
    this.tabs.hidden = this.facts.hidden = !run;
    const names = app.runs.filter((entry) => !entry.error).map(({ key, title }) => [key, title]);
    renew(this.title, names.length > 1 ? select("run", [["", "all runs"], ...names], app.state.run, (key) => (location.hash = app.link({ run: key, view: "overview", x: undefined, y: undefined, pin: [], member: -1 }))) : h("span", {}, run ? run.about.name : "Runs"));
    if (!run) return this.state.replaceChildren();
    const { about } = run;
    const place = this.isDown ? "not connected" : about.state;
    renew(this.state, h("span", { class: `pill ${this.isDown ? "down" : about.state}` }, place), about.state === "running" && !this.isDown ? h("button", { class: "quiet", onclick: () => this.#stop() }, "Stop and save") : "");
    const share = about.totalSteps ? about.trainedSteps / about.totalSteps : 0;
    const best = about.best;
    const training = about.members.filter(({ state }) => state === "training").length;
    const workers = about.workers ? `${about.workers} worker${about.workers === 1 ? "" : "s"}` : training ? `${training} training` : "none trained yet";
    const facts = [
      ["progress", `${Math.floor(share * 100)} %`, h("progress", { max: 1, value: share, "aria-label": "progress" })],
      ["best " + about.metric, short(best?.score), best ? h("a", { href: app.link({ view: "member", member: best.member }) }, `member ${best.member}, age ${short(best.age)}`) : "none yet"],
      ["time", "", about.secondsLeft !== undefined ? `${duration(about.secondsLeft)} left` : ""],
      ["members", short(run.present.length), `of ${short(about.populationSize)}, ${workers}`],
      ...(about.workerUse === undefined ? [] : [["workers in use", `${Math.round(about.workerUse * 100)} %`, ""]]),
      ["failures", short(about.failures), about.forfeitedSteps ? `${short(about.forfeitedSteps)} steps forfeited` : ""],
    ];
    this.facts.replaceChildren(...facts.map(([name, value, more]) => h("div", {}, h("dt", {}, name), h("dd", {}, name === "time" ? this.time : h("b", {}, value), " ", h("small", {}, more)))));
    this.#tick();
    renew(this.tabs, ...app.views.map((view, index) => h("a", { href: app.link({ view: view.name, ...(view.name === "overview" ? { member: -1 } : {}) }), "aria-current": view.name === app.state.view ? "page" : undefined, title: `key ${index + 1}` }, view.title)));
    this.#reveal(app.state.view);
  }

  /** Time passes also where nothing is new. */
  #tick() {
    const { run } = this.app;
    if (run?.about && !document.hidden) this.time.textContent = duration(run.secondsSpent);
  }

  /** On a narrow screen, the tab of a new view may be out of sight. */
  #reveal(view) {
    if (view === this.revealed) return;
    this.revealed = view;
    const tab = this.tabs.querySelector("[aria-current]");
    if (tab) this.tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth - this.tabs.clientWidth;
  }

  async #stop() {
    if (!confirm("Stop this run? What is trained is saved, and it can be resumed.")) return;
    try {
      await fetchJSON(this.app.run.url("stop"), { method: "POST", headers: { "x-poptrain-session": this.app.session } });
    } catch (error) {
      alert(`The run was not stopped: ${error.message}`);
    }
  }
}
