// The audit. It takes seconds, so it runs when somebody asks for it.

import { intervals, ratios } from "./charts.js";
import { button, h } from "./dom.js";
import { count } from "./format.js";
import { csvButton, table } from "./table.js";

const BY = { AUDIT_BY_BRAND: "Brand", AUDIT_BY_CATEGORY: "Category" };
const CHARTED = 12;

export function audit(app, box, { time, signal }) {
  const result = h("div", { "aria-live": "polite" });
  const run = async (by, button_) => {
    button_.disabled = true;
    result.replaceChildren(h("p", { class: "soft" }, "Hiding choices and looking for them. This takes some seconds."));
    try {
      const found = await app.client.call("InsightsService/Audit", { ...time, by }, { signal });
      result.replaceChildren(...drawn(BY[by], found));
    } catch (error) {
      app.fail(error, result, () => run(by, button_));
    }
    button_.disabled = false;
  };
  const choices = Object.entries(BY).map(([by, text]) =>
    button(`By ${text.toLowerCase()}`, ({ currentTarget }) => run(by, currentTarget)),
  );
  box.replaceChildren(
    h("p", { class: "row" }, choices),
    h(
      "p",
      { class: "soft" },
      "Groups that shoppers declared: ",
      h("code", {}, "showfloor insights audit --by shoppers --groups groups.csv"),
    ),
    result,
  );
}

function drawn(title, found) {
  const groups = (found.groups ?? []).map((g) => ({
    name: g.name,
    size: Number(g.size ?? 0),
    exposures: Number(g.exposures ?? 0),
    ratio: g.exposureRatio ?? 0,
    tried: Number(g.tried ?? 0),
    hitRate: g.hitRate ?? 0,
    under: Boolean(g.underServed),
  }));
  const columns = [
    { title, value: (row) => row.name },
    { title: "Products", value: (row) => row.size, show: (row) => count(row.size) },
    { title: "Exposures", value: (row) => row.exposures, show: (row) => count(row.exposures) },
    { title: "Exposure ratio", value: (row) => row.ratio, show: (row) => (row.ratio ? row.ratio.toFixed(2) : "–") },
    { title: "Tried", value: (row) => row.tried, show: (row) => count(row.tried) },
    {
      title: "Found",
      value: (row) => row.hitRate,
      show: (row) => (row.tried ? `${Math.round(100 * row.hitRate)} %` : "–"),
    },
    {
      title: "",
      value: (row) => (row.under ? "under-served" : ""),
      show: (row) => (row.under ? h("span", { class: "badge warn" }, "under-served") : ""),
    },
  ];
  const list = table(`Audit by ${title.toLowerCase()}`, columns, { sortable: true });
  list.fill(groups);
  const charted = groups.filter((g) => g.ratio).slice(0, CHARTED);
  const values = charted.map((g) => g.ratio);
  return [
    h("p", { class: "notice" }, found.conclusion),
    charted.length > 1 &&
      intervals(
        "Share of exposures divided by share of interest",
        charted.map((g) => ({
          label: g.name,
          low: g.ratio,
          value: g.ratio,
          high: g.ratio,
          text: g.ratio.toFixed(2),
          kind: g.under && g.ratio < 1 ? "under" : "",
        })),
        ratios(Math.min(...values), Math.max(...values), (tick) =>
          tick < 1 ? `1/${Math.round(1 / tick)}` : String(tick),
        ),
      ),
    charted.length > 1 &&
      h(
        "p",
        { class: "soft" },
        "Share of what was shown, divided by share of what was chosen: 1 is fair, less is shown too little.",
      ),
    groups.length > 0 && list,
    groups.length > 0 && h("p", { class: "row" }, csvButton(`audit by ${title.toLowerCase()}`, columns, list.rows)),
  ].filter(Boolean);
}
