// Small charts in SVG. Widths are in percent, so that they fit any screen; texts stand beside them as HTML.

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const percent = (share) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
const canvas = (...marks) => svg("svg", { class: "chart", "aria-hidden": "true" }, ...marks);

/** Bars from the left. A row is {label, share, text, note, kind}; `share` of the whole width, `kind` a class. */
export function bars(label, rows) {
  return h(
    "ul",
    { class: "plot bars", "aria-label": label },
    rows.map((row) =>
      h(
        "li",
        { class: row.kind },
        h("span", { class: "label" }, row.label),
        canvas(
          svg("rect", { class: "back", width: "100%", height: "100%", rx: 4 }),
          svg("rect", { class: "bar", width: percent(row.share), height: "100%", rx: 4 }),
        ),
        h("span", { class: "n" }, row.text, row.note && h("span", { class: "soft" }, ` ${row.note}`)),
      ),
    ),
  );
}

/** Values with their intervals on one axis. A row is {label, low, value, high, text, kind}; `axis` as `linear` makes it. */
export function intervals(label, rows, axis) {
  const grid = () =>
    axis.ticks.map((t) =>
      svg("line", { class: "tick", x1: percent(axis.at(t)), x2: percent(axis.at(t)), y1: 0, y2: "100%" }),
    );
  const mark = axis.mark === undefined ? [] : [axis.mark];
  return h(
    "ul",
    { class: "plot intervals", "aria-label": label },
    rows.map((row) =>
      h(
        "li",
        { class: row.kind },
        h("span", { class: "label" }, row.label),
        canvas(
          ...grid(),
          ...mark.map((m) =>
            svg("line", { class: "mark", x1: percent(axis.at(m)), x2: percent(axis.at(m)), y1: 0, y2: "100%" }),
          ),
          svg("line", {
            class: "range",
            x1: percent(axis.at(row.low)),
            x2: percent(axis.at(row.high)),
            y1: "50%",
            y2: "50%",
          }),
          svg("circle", { class: "dot", cx: percent(axis.at(row.value)), cy: "50%", r: 6 }),
        ),
        h("span", { class: "n" }, row.text),
      ),
    ),
    h(
      "li",
      { class: "axis", "aria-hidden": "true" },
      h("span", {}),
      svg(
        "svg",
        { class: "chart" },
        ...axis.ticks.map((t) => {
          const at = axis.at(t);
          const anchor = at < 0.04 ? "start" : at > 0.96 ? "end" : "middle";
          const text = svg("text", { x: percent(at), y: "1em", "text-anchor": anchor });
          text.textContent = axis.text(t);
          return text;
        }),
      ),
      h("span", {}),
    ),
  );
}

const STEPS = [1, 2, 2.5, 5, 10];

/** An axis from 0 to a round number from `high` on, in four steps or so. */
export function linear(high, text) {
  const rough = (high || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * STEPS.find((s) => s * power >= rough * 0.999);
  const ticks = [];
  for (let n = 0; ; n++) {
    ticks.push(n * step);
    if (n * step >= high * 0.999) break;
  }
  const end = ticks.at(-1);
  return { ticks, text, at: (value) => value / end };
}

/** An axis of ratios around 1, so that twice and half are equally far from it. */
export function ratios(low, high, text) {
  const reach = Math.min(64, Math.max(2, high, 1 / Math.max(low, 1 / 64)));
  const octaves = Math.ceil(Math.log2(reach));
  const ticks = [];
  const step = Math.ceil(octaves / 2);
  for (let n = -octaves; n <= octaves; n += 1) if (n % step === 0) ticks.push(2 ** n);
  return { ticks, text, mark: 1, at: (value) => (Math.log2(Math.max(value, 1e-9)) + octaves) / (2 * octaves) };
}
