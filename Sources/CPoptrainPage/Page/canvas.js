// A canvas in CSS pixels, whatever the screen has.

export function canvas(host) {
  const element = document.createElement("canvas");
  host.append(element);
  return element;
}

/** Gives a canvas its size in the screen's pixels, empty, and a context that counts in CSS pixels. */
export function sized(element, width, height, ratio = window.devicePixelRatio || 1) {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = element.getContext("2d");
  if (element.width !== wide || element.height !== high) {
    [element.width, element.height] = [wide, high];
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
  } else {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, wide, high);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.lineJoin = "round";
  return context;
}
