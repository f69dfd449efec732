// The list of products.

import { button, h } from "./dom.js";
import { inLanguage, money, sizeText } from "./format.js";
import { badge, emptyState, grid, items, picture } from "./lists.js";

function card(app, product, signal) {
  const image = h("div", { class: "slot" }, picture(app, ""));
  const facts = h("p", { class: "row" });
  const title = inLanguage(product.titles) || product.id;
  if (product.assetId) fillIn(app, product.assetId, image, facts, signal);
  else facts.append(h("span", { class: "soft" }, "No model yet"));
  return h(
    "li",
    { class: "card" },
    h(
      "a",
      { href: `#/products/${encodeURIComponent(product.id)}` },
      image,
      h("h2", {}, title),
      facts,
      h("p", { class: "soft" }, [product.brand, product.price && money(product.price)].filter(Boolean).join(" · ")),
      product.size && h("p", { class: "soft" }, sizeText(product.size)),
    ),
  );
}

/** The product's asset gives the picture and the verdict; without them the card still stands. */
async function fillIn(app, assetId, image, facts, signal) {
  try {
    const asset = await app.client.call("AssetService/GetAsset", { assetId }, { signal });
    image.replaceChildren(picture(app, asset.thumbnailPath));
    facts.append(badge(asset.verdict) ?? "");
  } catch (error) {
    if (error.code === "not_found") facts.append(h("span", { class: "soft" }, "Its model is gone"));
  }
}

export function show(app, root, { signal }) {
  return grid(app, root, {
    signal,
    title: "Products",
    source: (query, current) =>
      items(app.client, "CatalogService/ListProducts", "products", { pageSize: 48, contains: query }, current),
    card: (product) => card(app, product, signal),
    count: (n, all) => (all ? `${n} ${n === 1 ? "product" : "products"}` : `The first ${n}`),
    empty: (query) =>
      query
        ? emptyState(
            `No product contains “${query}”`,
            "Number, title, brand and tags are searched.",
            button("Search the assets", () => app.go("#/assets")),
          )
        : emptyState(
            "No products yet",
            h(
              "span",
              {},
              "Load the shop's catalogue with ",
              h("code", {}, "showfloor remote import products.csv"),
              ".",
            ),
          ),
  });
}
