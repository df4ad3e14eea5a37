// The first screen: the curves, the founders, the members.

import { Curves } from "./curves.js";
import { Founders } from "./founders.js";
import { Table } from "./table.js";

export class Overview {
  constructor(app, host) {
    this.parts = [new Curves(app, host), new Founders(app, host), new Table(app, host)];
  }

  draw() { for (const part of this.parts) part.draw(); }
  highlight(row) { for (const part of this.parts) part.highlight?.(row); }
}
