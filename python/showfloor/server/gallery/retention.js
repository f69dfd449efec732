// Who comes back, week by week: a table whose cells are coloured.

import { h } from "./dom.js";
import { count } from "./format.js";
import { csvButton } from "./table.js";

const WEEKS = 8;

export async function retention(app, box, signal) {
  const { cohorts = [] } = await app.client.call("InsightsService/Retention", { weeks: WEEKS }, { signal });
  if (!cohorts.length) {
    box.replaceChildren(h("p", { class: "soft" }, `Nobody came first in the last ${WEEKS} weeks.`));
    return;
  }
  const width = Math.max(...cohorts.map((c) => c.shares.length));
  const weeks = Array.from({ length: width }, (_, n) => n);
  const cell = (cohort, n) => {
    const value = cohort.shares[n];
    if (value === undefined) return h("td", {});
    const open = n === cohort.shares.length - 1 && n > 0;
    const text = `${Math.round(100 * value)} %`;
    const element = h(
      "td",
      { class: `heat ${n ? "" : "first"}`, title: open ? "This week is not over" : null },
      text,
      open && "*",
    );
    element.style.setProperty("--share", n ? Math.sqrt(value) : 0);
    return element;
  };
  const columns = [
    { title: "week", value: (c) => c.week },
    { title: "shoppers", value: (c) => Number(c.shoppers) },
    ...weeks.map((n) => ({ title: `week ${n}`, value: (c) => c.shares[n] ?? "" })),
  ];
  box.replaceChildren(
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Retention by week" },
      h(
        "table",
        { class: "figures heatmap" },
        h("caption", { class: "unseen" }, "Share of the shoppers of each first week that was there in later weeks"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, "Week of"),
            h("th", { scope: "col", class: "n" }, "Shoppers"),
            weeks.map((n) => h("th", { scope: "col" }, n ? `+${n}` : "First")),
          ),
        ),
        h(
          "tbody",
          {},
          cohorts.map((c) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, c.week),
              h("td", { class: "n" }, count(c.shoppers)),
              weeks.map((n) => cell(c, n)),
            ),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "row" },
      h("span", { class: "soft" }, "* this week, which is not over"),
      csvButton("retention", columns, () => cohorts),
    ),
  );
}
