// What shoppers do: funnel, lift, products, scenes, retention, experiments, audit.

import { button, errorBox, h } from "./dom.js";
import { isAbort } from "./connect.js";
import { audit } from "./audit.js";
import { experiments } from "./experiments.js";
import { funnel, STEPS } from "./funnel.js";
import { emptyState } from "./lists.js";
import { inLanguage } from "./format.js";
import { retention } from "./retention.js";
import { csvButton, table } from "./table.js";

const RANGES = { "7d": ["7 days", 7], "30d": ["30 days", 30], "90d": ["90 days", 90], "365d": ["12 months", 365] };
const DAY_MS = 86_400_000;
const DATES = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/;

/** The range that the address names: {key, startTime, endTime?, first?, last?}; else 30 days. */
export function rangeOf(id, now = Date.now()) {
  const dates = DATES.exec(id);
  if (dates) {
    const [first, last] = [Date.parse(dates[1]), Date.parse(dates[2])];
    if (!Number.isNaN(first + last)) {
      const [startTime, endTime] = [first, last + DAY_MS].map((t) => new Date(t).toISOString());
      return { key: "dates", first: dates[1], last: dates[2], startTime, endTime };
    }
  }
  const key = RANGES[id] ? id : "30d";
  return { key, startTime: new Date(now - RANGES[key][1] * DAY_MS).toISOString() };
}

function picker(app, range) {
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const today = day(Date.now());
  const from = h("input", {
    type: "date",
    value: range.first ?? day(Date.now() - 30 * DAY_MS),
    max: today,
    required: true,
  });
  const to = h("input", { type: "date", value: range.last ?? today, max: today, required: true });
  const said = h("span", { class: "over", role: "alert" });
  const dates = h(
    "form",
    { class: "dates", hidden: range.key !== "dates" },
    h("label", {}, "From", from),
    h("label", {}, "to", to),
    h("button", { type: "submit" }, "Show"),
    said,
  );
  dates.addEventListener("submit", (event) => {
    event.preventDefault();
    said.textContent = from.value > to.value ? "The first day is after the last." : "";
    if (from.value <= to.value) app.go(`#/insights/${from.value}..${to.value}`);
  });
  const choice = (key, text) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: "range",
        value: key,
        checked: key === range.key,
        on: {
          change: () => {
            dates.hidden = key !== "dates";
            if (key === "dates") from.focus();
            else app.go(`#/insights/${key}`);
          },
        },
      }),
      text,
    );
  return h(
    "div",
    { class: "picker" },
    h(
      "fieldset",
      { class: "segments", "aria-label": "Time" },
      Object.entries(RANGES).map(([key, [text]]) => choice(key, text)),
      choice("dates", "Dates"),
    ),
    dates,
  );
}

/** A part of the page that loads by itself. `load(box)` fills it; its error stays in it. */
function section(signal, title, text, load, props = {}) {
  const box = h("div", { class: "figure" });
  const heading = h("h2", {}, title);
  const part = h("section", props, heading, text && h("p", { class: "soft" }, text), box);
  part.heading = heading;
  part.load = async (...options) => {
    box.setAttribute("aria-busy", "true");
    if (!box.childElementCount) box.replaceChildren(h("p", { class: "soft" }, "Loading …"));
    try {
      await load(box, ...options);
    } catch (error) {
      if (isAbort(error) || signal.aborted) return;
      box.replaceChildren(
        errorBox(
          error,
          button("Try again", () => part.load(...options)),
        ),
      );
      if (error.code === "unauthenticated") part.dispatchEvent(new CustomEvent("key", { detail: error }));
    }
    box.removeAttribute("aria-busy");
  };
  return part;
}

const SENT = `curl ${location.origin}/showfloor.v1.InsightsService/RecordEvents \\
  -H 'content-type: application/json' \\
  -d '{"events": [{"id": "1", "kind": "EVENT_KIND_EXPOSURE",
       "time": "${new Date().toISOString().slice(0, 19)}Z",
       "shopperId": "ann", "productId": "TIN-1"}]}'`;

function nothing(app) {
  return h(
    "div",
    {},
    emptyState(
      "No events in this time",
      "Shops and apps send what their shoppers do with RecordEvents: shown, opened, placed, tried, bought. " +
        "The Unity bridge has a recorder for it. For a first try:",
      h("pre", { class: "sent", tabindex: 0 }, SENT),
      button("Show 12 months", () => app.go("#/insights/365d")),
    ),
  );
}

/** Table of all products or scenes; more rows are fetched when they are asked for. */
function breakdown(app, signal, range, by) {
  const isProduct = by === "BREAKDOWN_BY_PRODUCT";
  const name = isProduct ? "Products" : "Scenes";
  const columns = [
    { title: isProduct ? "Product" : "Scene", value: (row) => row.name, show: (row) => row.shown ?? row.name },
    ...Object.entries(STEPS).map(([kind, title]) => ({
      title,
      value: (row) => Number(row.steps.find((s) => s.kind === kind)?.shoppers ?? 0),
      show: (row) => Number(row.steps.find((s) => s.kind === kind)?.shoppers ?? 0).toLocaleString("en"),
    })),
    {
      title: "Bought, of shown",
      value: (row) => Number(row.steps.at(-1).shoppers ?? 0) / Math.max(1, Number(row.steps[0].shoppers ?? 0)),
      show: (row) =>
        `${((100 * Number(row.steps.at(-1).shoppers ?? 0)) / Math.max(1, Number(row.steps[0].shoppers ?? 0))).toFixed(1)} %`,
    },
  ];

  async function title(row, choose) {
    row.shown = h(
      "span",
      {},
      isProduct ? button(row.name, () => choose(row.name), { class: "link", title: "Show its funnel" }) : row.name,
    );
    if (!isProduct) return;
    try {
      const product = await app.client.call("CatalogService/GetProduct", { productId: row.name }, { signal });
      const text = inLanguage(product.titles);
      if (text)
        row.shown.replaceChildren(
          button(text, () => choose(row.name), { class: "link", title: "Show its funnel" }),
          h("span", { class: "soft" }, ` ${row.name}`),
        );
    } catch (error) {
      if (error.code === "not_found") row.shown.append(h("span", { class: "soft" }, " deleted"));
    }
  }

  return async (box, choose) => {
    const found = [];
    const list = table(name, columns, { sortable: true });
    let pageToken = "";
    const more = button("Show more", () => fill().catch((error) => app.fail(error, box)), { hidden: true });
    async function fill() {
      more.disabled = true;
      const { startTime, endTime } = range;
      const page = await app.client.call(
        "InsightsService/Breakdown",
        { startTime, endTime, by, pageSize: 20, pageToken },
        { signal },
      );
      for (const row of page.rows ?? []) {
        found.push(row);
        title(row, choose);
      }
      list.fill(found);
      pageToken = page.nextPageToken ?? "";
      more.hidden = !pageToken;
      more.disabled = false;
    }
    await fill();
    if (!found.length) {
      box.replaceChildren(
        h(
          "p",
          { class: "soft" },
          isProduct ? "No event of this time names a product." : "No event of this time names a scene: Event.scene.",
        ),
      );
      return;
    }
    box.replaceChildren(list, h("p", { class: "row" }, more, csvButton(name.toLowerCase(), columns, list.rows)));
  };
}

/** The funnel of all, once the server has read its events; `page` says how far it is. */
async function whenLoaded(app, page, time, signal) {
  for (;;) {
    try {
      return await app.client.call("InsightsService/Funnel", time, { signal });
    } catch (error) {
      if (error.reason !== "INSIGHTS_LOADING") throw error;
      page.firstChild.textContent = error.message;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

export async function show(app, root, { signal, id }) {
  const range = rangeOf(id);
  const head = h("div", { class: "head" }, h("h1", {}, "Insights"), picker(app, range));
  const page = h("div", { class: "insights" }, h("div", { class: "soft", role: "status" }, "Loading …"));
  root.replaceChildren(head, page);
  const time = { startTime: range.startTime, endTime: range.endTime };
  const whole = await whenLoaded(app, page, time, signal);
  if (!Number(whole.steps?.[0]?.shoppers ?? 0)) {
    page.replaceChildren(nothing(app));
    return;
  }
  let known = whole;
  const steps = section(
    signal,
    "Funnel",
    "Shoppers who reached each step or a later one; AR, try-on and VR count by themselves.",
    (box, product = "") =>
      funnel(app, box, { time, product, signal, known: product ? null : known, all: () => steps.load("") }),
  );
  const choose = (product) => {
    known = null;
    steps.load(product);
    steps.scrollIntoView({ behavior: "smooth", block: "start" });
  };
  const by = (kind) => breakdown(app, signal, range, kind);
  const parts = [
    steps,
    section(signal, "Products", "Choose one to see its funnel.", (box) => by("BREAKDOWN_BY_PRODUCT")(box, choose), {
      class: "wide",
    }),
    section(
      signal,
      "Scenes",
      "A purchase counts for the scenes where its product was met.",
      (box) => by("BREAKDOWN_BY_SCENE")(box),
      { class: "wide" },
    ),
    section(
      signal,
      "Retention",
      "Of the shoppers who came first in a week, the share that was there so many weeks later. Independent of the time above.",
      (box) => retention(app, box, signal),
    ),
    section(
      signal,
      "Experiments",
      "Valid however often you look. All events count, independent of the time above.",
      (box) => experiments(app, box, signal),
    ),
    section(
      signal,
      "Audit",
      "Whether brands or categories are shown and recommended alike.",
      (box) => audit(app, box, { time, signal }),
      { class: "wide" },
    ),
  ];
  for (const part of parts) part.addEventListener("key", (event) => app.fail(event.detail));
  page.replaceChildren(...parts);
  await Promise.all(parts.map((part) => part.load()));
}
