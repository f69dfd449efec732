// How numbers, sizes, times and states read.

const number = new Intl.NumberFormat("en");
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export const VERDICTS = { pass: "Pass", warn: "Check", fail: "Fail" };

export const JOB_STATES = {
  JOB_STATE_QUEUED: "Waiting",
  JOB_STATE_RUNNING: "Running",
  JOB_STATE_SUCCEEDED: "Done",
  JOB_STATE_FAILED: "Failed",
  JOB_STATE_CANCELLED: "Cancelled",
};
export const isActive = (job) => job.state === "JOB_STATE_QUEUED" || job.state === "JOB_STATE_RUNNING";

/** Stages of a job in their order, as people call them. */
export const STAGES = {
  capture: "Read photos",
  segment: "Find the product",
  camera: "Place the cameras",
  stereo: "Measure depth",
  surface: "Build the surface",
  texture: "Paint it",
  gltf: "Pack levels",
  proof: "Check",
};

export const PROFILES = {
  quest3: "Quest 3",
  quest2: "Quest 2",
  "mobile-ar": "Mobile AR",
  web: "Web",
  desktop: "Desktop",
  source: "Source",
};

/** 64-bit numbers come as text in JSON. */
export const count = (value) => number.format(Number(value ?? 0));

export function bytes(value) {
  const n = Number(value ?? 0);
  if (n < 1000) return `${n} B`;
  if (n < 1e6) return `${(n / 1e3).toFixed(0)} kB`;
  return n < 1e9 ? `${(n / 1e6).toFixed(n < 1e7 ? 2 : 1)} MB` : `${(n / 1e9).toFixed(2)} GB`;
}

export const percent = (fraction) => `${Math.floor(100 * (fraction ?? 0))} %`;

/** Metres as centimetres with a sensible number of digits. */
export function cm(metres) {
  const value = 100 * metres;
  return value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0);
}

/** "8.0 × 12.0 × 8.0 cm": width, height, depth. */
export function sizeText(size, known = true) {
  if (!size) return "";
  return known ? `${cm(size.xM)} × ${cm(size.yM)} × ${cm(size.zM)} cm` : "Size unknown";
}

export function seconds(value) {
  if (value < 100) return `${value.toFixed(1)} s`;
  return `${Math.floor(value / 60)} min ${String(Math.floor(value % 60)).padStart(2, "0")} s`;
}

export function ago(time, now = Date.now()) {
  if (!time) return "";
  const past = Math.max(0, now - Date.parse(time)) / 1000;
  if (past < 45) return "just now";
  for (const [unit, length, limit] of [
    ["minute", 60, 60],
    ["hour", 3600, 24],
    ["day", 86400, 14],
  ]) {
    if (past / length < limit) return relative.format(-Math.round(past / length), unit);
  }
  return new Date(time).toLocaleDateString("en", { day: "numeric", month: "short", year: "numeric" });
}

/** The text of a {language: text} map that fits the reader best. */
export function inLanguage(texts = {}, languages = navigator.languages) {
  for (const wanted of [...languages, "en"]) {
    const tag = wanted.toLowerCase();
    const found = Object.keys(texts).find((k) => k.toLowerCase() === tag || k.toLowerCase() === tag.split("-")[0]);
    if (found) return texts[found];
  }
  return Object.values(texts)[0] ?? "";
}

export function money({ currencyCode, units = 0, nanos = 0 }) {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency: currencyCode }).format(
      Number(units) + nanos / 1e9,
    );
  } catch {
    return `${Number(units) + nanos / 1e9} ${currencyCode ?? ""}`; // not a currency that the browser knows
  }
}
