// A figure in the page: a canvas with axes, and another one above it for what the pointer is on.

import { canvas, sized } from "./canvas.js";
import { printTheme, theme } from "./colours.js";
import { drawLegend, placesOfLegend } from "./legend.js";
import { Scale, isDrawable } from "./scale.js";
import { SVGContext } from "./svg.js";

/** About how wide a letter of 11 pixels is. */
const letter = 6.2;

/** As much of a name as fits into so many pixels. */
export function shortened(text, room) {
  const letters = Math.max(2, Math.floor(room / letter));
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

/** The place of a figure: axes around an area, and from values to pixels. */
export class Frame {
  /**
   * `labels`: of the axes, `x` and `y`. `legend`: what `drawLegend` draws.
   * `xMarks`, `yMarks`: `{value, text}` where the axis has names instead of numbers.
   */
  constructor(width, height, { x, y, labels = {}, legend = [], xMarks, yMarks, isBare = false }) {
    const longest = Math.max(0, ...(yMarks ?? []).map(({ text }) => text.length)) * letter;
    const left = yMarks?.length === 0 ? 12 : Math.max(62, Math.min(160, longest + 28));
    this.legendPlaces = placesOfLegend(legend, left, width);
    const top = legend.length ? this.legendPlaces.at(-1).y + 15.5 : 10;
    const bottom = isBare ? 6 : 38;
    Object.assign(this, { width, height, xScale: x, yScale: y, labels, legend, xMarks, yMarks, isBare });
    this.area = { left, top, width: Math.max(10, width - left - 24), height: Math.max(10, height - top - bottom) };
  }

  /** From a value to a pixel. */
  x(value) { return this.area.left + this.xScale.position(value) * this.area.width; }
  y(value) { return this.area.top + (1 - this.yScale.position(value)) * this.area.height; }

  /** From a pixel to a value. */
  xValue(pixel) { return this.xScale.value((pixel - this.area.left) / this.area.width); }
  yValue(pixel) { return this.yScale.value(1 - (pixel - this.area.top) / this.area.height); }

  contains(x, y) {
    const { left, top, width, height } = this.area;
    return x >= left && x <= left + width && y >= top && y <= top + height;
  }

  /** Draws axes and legend, and what `paint` draws within them. */
  draw(context, colours, paint) {
    this.#drawAxes(context, colours);
    context.save();
    context.beginPath();
    context.rect(this.area.left, this.area.top - 1, this.area.width, this.area.height + 2);
    context.clip();
    paint(context, this, colours);
    context.restore();
    drawLegend(context, this.legend, this.legendPlaces, colours);
  }

  #drawAxes(context, colours) {
    const { left, top, width, height } = this.area;
    const [right, bottom] = [left + width, top + height];
    context.lineWidth = 1;
    context.globalAlpha = 1;
    context.font = `11px ${colours.font}`;
    const xs = this.isBare ? [] : (this.xMarks ?? this.xScale.marks(Math.max(4, width / 90)));
    const ys = this.yMarks ?? this.yScale.marks(Math.max(2, height / 45));
    context.strokeStyle = colours.rule;
    context.beginPath();
    if (!this.xMarks) for (const { value } of xs) line(context, this.x(value), top, this.x(value), bottom);
    if (!this.yMarks) for (const { value } of ys) line(context, left, this.y(value), right, this.y(value));
    context.stroke();
    context.fillStyle = colours.quiet;
    context.textBaseline = "top";
    context.textAlign = "center";
    const room = this.xMarks ? width / xs.length - 8 : Infinity;
    for (const { value, text } of xs) context.fillText(shortened(text, room), this.x(value), bottom + 6);
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const { value, text } of ys) context.fillText(this.yMarks ? shortened(text, left - 28) : text, left - 6, this.y(value));
    context.fillStyle = colours.ink;
    if (this.labels.x && !this.isBare) {
      context.textAlign = "right";
      context.textBaseline = "alphabetic";
      context.fillText(this.labels.x, right, bottom + 33);
    }
    if (this.labels.y) upright(context, this.labels.y, 11, top + height / 2);
  }
}

export class Plot {
  #frame = null;
  #paint = () => {};
  #overlayPaint = null;
  #drag = null;

  /**
   * `on.point(x, y)`: the pointer is there, or has left (no arguments). `on.pick(x, y)`: a click.
   * `on.zoom({x: [low, high], y: [low, high]})`: a part was chosen; without an argument: all is to be seen again.
   * `on.walk(members, intervals, box)`, `on.open()`: by keys, from what is pointed at to another, and into it.
   */
  constructor(host, { label, height, on = {} }) {
    this.on = on;
    this.height = height;
    this.element = document.createElement("div");
    this.element.className = "plot";
    // For those who look at the page from outside.
    this.element.plot = this;
    this.base = canvas(this.element);
    this.base.setAttribute("role", on.walk ? "application" : "img");
    if (on.walk) this.base.setAttribute("aria-roledescription", "figure; arrow keys walk through it");
    this.base.tabIndex = 0;
    this.describe(label);
    this.top = canvas(this.element);
    this.top.className = "overlay";
    this.top.setAttribute("aria-hidden", "true");
    host.append(this.element);
    this.#listen();
  }

  /** What the figure shows, for those who do not see it. */
  describe(label) { this.base.setAttribute("aria-label", label); }

  get width() { return this.element.clientWidth || 600; }

  /** Draws the figure: `axes` as of `Frame`, `paint(context, frame, colours)` what is in it. */
  draw(axes, paint) {
    this.axes = axes;
    this.#paint = paint;
    this.#frame = new Frame(this.width, this.height, axes);
    const context = sized(this.base, this.width, this.height);
    this.#frame.draw(context, theme(), paint);
    this.#drawOverlay();
  }

  /** Draws what the pointer is on, above the figure; nothing where `paint` is null. */
  overlay(paint) {
    this.#overlayPaint = paint;
    this.#drawOverlay();
  }

  get frame() { return this.#frame; }

  #drawOverlay() {
    if (!this.#frame) return;
    const context = sized(this.top, this.width, this.height);
    const { left, top, width, height } = this.#frame.area;
    if (this.#overlayPaint) {
      context.save();
      context.beginPath();
      context.rect(left, top - 1, width, height + 2);
      context.clip();
      this.#overlayPaint(context, this.#frame, theme());
      context.restore();
    }
    if (this.#drag?.isWide) {
      const [x, y, toX, toY] = this.#drag.box;
      context.fillStyle = context.strokeStyle = theme().band;
      context.globalAlpha = 0.15;
      context.fillRect(x, y, toX - x, toY - y);
    }
  }

  /** The figure as a file for a paper: SVG. */
  svg(title) {
    const [width, height] = [720, Math.max(240, Math.round((this.height / this.width) * 720))];
    const context = new SVGContext(width, height);
    new Frame(width, height, this.axes).draw(context, printTheme, this.#paint);
    return new Blob([context.markup(title)], { type: "image/svg+xml" });
  }

  /** The figure as a picture: PNG, twice as fine as a screen. */
  png() {
    const picture = document.createElement("canvas");
    const context = sized(picture, 1200, Math.round((this.height / this.width) * 1200), 2);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, 1200, picture.height);
    new Frame(1200, picture.height / 2, this.axes).draw(context, printTheme, this.#paint);
    return new Promise((resolve) => picture.toBlob(resolve, "image/png"));
  }

  #listen() {
    const place = (event) => {
      const box = this.base.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    this.base.addEventListener("pointerdown", (event) => {
      const [x, y] = place(event);
      if (event.button !== 0 || !this.#frame?.contains(x, y)) return;
      this.#drag = { from: [x, y], box: [x, y, x, y], isWide: false };
      if (event.pointerType === "mouse") this.base.setPointerCapture(event.pointerId);
    });
    this.base.addEventListener("pointermove", (event) => {
      const [x, y] = place(event);
      if (this.#drag && this.on.zoom && event.pointerType === "mouse") {
        const { left, top, width, height } = this.#frame.area;
        const [toX, toY] = [clamp(x, left, left + width), clamp(y, top, top + height)];
        const [fromX, fromY] = this.#drag.from;
        // A drag along the axis chooses all of the other one.
        const isFlat = Math.abs(toY - fromY) < 20;
        this.#drag.isWide ||= Math.abs(toX - fromX) > 6;
        this.#drag.box = [Math.min(fromX, toX), isFlat ? top : Math.min(fromY, toY), Math.max(fromX, toX), isFlat ? top + height : Math.max(fromY, toY)];
        this.#drag.isFlat = isFlat;
        this.#drawOverlay();
      } else if (this.#frame?.contains(x, y)) this.on.point?.(x, y);
      else this.on.point?.();
    });
    this.base.addEventListener("pointerup", (event) => {
      const drag = this.#drag;
      this.#drag = null;
      if (!drag) return;
      if (!drag.isWide) {
        this.on.point?.(...place(event));
        this.on.pick?.(...place(event));
        return;
      }
      const [x, y, toX, toY] = drag.box;
      const frame = this.#frame;
      this.#drawOverlay();
      this.#show([frame.xValue(x), frame.xValue(toX)], drag.isFlat ? null : [frame.yValue(toY), frame.yValue(y)]);
    });
    this.base.addEventListener("pointercancel", () => (this.#drag = null));
    this.base.addEventListener("pointerleave", () => this.on.point?.());
    this.base.addEventListener("blur", () => this.on.point?.());
    this.base.addEventListener("dblclick", () => this.on.zoom?.());
    this.base.addEventListener("keydown", (event) => this.#key(event));
    this.base.addEventListener("wheel", (event) => {
      if (!event.ctrlKey || !this.on.zoom || !this.#frame) return;
      event.preventDefault();
      const [x] = place(event);
      this.#zoom(event.deltaY < 0 ? 0.8 : 1.25, (x - this.#frame.area.left) / this.#frame.area.width);
    }, { passive: false });
  }

  #key(event) {
    if (!this.#frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const walk = (members, intervals) => this.on.walk && (() => this.on.walk(members, intervals, this.base.getBoundingClientRect()));
    const zoom = this.on.zoom && {
      "+": () => this.#zoom(0.7, 0.5), "=": () => this.#zoom(0.7, 0.5), "-": () => this.#zoom(1 / 0.7, 0.5), 0: () => this.on.zoom(),
    };
    const plain = { ArrowLeft: walk(0, -1), ArrowRight: walk(0, 1), ArrowUp: walk(-1, 0), ArrowDown: walk(1, 0), Enter: this.on.open, ...zoom };
    const shifted = this.on.zoom && { ArrowLeft: () => this.#pan(-0.15), ArrowRight: () => this.#pan(0.15), "+": zoom["+"] };
    const action = (event.shiftKey ? shifted : plain)?.[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** Shows more or less of the x axis around a place on it. */
  #zoom(factor, place) {
    this.#move(place - place * factor, place + (1 - place) * factor);
  }

  #pan(share) { this.#move(share, 1 + share); }

  /** Shows the x axis from one place on it to another. */
  #move(from, to) {
    const scale = this.#frame.xScale;
    this.#show([scale.value(from), scale.value(to)]);
  }

  /** Shows a part of the figure, unless no scale can show it. */
  #show(x, y = null) {
    if (isDrawable(...x) && (!y || isDrawable(...y))) this.on.zoom({ x, y });
  }
}

/** A scale for what is shown of an axis: what was chosen, or all. */
export function shown(chosen, low, high, isLog) {
  return new Scale(...(chosen ?? [low, high]), { isLog });
}

/** Adds a straight line to the path. */
export function line(context, x1, y1, x2, y2) {
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
}

function upright(context, text, x, y) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (context instanceof SVGContext) {
    context.turned = true;
    context.fillText(text, x, y);
    context.turned = false;
    return;
  }
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.fillText(text, 0, 0);
  context.restore();
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
