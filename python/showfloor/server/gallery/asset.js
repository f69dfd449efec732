// One asset, or one product with its asset: the model to turn, its variants and levels, the report, the product's text.

import { isAbort } from "./connect.js";
import { button, h, icon, ICONS } from "./dom.js";
import { ago, sizeText } from "./format.js";
import { badge, emptyState } from "./lists.js";
import { productText } from "./product.js";
import { reportSections } from "./report.js";
import { Viewer } from "./viewer.js";

export async function show(app, root, { signal, id, tab }) {
  const get = (method, message) => app.client.call(method, message, { signal });
  const missing = (error) => (error.code === "not_found" ? null : Promise.reject(error));
  const without = (error) => (isAbort(error) ? Promise.reject(error) : null); // the model can be seen without its product
  let product = tab === "products" ? await get("CatalogService/GetProduct", { productId: id }) : null;
  const assetId = product ? product.assetId : id;
  const asset = assetId
    ? await get("AssetService/GetAsset", { assetId }).catch(product ? missing : (e) => Promise.reject(e))
    : null;
  if (!product && asset.productId)
    product = await get("CatalogService/GetProduct", { productId: asset.productId }).catch(without);

  const back = h(
    "p",
    { class: "back" },
    h("a", { href: `#/${tab}` }, icon(ICONS.back), tab === "products" ? "All products" : "All assets"),
  );
  if (!asset) {
    root.replaceChildren(back, h("article", { class: "item" }, withoutAsset(app, product), productText(product, true)));
    return;
  }
  const panel = h("div", { class: "panel" });
  const viewer = new Viewer(app, asset, signal);
  root.replaceChildren(back, h("article", { class: "item" }, viewer.element, panel));
  panel.append(heading(asset), viewer.choices, product ? productText(product) : "", reportSections(app, asset, signal));
  document.title = `${asset.displayName || asset.id} · Showfloor`;
  await viewer.open();
}

function withoutAsset(app, product) {
  const choose = button("Choose photos", () => app.openCapture([], product.id), { class: "primary" });
  return emptyState(
    "No model of this product yet",
    "Drop 30 to 60 photos of it, taken all around it, or a video.",
    choose,
  );
}

function heading(asset) {
  const reasons = asset.reasons ?? [];
  return h(
    "header",
    {},
    h("div", { class: "title" }, h("h1", {}, asset.displayName || asset.id), badge(asset.verdict)),
    h(
      "p",
      { class: "soft" },
      [sizeText(asset.size, Boolean(asset.sizeKnown)), ago(asset.createTime)].filter(Boolean).join(" · "),
    ),
    reasons.length > 0 &&
      h(
        "ul",
        { class: "reasons" },
        reasons.map((r) => h("li", {}, r)),
      ),
  );
}
