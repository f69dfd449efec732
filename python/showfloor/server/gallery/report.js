// What report.json says, for people.

import { isAbort } from "./connect.js";
import { errorBox, h } from "./dom.js";
import { bytes, count, seconds } from "./format.js";

const QUALITY = {
  holdout_psnr_db: "Likeness of photos kept back (PSNR, dB)",
  holdout_ssim: "Likeness of photos kept back (SSIM)",
  label_ncc: "Small print, photo against model (correlation)",
  watertight: "Closed surface",
  visible_texel_fraction: "Texture seen by a photo (fraction)",
};
const NAMES = [
  [/_/g, " "],
  [/\blod(\d)/gi, "LOD $1"],
  [/\bmb\b/i, "MB"],
  [/\buv\b/i, "UV"],
];

/** "file_mb_lod1" → "File MB LOD 1". */
function label(key) {
  const text = NAMES.reduce((name, [pattern, by]) => name.replace(pattern, by), key);
  return text[0].toUpperCase() + text.slice(1);
}

const fraction = (value) => (Math.abs(value) < 1e-4 ? "0" : String(Number(value.toPrecision(4))));

/** Any JSON value in words. */
export function words(value) {
  if (value === null || value === undefined || (typeof value === "object" && !Object.keys(value).length)) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : fraction(value);
  if (Array.isArray(value)) return value.map(words).join(", ");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([k, v]) => `${label(k).toLowerCase()}: ${words(v)}`)
      .join(", ");
  return String(value);
}

/** A table; the last columns of numbers are set flush right by `numeric`, a set of column indices. */
function table(head, rows, numeric = new Set()) {
  const cells = (tag, row) =>
    row.map((cell, i) => h(tag, { class: numeric.has(i) ? "n" : null, scope: tag === "th" ? "col" : null }, cell));
  const top = head.some(Boolean) && h("thead", {}, h("tr", {}, cells("th", head)));
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      {},
      top,
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, cells("td", row))),
      ),
    ),
  );
}

/** Names and values; a value of any length. */
const pairs = (object, name = label) =>
  h(
    "dl",
    { class: "values" },
    Object.entries(object).map(([k, v]) => [h("dt", {}, name(k)), h("dd", {}, words(v))]),
  );

function meter(value, max, title) {
  return h("meter", { max, value, title, "aria-label": title });
}

/** A table of {name: {value, limit, ok}}. */
function checks(object) {
  const rows = Object.entries(object).map(([name, { limit, value, ok }]) => [
    label(name),
    words(value),
    words(limit),
    h("span", { class: ok ? "ok" : "over" }, ok ? "ok" : "over"),
  ]);
  return table(["", "Value", "Limit", ""], rows, new Set([1]));
}

function audit({ audit: { checks: each, ...whole } }) {
  return h("div", {}, pairs(whole), each ? checks(each) : null);
}

function timings({ timings_s: times, peak_memory_mb: memory }) {
  const { total, ...steps } = times;
  const longest = Math.max(0.001, ...Object.values(steps));
  const rows = Object.entries(steps).map(([k, s]) => [
    label(k),
    seconds(s),
    meter(s, longest, `${label(k)}: ${seconds(s)}`),
  ]);
  if (total !== undefined) rows.push([h("b", {}, "Total"), h("b", {}, seconds(total)), ""]);
  if (memory) rows.push(["Peak memory", `${count(Math.round(memory))} MB`, ""]);
  return table(["", "", ""], rows, new Set([1]));
}

function textures(report) {
  const rows = report.textures.map((t) => [t.role ?? "", `${t.width} × ${t.height}`, t.encoding ?? "", bytes(t.bytes)]);
  return table(["Role", "Pixels", "Encoding", "Size"], rows, new Set([1, 3]));
}

function photos(report) {
  const used = report.images.filter((i) => i.used);
  const out = report.images.filter((i) => !i.used);
  const summary = h("p", {}, `${used.length} of ${report.images.length} used.`);
  return h(
    "div",
    {},
    summary,
    out.length > 0 &&
      table(
        ["Left out", "Why"],
        out.map((i) => [i.file ?? "", i.reason ?? ""]),
      ),
  );
}

function provenance(report) {
  const rows = report.provenance.map((p) => [
    p.name ?? "",
    p.version ?? "",
    p.licence ?? "",
    p.commercial ? "yes" : h("span", { class: "over" }, "no"),
  ]);
  return table(["Tool or model", "Version", "Licence", "Commercial use"], rows);
}

const SECTIONS = [
  ["Quality", (r) => r.quality, (r) => pairs(r.quality, (k) => QUALITY[k] ?? label(k))],
  ["Budget", (r) => r.budget, (r) => checks(r.budget)],
  ["Time", (r) => r.timings_s, timings],
  ["Textures", (r) => r.textures, textures],
  ["Photos", (r) => r.images, photos],
  ["Cameras", (r) => r.camera, (r) => pairs(r.camera)],
  ["glTF validator", (r) => r.validator, (r) => pairs(r.validator)],
  ["Commerce audit", (r) => r.audit, audit],
  ["Made with", (r) => r.provenance, provenance],
];
const OPEN = new Set(["Quality"]);

function size(report) {
  const from = { unknown: "not known", rgbd: "the depth camera", marker: "the printed marker" }[report.scale_source];
  const tolerance = report.scale_tolerance === null ? "" : `, ± ${(100 * report.scale_tolerance).toFixed(1)} %`;
  return h("p", { class: "soft" }, `Size from ${from ?? `the given ${report.scale_source}`}${tolerance}.`);
}

/** Sections that fill themselves once the report is here. */
export function reportSections(app, asset, signal) {
  const section = h("section", { class: "report" }, h("h2", {}, "Report"));
  if (!asset.reportPath) {
    section.append(h("p", { class: "soft" }, "There is no report."));
    return section;
  }
  (async () => {
    try {
      const report = JSON.parse(await (await app.client.file(asset.reportPath, { signal })).text());
      section.append(size(report));
      for (const [title, part, render] of SECTIONS) {
        const value = part(report);
        if (value && Object.keys(value).length) {
          section.append(h("details", { open: OPEN.has(title) }, h("summary", {}, title), render(report)));
        }
      }
      const raw = new Blob([JSON.stringify(report, null, 2)], { type: "application/json" });
      const url = URL.createObjectURL(raw);
      signal.addEventListener("abort", () => URL.revokeObjectURL(url), { once: true });
      section.append(
        h(
          "p",
          {},
          h("a", { href: url, download: `${asset.displayName || asset.id}.report.json` }, "Download report.json"),
        ),
      );
    } catch (error) {
      if (!isAbort(error))
        section.append(
          errorBox(error.fix === undefined ? { message: "The report cannot be read.", fix: error.message } : error),
        );
    }
  })();
  return section;
}
