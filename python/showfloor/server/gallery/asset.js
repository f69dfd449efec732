// One asset, or one product with its asset: the model to turn, its variants and levels, the report, the product's text.

import { isAbort } from "./connect.js";
import { button, errorBox, h, icon, ICONS, progressBar } from "./dom.js";
import { ago, bytes, count, percent, PROFILES, sizeText } from "./format.js";
import { badge, emptyState, picture } from "./lists.js";
import { productText } from "./product.js";
import { reportSections } from "./report.js";
import { Stage } from "./stage.js";

const FIRST = ["web", "quest3", "mobile-ar", "quest2", "desktop", "source"];

export async function show(app, root, { signal, id, tab }) {
  const get = (method, message) => app.client.call(method, message, { signal });
  const missing = (error) => (error.code === "not_found" ? null : Promise.reject(error));
  const without = (error) => (isAbort(error) ? Promise.reject(error) : null); // the model can be seen without its product
  let product = tab === "products" ? await get("CatalogService/GetProduct", { productId: id }) : null;
  const assetId = product ? product.assetId : id;
  const asset = assetId ? await get("AssetService/GetAsset", { assetId }).catch(product ? missing : (e) => Promise.reject(e)) : null;
  if (!product && asset.productId) product = await get("CatalogService/GetProduct", { productId: asset.productId }).catch(without);

  const back = h("p", { class: "back" }, h("a", { href: `#/${tab}` }, icon(ICONS.back), tab === "products" ? "All products" : "All assets"));
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
  return emptyState("No model of this product yet", "Drop 30 to 60 photos of it, taken all around it, or a video.", choose);
}

function heading(asset) {
  const reasons = asset.reasons ?? [];
  return h(
    "header",
    {},
    h("div", { class: "title" }, h("h1", {}, asset.displayName || asset.id), badge(asset.verdict)),
    h("p", { class: "soft" }, [sizeText(asset.size, Boolean(asset.sizeKnown)), ago(asset.createTime)].filter(Boolean).join(" · ")),
    reasons.length > 0 && h("ul", { class: "reasons" }, reasons.map((r) => h("li", {}, r))),
  );
}

/** The stage, its tools, and the choice of variant and level. */
class Viewer {
  #load = new AbortController();
  #files = new Map();

  constructor(app, asset, signal) {
    Object.assign(this, { app, asset, signal });
    const known = asset.sizeKnown && asset.size;
    this.stage = new Stage(asset.displayName || asset.id, known ? [asset.size.xM, asset.size.yM, asset.size.zM] : null);
    this.poster = picture(app, asset.thumbnailPath);
    this.bar = progressBar("Loading the model");
    this.bar.hidden = true;
    this.message = h("div", { class: "message" });
    this.stage.element.append(this.poster, this.message, this.bar);
    this.facts = h("p", { class: "soft", role: "status" });
    this.element = h("div", { class: "view" }, this.stage.element, this.#tools(known), this.facts);
    this.choices = h("div", { class: "choices" });
    signal.addEventListener("abort", () => (this.#load.abort(), this.stage.dispose()), { once: true });
  }

  async open() {
    const variants = this.asset.variants ?? [];
    this.variant = FIRST.map((p) => variants.find((v) => v.profile === p)).find(Boolean) ?? variants[0];
    this.#renderChoices();
    if (!this.variant) {
      this.message.replaceChildren(h("p", {}, "There is no file yet. Choose a target device."));
      return;
    }
    const { lods } = this.variant;
    if (lods.length > 1 && !this.#isHere(lods[0])) await this.#showLod(lods.at(-1), lods[0]); // something to see at once
    else await this.#showLod(lods[0]);
  }

  #tools(known) {
    const toggle = (text, on, set, props = {}) => {
      const element = button(
        text,
        () => {
          const pressed = element.getAttribute("aria-pressed") !== "true";
          element.setAttribute("aria-pressed", pressed);
          set(pressed);
        },
        { "aria-pressed": String(Boolean(on)), ...props },
      );
      return element;
    };
    this.stage.dimensions = known;
    const dimensions = known
      ? toggle("Dimensions", true, (on) => (this.stage.dimensions = on))
      : button("Dimensions", () => {}, { disabled: true, title: "The size is unknown: no dimension was given with the photos." });
    return h(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "View" },
      toggle("Rotate", this.stage.rotating, (on) => (this.stage.rotating = on)),
      dimensions,
      toggle("Wireframe", false, (on) => (this.stage.wireframe = on)),
      button("Reset view", () => this.stage.resetView()),
    );
  }

  #renderChoices() {
    const variants = this.asset.variants ?? [];
    const profile = (name) => {
      const there = variants.find((v) => v.profile === name);
      const input = h("input", { type: "radio", name: "variant", value: name, checked: name === this.variant?.profile, on: { change: () => this.#choose(name) } });
      return h("label", { class: there ? "" : "absent" }, input, PROFILES[name] ?? name, !there && h("span", { class: "unseen" }, " (is made when chosen)"));
    };
    const names = [...new Set([...Object.keys(PROFILES), ...variants.map((v) => v.profile)])];
    this.making = h("div", { class: "making" });
    this.lods = h("fieldset", { class: "lods" });
    this.choices.replaceChildren(
      h("fieldset", { class: "segments" }, h("legend", {}, "Target device"), names.map(profile)),
      this.making,
      this.lods,
    );
    if (variants.length < names.length) this.making.append(h("p", { class: "soft" }, "Dashed ones are made from the same photos when you choose them."));
    this.#renderLods();
  }

  #renderLods() {
    const lods = this.variant?.lods ?? [];
    this.lods.hidden = !lods.length;
    const line = (lod) => {
      const level = lod.level ?? 0;
      const input = h("input", { type: "radio", name: "lod", value: String(level), on: { change: () => this.#showLod(lod) } });
      const name = lod.path.split("/").pop();
      const link = h("a", { class: "icon", href: this.app.client.url(lod.path), download: decodeURIComponent(name), "aria-label": `Download level ${level}`, title: "Download", on: { click: (e) => this.#download(e, lod.path) } }, icon(ICONS.download));
      return h("div", { class: "lod" }, h("label", {}, input, h("span", {}, `LOD ${level}`), h("span", { class: "n" }, `${count(lod.triangles)} triangles`), h("span", { class: "n" }, bytes(lod.sizeBytes))), link);
    };
    this.lods.replaceChildren(h("legend", {}, "Level of detail"), ...lods.map(line));
  }

  /** A download of the browser carries no API key: with one, the page fetches the file and hands it over. */
  async #download(event, path) {
    if (!this.app.hasKey()) return;
    event.preventDefault();
    const name = event.currentTarget.download;
    try {
      const url = URL.createObjectURL(await this.app.client.file(path, { signal: this.signal }));
      h("a", { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (error) {
      if (!isAbort(error)) this.making.replaceChildren(errorBox(error));
    }
  }

  #isHere = (lod) => this.#files.has(lod.sha256);

  async #file(lod, signal) {
    if (!this.#isHere(lod)) {
      this.bar.hidden = false;
      const onProgress = (n) => this.bar.set(n / Number(lod.sizeBytes));
      const blob = await this.app.client.file(lod.path, { signal, onProgress }).finally(() => (this.bar.hidden = true));
      this.#files.set(lod.sha256, new Blob([blob], { type: "model/gltf-binary" }));
    }
    return this.#files.get(lod.sha256);
  }

  /** Shows one level, then the next ones; a later choice ends this one. */
  async #showLod(...lods) {
    this.#load.abort();
    this.#load = new AbortController();
    const { signal } = this.#load;
    const wanted = lods.at(-1);
    const input = this.lods.querySelector(`input[value="${wanted.level ?? 0}"]`);
    if (input) input.checked = true;
    try {
      for (const lod of lods) {
        const blob = await this.#file(lod, signal);
        await this.stage.show(blob, { signal });
        this.message.replaceChildren();
        this.poster.remove();
        const level = lod.level ?? 0;
        this.stage.element.dataset.level = level;
        this.stage.element.dataset.profile = this.variant.profile;
        this.facts.textContent = `LOD ${level} · ${count(lod.triangles)} triangles · ${bytes(lod.sizeBytes)}${lod === wanted ? "" : " · finer one is coming"}`;
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) this.message.replaceChildren(errorBox(error, button("Try again", () => this.#showLod(wanted))));
    }
  }

  async #choose(profile) {
    const there = this.asset.variants?.find((v) => v.profile === profile);
    if (!there) return this.#make(profile);
    const level = this.lods.querySelector("input:checked")?.value ?? "0";
    this.variant = there;
    this.#renderLods();
    return this.#showLod(there.lods.find((l) => String(l.level ?? 0) === level) ?? there.lods[0]);
  }

  /** Asks the server for a variant it does not have; it is made by a job, which goes on if this page is left. */
  async #make(profile) {
    const stop = new AbortController();
    const signal = stop.signal;
    this.signal.addEventListener("abort", () => stop.abort(), { once: true });
    const bar = progressBar(`Making the variant for ${PROFILES[profile]}`);
    const said = h("p", { role: "status" }, `Asking for the variant for ${PROFILES[profile]} …`);
    let job;
    const cancel = button("Cancel", async () => {
      if (job) await this.app.client.call("GenerationService/CancelJob", { jobId: job.id }).catch(() => {});
      stop.abort();
      this.#renderChoices();
    });
    this.making.replaceChildren(said, bar, h("p", { class: "row" }, cancel));
    bar.set(null);
    for (const input of this.choices.querySelectorAll("[name=variant]")) input.disabled = true;
    try {
      const request = { assetId: this.asset.id, profile, finestLod: 99 }; // the files come by GET, only the news matter
      for await (const { preparing, header } of this.app.client.stream("AssetService/StreamAsset", request, { signal })) {
        if (header) break;
        if (!preparing) continue;
        if (!job) this.app.started(preparing);
        job = preparing;
        bar.set(job.state === "JOB_STATE_QUEUED" ? null : (job.fraction ?? 0));
        said.textContent = [PROFILES[profile], job.state === "JOB_STATE_QUEUED" ? "waits for a worker" : percent(job.fraction), job.message].filter(Boolean).join(" · ");
      }
      stop.abort();
      this.asset = await this.app.client.call("AssetService/GetAsset", { assetId: this.asset.id }, { signal: this.signal });
      this.variant = this.asset.variants.find((v) => v.profile === profile) ?? this.variant;
      this.#renderChoices();
      this.choices.querySelector(`[value="${this.variant.profile}"]`).focus();
      await this.#showLod(this.variant.lods[0]);
    } catch (error) {
      if (signal.aborted) return;
      this.#renderChoices();
      this.making.replaceChildren(errorBox(error, button("Try again", () => this.#make(profile))));
    }
  }
}
