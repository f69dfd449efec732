// Makes elements; everything that comes from the server becomes text, never markup.

/**
 * An element. Props: `class`, `on: {click: f}`, `data: {name: value}`, any attribute; null, undefined and false are left
 * out. Children: nodes, text, arrays; null is left out.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value" || name === "checked" || name === "disabled") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** An icon of strokes in a 24 × 24 box. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  cube: "m12 3 8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9",
  photo: "M4 6h16v12H4zM4 15l5-4 4 3 3-2 4 3",
  retry: "M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5",
};

/** A progress bar with a name; `set(fraction)` moves it, `set(null)` says that the end is unknown. */
export function progressBar(label) {
  const bar = h("progress", { max: 1, "aria-label": label });
  bar.set = (fraction) => (fraction === null ? bar.removeAttribute("value") : (bar.value = fraction));
  return bar;
}

/** Text in which `…` is code, as the server writes it. */
export const prose = (text) => text.split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));

/** What went wrong and what to do about it. `actions` are buttons below. */
export function errorBox(error, ...actions) {
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("p", { class: "what" }, prose(error.message)),
    error.fix && h("p", {}, prose(error.fix)),
    error.reason && h("p", {}, h("code", {}, error.reason)),
    actions.length > 0 && h("p", { class: "row" }, actions),
  );
}

export function button(text, onClick, props = {}) {
  return h("button", { type: "button", ...props, on: { click: onClick } }, text);
}

/** A message at the edge of the window that goes away by itself; `action` is [text, href]. */
export function toast(text, action) {
  const link = action && h("a", { href: action[1] }, action[0]);
  const box = h("div", { class: "toast" }, h("span", {}, text), link);
  const close = button(icon(ICONS.close), () => box.remove(), { class: "icon", "aria-label": "Dismiss" });
  link?.addEventListener("click", () => box.remove());
  box.append(close);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 12_000);
}
