// A run as the page holds it: a table of intervals in columns, which only ever grows.

import { Outline } from "./outline.js";

/** The intervals of a long run: more than these, and reading them takes longer than people wait. */
const many = 100_000;
/** Milliseconds until something is asked for again. */
export const pause = 5000;

const words = { leased: "training", ready: "waiting", due: "waiting" };
const arrays = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array };
const outcomes = ["completed", "partial", "unscored", "diverged", "invalid", "forfeited"];

/** A column that grows at its end. */
class Column {
  constructor(type) {
    this.data = new arrays[type](1024);
    this.count = 0;
  }

  append(values) {
    if (this.count + values.length > this.data.length) {
      const larger = new this.data.constructor(Math.max(2 * this.data.length, this.count + values.length));
      larger.set(this.data.subarray(0, this.count));
      this.data = larger;
    }
    this.data.set(values, this.count);
    this.count += values.length;
  }
}

export class Run {
  #columns = new Map();
  #reading = null;

  constructor(key) {
    this.key = key;
    this.about = null;
    /** Of a long run, its scores in short, until all rows are here. */
    this.outline = null;
    this.count = 0;
    this.valueCount = 0;
    /** The rows of each member, in order. */
    this.rowsOf = new Map();
    /** The rows with which models began that descend from none. */
    this.founders = [];
  }

  #founder = new Column("u32");

  /** The URL of something of this run, relative to the page. */
  url(path) {
    return `runs/${encodeURIComponent(this.key)}/${path}`;
  }

  /** Asks how it stands: with that, and what is said in short, there is something to draw before all rows are here. */
  async open() {
    this.about = await this.#ask();
    if (this.about.intervals > many) this.outline = new Outline(await fetchJSON(this.url("outline.json")));
  }

  /** Asks for what is new; whether anything was. */
  async refresh() {
    const about = await this.#ask();
    // Another run has taken its folder: nothing of the old one holds.
    if (this.about && about.runID !== this.about.runID) location.reload();
    const hasRows = await this.read();
    // Time passes even where nothing is new.
    const told = (about) => JSON.stringify({ ...about, secondsSpent: 0, heardAt: 0 });
    const isNew = hasRows || told(about) !== told(this.about);
    this.about = about;
    return isNew;
  }

  /** Asks how it stands; states of members are called what `poptrain status` calls them. */
  async #ask() {
    const about = await fetchJSON(this.url("run.json"));
    for (const member of about.members) member.state = words[member.state] ?? member.state;
    return { ...about, heardAt: performance.now() };
  }

  /** Asks for the rows that are missing; whether there were any. Who asks meanwhile waits for the same answer. */
  read() {
    return (this.#reading ??= this.#readRows().finally(() => (this.#reading = null)));
  }

  async #readRows() {
    const before = this.count;
    let total;
    do {
      const answer = await ask(this.url(`rows?from=${this.count}&values=${this.valueCount}`));
      total = this.#append(await answer.arrayBuffer());
    } while (this.count < total.rows || this.valueCount < total.values);
    this.outline = null;
    return this.count > before;
  }

  #append(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    // What was asked for twice is taken once.
    if (header.from !== this.count || header.values.from !== this.valueCount) return { rows: 0, values: 0 };
    for (const { name, type, offset, count } of header.columns) {
      if (!this.#columns.has(name)) this.#columns.set(name, new Column(type));
      this.#columns.get(name).append(new arrays[type](buffer, 4 + length + offset, count));
    }
    this.valueCount += header.values.count;
    this.#derive(this.count, this.count + header.rows);
    this.count += header.rows;
    return { rows: header.total, values: header.values.total };
  }

  #derive(from, to) {
    const [member, parent] = [this.column("member"), this.column("parent")];
    const founder = new Uint32Array(to - from);
    const known = this.#founder;
    for (let row = from; row < to; row++) {
      const origin = parent[row];
      if (origin < 0) {
        founder[row - from] = this.founders.length;
        this.founders.push(row);
      } else {
        founder[row - from] = origin < from ? known.data[origin] : founder[origin - from];
      }
      let rows = this.rowsOf.get(member[row]);
      if (!rows) this.rowsOf.set(member[row], (rows = []));
      rows.push(row);
    }
    known.append(founder);
  }

  /** A column by its name; of it, the first `count` (or `valueCount`) are filled. */
  column(name) {
    return this.#columns.get(name)?.data ?? new Float64Array(0);
  }

  /** The number of the founder from which the model of each row descends. */
  get founder() { return this.#founder.data; }

  /** The seconds spent on the run; while it is training, up to now. */
  get secondsSpent() {
    const { state, secondsSpent, heardAt } = this.about;
    return secondsSpent + (state === "running" ? (performance.now() - heardAt) / 1000 : 0);
  }

  /** Whether more of the metric is better. */
  get isMaximum() { return this.about.mode === "max"; }

  /** Whether one score is better than another. */
  isBetter(score, other) {
    return this.isMaximum ? score > other : score < other;
  }

  /** The row of the best model; -1 while there is none. */
  get bestRow() { return this.about.best?.row ?? -1; }

  /** The numbers of the members that have not left. */
  get present() { return this.about.members.filter(({ state }) => state !== "retired").map(({ id }) => id); }

  /** The last row of a member; -1 where it has none. */
  lastRow(member) {
    return this.rowsOf.get(member)?.at(-1) ?? -1;
  }

  /** A row and all that it descends from, the oldest first. */
  lineage(row) {
    const parent = this.column("parent");
    const line = [];
    for (let at = row; at >= 0; at = parent[at]) line.push(at);
    return line.reverse();
  }

  /** The value of a hyperparameter in force in a row; a choice as its name. */
  value(row, hyperparameter) {
    const number = this.column(`value:${hyperparameter.name}`)[this.column("value")[row]];
    return hyperparameter.choices ? hyperparameter.choices[number] : number;
  }

  /** How a row ended. */
  outcome(row) {
    return outcomes[this.column("flags")[row] & 15];
  }

  /** Whether a row is an evaluation, which trains nothing. */
  isEvaluation(row) {
    return (this.column("flags")[row] & 16) !== 0;
  }

  /** Whether a row begins with a copy of another member. */
  isCopy(row) {
    return (this.column("flags")[row] & 32) !== 0;
  }
}

/** What an address of the server says in JSON; an error in its words otherwise. */
export async function fetchJSON(url, options) {
  return (await ask(url, options)).json();
}

/** The answer to a request; where it is refused, an error in the server's words, or with the status of a proxy before it. */
async function ask(url, options) {
  const answer = await fetch(url, options);
  if (answer.ok) return answer;
  const body = await answer.json().catch(() => null);
  throw new Error(body?.error?.message ?? `${url}: ${answer.status}`);
}
