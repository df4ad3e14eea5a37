// A drawing context that writes SVG: what draws on a canvas draws a file, too.

export class SVGContext {
  #parts = [];
  #path = "";
  #clips = 0;
  #open = [0];
  lineWidth = 1;
  strokeStyle = "#000";
  fillStyle = "#000";
  globalAlpha = 1;
  lineJoin = "round";
  font = "12px sans-serif";
  textAlign = "left";
  textBaseline = "alphabetic";
  #dash = [];

  constructor(width, height) {
    this.width = width;
    this.height = height;
  }

  beginPath() { this.#path = ""; }
  moveTo(x, y) { this.#path += `M${at(x)} ${at(y)}`; }
  lineTo(x, y) { this.#path += `L${at(x)} ${at(y)}`; }
  bezierCurveTo(...places) { this.#path += `C${places.map(at).join(" ")}`; }
  closePath() { this.#path += "Z"; }
  rect(x, y, width, height) { this.#path += `M${at(x)} ${at(y)}h${at(width)}v${at(height)}h${at(-width)}Z`; }
  arc(x, y, radius) {
    this.#path += `M${at(x - radius)} ${at(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  }
  setLineDash(dash) { this.#dash = dash; }

  stroke() {
    if (!this.#path) return;
    const dash = this.#dash.length ? ` stroke-dasharray="${this.#dash.join(" ")}"` : "";
    this.#add(`<path d="${this.#path}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="round"${dash}${this.#alpha()}/>`);
  }
  fill() {
    if (this.#path) this.#add(`<path d="${this.#path}" fill="${this.fillStyle}"${this.#alpha()}/>`);
  }
  fillRect(x, y, width, height) {
    this.#add(`<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${this.fillStyle}"${this.#alpha()}/>`);
  }
  fillText(text, x, y) {
    const [, weight, size, family] = /^(bold )?([\d.]+)px (.*)$/.exec(this.font);
    const anchor = { center: "middle", right: "end" }[this.textAlign] ?? "start";
    const shift = { middle: 0.35, top: 0.8 }[this.textBaseline] ?? 0;
    const turn = this.turned ? ` transform="rotate(-90 ${at(x)} ${at(y)})"` : "";
    this.#add(`<text x="${at(x)}" y="${at(y + shift * size)}"${turn} text-anchor="${anchor}" font-family="${escaped(family)}" font-size="${size}"${weight ? ' font-weight="bold"' : ""} fill="${this.fillStyle}">${escaped(text)}</text>`);
  }

  save() { this.#open.push(0); }
  clip() {
    const name = `clip-${this.#clips++}`;
    this.#add(`<clipPath id="${name}"><path d="${this.#path}"/></clipPath><g clip-path="url(#${name})">`);
    this.#open[this.#open.length - 1]++;
  }
  restore() { this.#add("</g>".repeat(this.#open.pop())); }

  /** The whole file. */
  markup(title) {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.width} ${this.height}" width="${this.width}" height="${this.height}"><title>${escaped(title)}</title><rect width="100%" height="100%" fill="#fff"/>${this.#parts.join("\n")}</svg>\n`;
  }

  #alpha() { return this.globalAlpha < 1 ? ` opacity="${at(this.globalAlpha)}"` : ""; }
  #add(part) { if (part) this.#parts.push(part); }
}

function at(number) {
  return Math.round(number * 100) / 100;
}

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
