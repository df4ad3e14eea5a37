// The runs of the server as a table.

import { h } from "./dom.js";
import { short } from "./scale.js";
import { fragment, readState } from "./state.js";

/** Runs as `runs.json` lists them, each with a title: its folder, without the folders in which all of them are. */
export function titled(runs) {
  const paths = runs.map(({ run }) => run.split("/"));
  const isShared = (place) => paths.every((path) => place < path.length - 1 && path[place] === paths[0][place]);
  let shared = 0;
  while (runs.length && isShared(shared)) shared++;
  return runs.map((run, index) => ({ ...run, title: paths[index].slice(shared).join("/") }));
}

/** A table of runs. */
export function runList(runs) {
  const rows = runs.map((run) => h("tr", {},
    h("td", { class: "text title" }, run.error ? run.title : h("a", { href: fragment({ ...readState(), run: run.key }), title: run.run }, run.title)),
    h("td", { class: "text" }, run.error ?? run.name), h("td", { class: "text" }, run.state ?? ""), h("td", { class: "text" }, run.metric ?? ""),
    h("td", {}, short(run.bestScore)), h("td", {}, short(run.populationSize)),
    h("td", {}, run.totalSteps ? `${Math.floor((run.trainedSteps / run.totalSteps) * 100)} %` : "")));
  const heads = ["run", "experiment", "state", "metric", "best", "members", "trained"];
  return h("section", { class: "card" }, h("header", {}, h("h2", {}, "Runs")), rows.length
    ? h("div", { class: "scroller" }, h("table", { "aria-label": "Runs" }, h("thead", {}, h("tr", {}, heads.map((head, index) => h("th", { scope: "col", class: index < 4 ? "text" : undefined }, head)))), h("tbody", {}, rows)))
    : h("p", { class: "empty" }, "There is no run here yet. It appears when one is started: poptrain run experiment.yaml"));
}
