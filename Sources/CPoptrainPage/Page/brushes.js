// What can be taken hold of on the axes of the parallel coordinates, with the pointer or the keyboard.

import { rangeText } from "./axes.js";
import { h } from "./dom.js";
import { rounded } from "./scale.js";

/** How much of an axis an arrow key moves a brush. */
const step = 0.05;
/** A live drag draws the lines only where that is quick, in milliseconds. */
const quick = 40;

export class Brushes {
  #handles = [];
  #drag = null;

  constructor(app, view, host) {
    Object.assign(this, { app, view, host });
  }

  get isDragging() { return this.#drag !== null; }

  /** Puts a handle on each axis. */
  place(layout, brush) {
    this.layout = layout;
    this.brush = brush;
    while (this.#handles.length < layout.axes.length) this.#add(this.#handles.length);
    layout.axes.forEach((axis, index) => {
      const handle = this.#handles[index];
      const [low, high] = [axis.scale.low, axis.scale.high];
      const range = brush.get(axis.name);
      Object.assign(handle.style, { left: `${layout.x[index] - 14}px`, top: `${layout.top - 6}px`, height: `${layout.height + 12}px` });
      const says = { valuemin: low, valuemax: high, valuenow: range?.[0] ?? low, valuetext: range ? rangeText(axis, range) : "all" };
      handle.setAttribute("aria-label", `Choose a range of ${axis.title}`);
      for (const [name, value] of Object.entries(says)) handle.setAttribute(`aria-${name}`, value);
    });
  }

  #add(index) {
    const handle = h("div", { class: "axis", role: "slider", tabindex: 0, "aria-orientation": "vertical" });
    const height = (event) => event.clientY - this.host.getBoundingClientRect().top;
    handle.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      handle.focus({ focusVisible: false });
      handle.setPointerCapture(event.pointerId);
      this.#drag = { from: height(event), ranges: null };
    });
    handle.addEventListener("pointermove", (event) => {
      if (!this.#drag || Math.abs(height(event) - this.#drag.from) < 4) return;
      const axis = this.layout.axes[index];
      const range = [this.#drag.from, height(event)].map((y) => this.layout.value(axis, y)).sort((a, b) => a - b);
      this.#drag.ranges = this.#with(axis, range);
      this.#preview();
    });
    handle.addEventListener("pointerup", () => {
      const drag = this.#drag;
      this.#end();
      if (drag) this.app.set({ brush: drag.ranges ?? this.#with(this.layout.axes[index], null) });
    });
    handle.addEventListener("pointercancel", () => {
      this.#end();
      this.app.redraw();
    });
    handle.addEventListener("keydown", (event) => this.#key(event, this.layout.axes[index]));
    this.host.append(handle);
    this.#handles.push(handle);
  }

  #end() {
    this.#drag = null;
    this.view.dragged = null;
  }

  /** Shows a brush while it is drawn, at most once a frame. The address has it when it is done. */
  #preview() {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      if (!this.#drag || this.took > quick) return;
      this.view.dragged = this.#drag.ranges;
      const started = performance.now();
      this.view.drawBrush();
      this.took = performance.now() - started;
    });
  }

  /** The brush with another range of an axis; without one where it is null. */
  #with(axis, range) {
    const { [axis.name]: _, ...others } = Object.fromEntries(this.brush);
    return range ? { ...others, [axis.name]: rounded(range) } : others;
  }

  #key(event, axis) {
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const { scale } = axis;
    const range = [...(this.brush.get(axis.name) ?? [scale.low, scale.high])];
    const end = event.shiftKey ? 1 : 0;
    const place = Math.max(0, Math.min(1, scale.position(range[end]) + direction * step));
    range[end] = scale.value(place);
    if (range[0] <= range[1]) this.app.set({ brush: this.#with(axis, range) });
  }
}
