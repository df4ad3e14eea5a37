// The keys, in a dialog.

import { h } from "./dom.js";

const keys = [
  ["1 2 3 …", "the views, in the order of the tabs"],
  ["/", "filter the members"],
  ["[ ]", "the member before, the member after (on a member's page)"],
  ["Escape", "see all again: no zoom, no brush; leave a field"],
  ["+ −", "zoom in, zoom out (in a figure)"],
  ["← →", "the interval before, the interval after (in a figure)"],
  ["↑ ↓", "the member before, the member after (in a figure)"],
  ["Enter", "open the member of that interval (in a figure)"],
  ["Shift + ← →", "move along the axis (in a figure)"],
  ["↑ ↓", "move the lower end of a brush, with Shift its upper end (on an axis of the parallel coordinates)"],
  ["0", "see the whole figure (in a figure)"],
  ["?", "this help"],
];

const pointer = [
  ["drag", "zoom into a part of a figure; on an axis of the parallel coordinates: choose a range"],
  ["double click", "see the whole figure"],
  ["Ctrl + wheel", "zoom around the pointer"],
  ["click", "open the member under the pointer"],
];

export class Help {
  constructor() {
    const list = (title, rows) => [h("h3", {}, title), h("dl", { class: "keys" }, rows.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)]).flat())];
    this.dialog = h("dialog", { "aria-label": "Keys" }, list("Keys", keys), list("Pointer", pointer),
      h("button", { onclick: () => this.dialog.close() }, "Close"));
    // A click outside the dialog closes it.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    document.body.append(this.dialog);
  }

  get isOpen() { return this.dialog.open; }

  open() { this.dialog.showModal(); }
}
