// The list of assets.

import { button, h } from "./dom.js";
import { ago, sizeText } from "./format.js";
import { badge, emptyState, grid, items, picture } from "./lists.js";

const words = (asset) => [asset.displayName, asset.productId, asset.id].join(" ").toLowerCase();

async function* matching(client, query, signal) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const pageSize = wanted.length ? 200 : 48; // a search looks through them here, so it fetches more at once
  for await (const asset of items(client, "AssetService/ListAssets", "assets", { pageSize }, signal)) {
    if (wanted.every((word) => words(asset).includes(word))) yield asset;
  }
}

function card(app, asset) {
  const name = asset.displayName || asset.id;
  return h(
    "li",
    { class: "card" },
    h(
      "a",
      { href: `#/assets/${asset.id}` },
      picture(app, asset.thumbnailPath),
      h("h2", {}, name),
      h("p", { class: "row" }, badge(asset.verdict), h("span", { class: "soft" }, ago(asset.createTime))),
      h("p", { class: "soft" }, sizeText(asset.size, Boolean(asset.sizeKnown))),
    ),
  );
}

export function show(app, root, { signal }) {
  return grid(app, root, {
    signal,
    title: "Assets",
    source: (query, current) => matching(app.client, query, current),
    card: (asset) => card(app, asset),
    count: (n, all) => (all ? `${n} ${n === 1 ? "asset" : "assets"}` : `The newest ${n}`),
    empty: (query) =>
      query
        ? emptyState(
            `No asset is called “${query}”`,
            "Its name and product number are searched here.",
            button("Search the products", () => app.go("#/products")),
          )
        : emptyState(
            "No assets yet",
            "Drop 30 to 60 photos of one product here, taken all around it, or a video: they become a 3D model.",
            button("Choose photos", () => app.openCapture([]), { class: "primary" }),
          ),
  });
}
