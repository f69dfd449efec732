// What the shop says of a product.

import { h } from "./dom.js";
import { inLanguage, money, sizeText } from "./format.js";

/** `alone`: it stands for itself, with the title as the page's heading. */
export function productText(product, alone = false) {
  const title = inLanguage(product.titles) || product.id;
  const facts = [
    ["Number", product.id],
    ["Brand", product.brand],
    ["Category", product.category?.replaceAll("/", " › ")],
    ["Price", product.price && money(product.price)],
    ["In stock", product.stock],
    ["Declared size", product.size && sizeText(product.size)],
    ...Object.entries(product.attributes ?? {}),
  ].filter(([, value]) => value !== undefined && value !== "" && value !== null);
  return h(
    "section",
    { class: "product" },
    alone ? h("h1", {}, title) : h("h2", {}, title),
    ...inLanguage(product.descriptions)
      .split(/\n+/)
      .filter(Boolean)
      .map((text) => h("p", {}, text)),
    h(
      "dl",
      {},
      facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]),
    ),
    product.tags?.length > 0 &&
      h(
        "p",
        { class: "tags" },
        product.tags.map((tag) => h("span", {}, tag)),
      ),
  );
}
