// Experiments: the arms with their intervals, and what that means.

import { intervals, linear } from "./charts.js";
import { h } from "./dom.js";
import { count } from "./format.js";
import { share, STEPS } from "./funnel.js";
import { behind } from "./table.js";

const GOALS = { EVENT_KIND_PURCHASE: "Bought", EVENT_KIND_CART: "Cart", EVENT_KIND_CARD_OPENED: "Opened" };
for (const [kind, text] of Object.entries(STEPS)) GOALS[kind] ??= text;
delete GOALS.EVENT_KIND_EXPOSURE;

export async function experiments(app, box, signal) {
  const { experiments: names = [] } = await app.client.call("InsightsService/ListExperiments", {}, { signal });
  if (!names.length) {
    box.replaceChildren(
      h(
        "p",
        {},
        "No event names an experiment. Show each shopper one variant by chance, and name it in every event: ",
        h("code", {}, 'arms: {"viewer-3d": "b"}'),
        ".",
      ),
    );
    return;
  }
  const name = h(
    "select",
    {},
    names.map((n) => h("option", { value: n }, n)),
  );
  const goal = h(
    "select",
    {},
    Object.entries(GOALS).map(([kind, text]) => h("option", { value: kind }, text)),
  );
  const result = h("div", { "aria-live": "polite" });
  const load = async () => {
    result.setAttribute("aria-busy", "true");
    try {
      const request = { experiment: name.value, goal: goal.value };
      const found = await app.client.call("InsightsService/Experiment", request, { signal });
      result.replaceChildren(...drawn(name.value, found));
    } catch (error) {
      app.fail(error, result, load);
    }
    result.removeAttribute("aria-busy");
  };
  name.addEventListener("change", load);
  goal.addEventListener("change", load);
  box.replaceChildren(
    h(
      "div",
      { class: "fields" },
      h("label", { class: "field" }, "Experiment", name),
      h("label", { class: "field" }, "Success", goal),
    ),
    result,
  );
  await load();
}

function drawn(name, found) {
  const arms = found.arms.map((arm) => ({
    name: arm.name,
    shoppers: Number(arm.shoppers ?? 0),
    successes: Number(arm.successes ?? 0),
    rate: arm.rate ?? 0,
    low: arm.low ?? 0,
    high: arm.high ?? 0,
  }));
  const best = Math.max(...arms.map((arm) => arm.rate));
  const axis = linear(Math.max(...arms.map((arm) => arm.high)), (tick) => `${Number((100 * tick).toFixed(2))} %`);
  const columns = [
    { title: "Arm", value: (row) => row.name },
    { title: "Shoppers", value: (row) => row.shoppers, show: (row) => count(row.shoppers) },
    { title: "Successes", value: (row) => row.successes, show: (row) => count(row.successes) },
    { title: "Rate", value: (row) => row.rate, show: (row) => share(row.rate) },
    { title: "From", value: (row) => row.low, show: (row) => share(row.low) },
    { title: "To", value: (row) => row.high, show: (row) => share(row.high) },
  ];
  return [
    intervals(
      "Success rate of each arm with its 95 % interval",
      arms.map((arm) => ({
        ...arm,
        label: arm.name || "(no name)",
        value: arm.rate,
        text: share(arm.rate),
        kind: arm.rate === best ? "best" : "",
      })),
      axis,
    ),
    h("p", { class: "notice" }, found.conclusion),
    behind(`experiment ${name}`, columns, arms),
  ];
}
