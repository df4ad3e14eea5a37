// Making elements. Text is always set as text: nothing from a run is ever markup.

/** An element: `h("button", {class: "quiet", onclick: stop}, "Stop")`. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Puts elements in the place of others, unless they are the same: who holds one of them open, or has the focus on it, keeps it.
 */
export function renew(host, ...children) {
  const elements = children.filter(Boolean);
  const chosen = (element) => [...element.querySelectorAll("input, select")].map(({ checked, value }) => [checked, value]);
  const told = (elements) => JSON.stringify(elements.map((element) => [element.outerHTML, chosen(element)]));
  if (told(elements) !== told([...host.children])) replace(host, ...elements);
}

/** Puts elements in the place of others; the focus stays in its place among those that can have it. */
export function replace(host, ...children) {
  const fields = () => [...host.querySelectorAll("a, button, input, select")];
  const place = fields().indexOf(document.activeElement);
  host.replaceChildren(...children);
  if (place >= 0) fields()[place]?.focus();
}

/** A choice among a few: `options` are `[value, text]`. */
export function select(label, options, value, choose) {
  const list = h("select", { onchange: (event) => choose(event.target.value) }, options.map(([value, text]) => h("option", { value }, text)));
  list.value = value;
  return h("label", { class: "control" }, label, list);
}

/** A choice of yes or no. */
export function toggle(label, isOn, choose) {
  return h("label", { class: "control" }, h("input", { type: "checkbox", checked: isOn, onchange: (event) => choose(event.target.checked) }), label);
}

/** The frame of a figure: its title, its controls, a hint on how to read it, and buttons that save it. */
export function card(host, title, hint) {
  const [controls, body] = [h("div", { class: "controls" }), h("div", { class: "body" })];
  hint = hint && h("p", { class: "hint" }, hint);
  const note = h("p", { class: "note", hidden: true });
  const element = h("section", { class: "card", "aria-label": title }, h("header", {}, h("h2", {}, title), controls), hint, body, note);
  host.append(element);
  return {
    element, controls, body, hint,
    /** Says what the figure does not show by itself. */
    say(text) {
      note.textContent = text;
      note.hidden = !text;
    },
  };
}

/** Buttons that save a figure as a file. */
export function savers(plot, name) {
  const save = (blob, suffix) => {
    const link = h("a", { href: URL.createObjectURL(blob), download: `${name()}.${suffix}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return [
    h("button", { class: "quiet", title: "Save as SVG, for a paper", onclick: () => save(plot().svg(name()), "svg") }, "SVG"),
    h("button", { class: "quiet", title: "Save as PNG", onclick: async () => save(await plot().png(), "png") }, "PNG"),
  ];
}
