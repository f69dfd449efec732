// The funnel, and whether shoppers with 3D or AR buy more.

import { bars, intervals, ratios } from "./charts.js";
import { button, h } from "./dom.js";
import { count } from "./format.js";
import { behind } from "./table.js";

export const STEPS = {
  EVENT_KIND_EXPOSURE: "Shown",
  EVENT_KIND_CARD_OPENED: "Opened",
  EVENT_KIND_AR_PLACED: "AR",
  EVENT_KIND_TRY_ON: "Try-on",
  EVENT_KIND_VR_VISIT: "VR",
  EVENT_KIND_CART: "Cart",
  EVENT_KIND_PURCHASE: "Bought",
};
const WAYS = new Set(["EVENT_KIND_AR_PLACED", "EVENT_KIND_TRY_ON", "EVENT_KIND_VR_VISIT"]);

export const share = (value) => `${(100 * Number(value ?? 0)).toFixed(1)} %`;

function verdict(value, low, high) {
  if (low > 1) return `Shoppers with AR, try-on or VR buy ${value.toFixed(1)} times as often.`;
  if (high < 1) return "Shoppers with AR, try-on or VR buy less often.";
  return "There may be no difference.";
}

function lift(found) {
  const [value, low, high] = [found.lift, found.liftLow, found.liftHigh].map((v) => Number(v ?? 0));
  const withText = `${share(found.conversionWith)} of ${count(found.shoppersWith)}`;
  const withoutText = `${share(found.conversionWithout)} of ${count(found.shoppersWithout)}`;
  const columns = [
    { title: "Shoppers", value: (row) => row.name },
    { title: "Number", value: (row) => row.shoppers, show: (row) => count(row.shoppers) },
    { title: "Bought", value: (row) => row.rate, show: (row) => share(row.rate) },
  ];
  const rows = [
    {
      name: "With AR, try-on or VR",
      shoppers: Number(found.shoppersWith ?? 0),
      rate: Number(found.conversionWith ?? 0),
    },
    { name: "Without", shoppers: Number(found.shoppersWithout ?? 0), rate: Number(found.conversionWithout ?? 0) },
  ];
  const widest = Math.max(...rows.map((row) => row.rate), 1e-9);
  const known = high > 0;
  const end = Number.isFinite(high) ? high.toFixed(2) : "any";
  return [
    h("h3", {}, "Lift of 3D and AR"),
    bars("Share of shoppers that bought", [
      { label: "With", share: rows[0].rate / widest, text: withText },
      { label: "Without", share: rows[1].rate / widest, text: withoutText, kind: "pale" },
    ]),
    known
      ? intervals(
          "Lift with its 95 % interval",
          [{ label: "Lift", low, value, high, text: `${value.toFixed(2)} ×` }],
          ratios(low, high, (tick) => (tick < 1 ? `1/${Math.round(1 / tick)} ×` : `${tick} ×`)),
        )
      : h("p", {}, "The lift is not known: one side has no shoppers, or that without has no purchase."),
    known && h("p", {}, `${verdict(value, low, high)} The 95 % interval is ${low.toFixed(2)} to ${end}.`),
    h(
      "p",
      { class: "notice" },
      "A correlation, not a cause: shoppers choose by themselves whether they use AR, and the keenest do more of everything. Only an experiment tells what 3D changes.",
    ),
    behind("lift", columns, rows),
  ];
}

/** `known`: the answer if it is there already. `all()`: back to all products. */
export async function funnel(app, box, { time, product, signal, known, all }) {
  const found = known ?? (await app.client.call("InsightsService/Funnel", { ...time, productId: product }, { signal }));
  const steps = found.steps.map((step) => ({
    kind: step.kind,
    name: STEPS[step.kind],
    shoppers: Number(step.shoppers ?? 0),
    rate: Number(step.rate ?? 0),
  }));
  const shown = Math.max(1, steps[0].shoppers);
  const columns = [
    { title: "Step", value: (row) => row.name },
    { title: "Shoppers", value: (row) => row.shoppers, show: (row) => count(row.shoppers) },
    { title: "Rate", value: (row) => row.rate, show: (row) => share(row.rate) },
  ];
  box.replaceChildren(
    product ? h("p", { class: "row" }, h("b", {}, `Only ${product}`), button("All products", all)) : "",
    h(
      "div",
      { class: "two" },
      h(
        "div",
        {},
        bars(
          "Shoppers at each step",
          steps.map((step, n) => ({
            label: step.name,
            share: step.shoppers / shown,
            text: count(step.shoppers),
            note: n ? share(step.rate) : "",
            kind: WAYS.has(step.kind) ? "way" : "",
          })),
        ),
        h("p", { class: "soft" }, "Rates are of the step before; of AR, try-on and VR, of all shoppers."),
        behind("funnel", columns, steps),
      ),
      h("div", {}, lift(found)),
    ),
  );
}
