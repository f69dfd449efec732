// The list of products.

import { button, h } from "./dom.js";
import { inLanguage, money, sizeText } from "./format.js";
import { badge, emptyState, grid, items, picture } from "./lists.js";

/** Several words, or Chinese, are a wish; one word may be part of a number or a title that is still being typed. */
const isSentence = (query) => /\s|\p{Script=Han}/u.test(query);

/** Products of a search, with why each was found; `say(response)` gets the first answer. */
async function* search(app, query, signal, say) {
  let pageToken = "";
  do {
    const page = await app.client.call("CatalogService/Search", { query, pageSize: 48, pageToken }, { signal });
    if (!pageToken) say(page);
    for (const hit of page.hits ?? []) yield { ...hit.product, why: hit.why };
    pageToken = page.nextPageToken ?? "";
  } while (pageToken);
}

const list = (app, contains, signal) =>
  items(app.client, "CatalogService/ListProducts", "products", { pageSize: 48, contains }, signal);

/** What is typed first; the other way of looking where that finds nothing. */
async function* find(app, query, signal, say) {
  const ways = [() => list(app, query, signal), () => search(app, query, signal, say)];
  if (isSentence(query)) ways.reverse();
  for (const way of query ? ways : ways.slice(0, 1)) {
    let any = false;
    for await (const product of way()) {
      any = true;
      yield product;
    }
    if (any) return;
  }
}

function filterText({ attribute, value, minimum, maximum }) {
  if (value) return `${attribute} ${value}`;
  const unit = ["width", "height", "depth"].includes(attribute) ? " m" : "";
  if (minimum !== undefined && maximum !== undefined) return `${attribute} ${minimum} to ${maximum}${unit}`;
  return minimum === undefined ? `${attribute} at most ${maximum}${unit}` : `${attribute} at least ${minimum}${unit}`;
}

/** What search made of the words. */
function notes({ understood = [], relaxed = [], byWordsOnly, hits = [] }) {
  if (!hits.length) return [];
  const dropped = relaxed.map(filterText);
  const kept = understood.map(filterText).filter((text) => !dropped.includes(text));
  const row = (label, chips) => chips.length > 0 && h("p", { class: "tags" }, h("b", {}, label), chips);
  return [
    row("Understood", kept.map((text) => h("span", {}, text))),
    row("Nothing met", dropped.map((text) => h("span", {}, h("s", {}, text)))),
    byWordsOnly &&
      h("p", { class: "soft" }, "Found by words only. ", h("code", {}, "showfloor models pull e5-small"), " adds meaning."),
  ].filter(Boolean);
}

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
      product.why && h("p", { class: "soft why" }, product.why),
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
  const above = h("div", { class: "found", "aria-live": "polite" });
  const shown = grid(app, root, {
    signal,
    title: "Products",
    source: (query, current) => {
      above.replaceChildren();
      return find(app, query, current, (page) => above.replaceChildren(...notes(page)));
    },
    card: (product) => card(app, product, signal),
    count: (n, all) => (all ? `${n} ${n === 1 ? "product" : "products"}` : `The first ${n}`),
    empty: (query) =>
      query
        ? emptyState(
            `No product for “${query}”`,
            "Number, title, brand, tags and texts are searched.",
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
  root.firstElementChild.after(above);
  return shown;
}
