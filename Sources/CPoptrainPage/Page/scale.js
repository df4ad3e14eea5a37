// Scales of axes: from values to places between 0 and 1, and round numbers to mark.

/** Whether a scale between two numbers has marks that differ. */
export function isDrawable(low, high) {
  return high > low && Number.isFinite(high - low) && high - low >= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
}

/** The ends of a range, rounded to so many decimals of its width. */
export function rounded([low, high], decimals = 4) {
  const digits = 1 + decimals + Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low)));
  return [low, high].map((number) => Number(number.toPrecision(Math.min(17, digits || 17))));
}

export class Scale {
  /**
   * A scale from `low` to `high`, or around `low` where these hardly differ; a logarithmic one only where both are positive.
   * One of integers has no marks between them.
   */
  constructor(low, high, { isLog = false, isWhole = false } = {}) {
    if (!isDrawable(low, high)) {
      const half = Math.abs(low) / 20 || 0.5;
      [low, high] = [low - half, low + half];
    }
    this.isLog = isLog && low > 0;
    this.isWhole = isWhole;
    this.low = low;
    this.high = high;
    this.start = this.#scaled(low);
    this.extent = this.#scaled(high) - this.start;
  }

  /** Where a value lies: 0 at the beginning, 1 at the end. */
  position(value) {
    return (this.#scaled(value) - this.start) / this.extent;
  }

  /** The value at a place. */
  value(position) {
    const scaled = this.start + position * this.extent;
    return this.isLog ? 10 ** scaled : scaled;
  }

  /** Round values within the scale, about as many as asked for. */
  ticks(count) {
    const marks = this.isLog ? [this.#powers(count), this.#powers(Infinity)].find((marks) => marks.length > 1) : undefined;
    return marks ?? multiples(this.low, this.high, count, this.isWhole ? 1 : 0);
  }

  /** The same with their texts. */
  marks(count) {
    return this.ticks(count).map((value, _, all) => ({ value, text: this.isLog ? power(value) : mark(value, all) }));
  }

  #scaled(value) {
    return this.isLog ? Math.log10(value) : value;
  }

  #powers(count) {
    const [first, last] = [Math.floor(Math.log10(this.low)), Math.ceil(Math.log10(this.high))];
    const marks = (factors, step) => {
      const all = [];
      for (let power = first; power <= last; power += step) for (const factor of factors) all.push(Number(`${factor}e${power}`));
      return all.filter((mark) => mark >= this.low && mark <= this.high);
    };
    for (const factors of [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]]) {
      const all = marks(factors, 1);
      if (all.length <= count + 1) return all;
    }
    return marks([1], Math.ceil((last - first) / count));
  }
}

function multiples(low, high, count, least) {
  const rough = Math.max(least, (high - low) / Math.max(1, count));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough * 0.999);
  const marks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) marks.push(k === 0 ? 0 : k * step);
  return marks;
}

/** Made once: to make one takes longer than to use it. */
const english = new Intl.NumberFormat("en");

/** A number as people read it: four significant digits, `12k` for steps. */
export function short(number) {
  if (number === null || number === undefined || Number.isNaN(number)) return "–";
  if (typeof number !== "number") return String(number);
  if (!Number.isFinite(number)) return number > 0 ? "∞" : "−∞";
  const size = Math.abs(number);
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return number.toExponential(2).replace(/\.?0*e\+?/, "e").replaceAll("-", "−");
  if (size >= 1e5) return `${trimmed(number / (size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : 1e3))}${size >= 1e9 ? "G" : size >= 1e6 ? "M" : "k"}`;
  if (Number.isInteger(number)) return english.format(number).replace("-", "−");
  return trimmed(number);
}

/** A mark of an axis, with as many decimals as its neighbours need. */
function mark(value, marks) {
  const step = marks.length > 1 ? Math.abs(marks[1] - marks[0]) : Math.abs(value);
  const size = Math.max(...marks.map(Math.abs));
  const digits = Math.ceil(Math.log10(size / step)) + 1;
  if (size >= 1e5 || step < 1e-5) return digits > 4 ? String(Number(value.toPrecision(digits))).replaceAll("-", "−") : short(Number(value.toPrecision(6)));
  const decimals = Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));
  return value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: decimals }).replace("-", "−");
}

/** A time span: `2 h 5 min`. */
export function duration(seconds) {
  if (!(seconds >= 0)) return "–";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.round((seconds % 86400) / 3600)} h`;
}

/** A mark of a logarithmic axis: `0.01`, `1e−5`. */
function power(value) {
  const text = value < 1e-3 || value >= 1e5 ? value.toExponential() : value.toLocaleString("en", { maximumSignificantDigits: 6 });
  return text.replace("e+", "e").replace("-", "−");
}

function trimmed(number) {
  return String(Number(number.toPrecision(4))).replace("-", "−");
}
