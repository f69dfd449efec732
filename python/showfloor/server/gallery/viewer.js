// The stage with its tools, and the choice of variant and level of detail.

import { isAbort } from "./connect.js";
import { button, errorBox, h, icon, ICONS, progressBar } from "./dom.js";
import { bytes, count, percent, PROFILES } from "./format.js";
import { picture } from "./lists.js";
import { Stage } from "./stage.js";

const FIRST = ["web", "quest3", "mobile-ar", "quest2", "desktop", "source"];

/** `element` is the stage with its tools, `choices` the rest; `open()` shows the first model. */
export class Viewer {
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
    await this.#showLod(...new Set([lods.at(-1), lods[0]])); // the coarsest first: something to see at once
  }

  #tools(known) {
    const toggle = (text, on, set) => {
      const element = button(
        text,
        () => {
          const pressed = element.getAttribute("aria-pressed") !== "true";
          element.setAttribute("aria-pressed", pressed);
          set(pressed);
        },
        { "aria-pressed": String(Boolean(on)) },
      );
      return element;
    };
    this.stage.dimensions = known;
    const dimensions = known
      ? toggle("Dimensions", true, (on) => (this.stage.dimensions = on))
      : button("Dimensions", () => {}, {
          disabled: true,
          title: "The size is unknown: no dimension was given with the photos.",
        });
    return h(
      "div",
      { class: "tools", role: "group", "aria-label": "View" },
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
      const input = h("input", {
        type: "radio",
        name: "variant",
        value: name,
        checked: name === this.variant?.profile,
        on: { change: () => this.#choose(name) },
      });
      return h(
        "label",
        { class: there ? "" : "absent" },
        input,
        PROFILES[name] ?? name,
        !there && h("span", { class: "unseen" }, " (not made yet)"),
      );
    };
    const names = [...new Set([...Object.keys(PROFILES), ...variants.map((v) => v.profile)])];
    this.making = h("div", { class: "making" });
    this.lods = h("fieldset", { class: "lods" });
    this.choices.replaceChildren(
      h("fieldset", { class: "segments" }, h("legend", {}, "Target device"), names.map(profile)),
      this.making,
      this.lods,
    );
    if (variants.length < names.length)
      this.making.append(h("p", { class: "soft" }, "Dashed ones can be made from the same photos."));
    this.#renderLods();
  }

  #renderLods() {
    const lods = this.variant?.lods ?? [];
    this.lods.hidden = !lods.length;
    const line = (lod) => {
      const level = lod.level ?? 0;
      const input = h("input", {
        type: "radio",
        name: "lod",
        value: String(level),
        on: { change: () => this.#showLod(lod) },
      });
      const name = lod.path.split("/").pop();
      const link = h(
        "a",
        {
          class: "icon",
          href: this.app.client.url(lod.path),
          download: decodeURIComponent(name),
          "aria-label": `Download level ${level}`,
          title: "Download",
          on: { click: (e) => this.#download(e, lod.path) },
        },
        icon(ICONS.download),
      );
      return h(
        "div",
        { class: "lod" },
        h(
          "label",
          {},
          input,
          h("span", {}, `LOD ${level}`),
          h("span", { class: "n" }, `${count(lod.triangles)} triangles`),
          h("span", { class: "n" }, bytes(lod.sizeBytes)),
        ),
        link,
      );
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

  async #file(lod, signal) {
    if (!this.#files.has(lod.sha256)) {
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
        const facts = [`LOD ${level}`, `${count(lod.triangles)} triangles`, bytes(lod.sizeBytes)];
        this.facts.textContent = [...facts, lod !== wanted && "a finer one is coming"].filter(Boolean).join(" · ");
      }
    } catch (error) {
      if (!isAbort(error) && !signal.aborted)
        this.message.replaceChildren(
          errorBox(
            error,
            button("Try again", () => this.#showLod(wanted)),
          ),
        );
    }
  }

  #choose(profile) {
    const there = this.asset.variants?.find((v) => v.profile === profile);
    if (!there) {
      const text = `There is no variant for ${PROFILES[profile]} yet. Making it takes a minute or two.`;
      const make = button("Make it", () => this.#make(profile), { class: "primary" });
      this.making.replaceChildren(h("p", {}, text), h("p", { class: "row" }, make));
      return;
    }
    const level = this.lods.querySelector("input:checked")?.value ?? "0";
    this.making.replaceChildren();
    this.variant = there;
    this.#renderLods();
    this.#showLod(there.lods.find((l) => String(l.level ?? 0) === level) ?? there.lods[0]);
  }

  /** Asks the server for a variant it does not have; it is made by a job, which goes on if this page is left. */
  async #make(profile) {
    const stop = new AbortController();
    const { signal } = stop;
    this.signal.addEventListener("abort", () => stop.abort(), { once: true });
    const bar = progressBar(`Making the variant for ${PROFILES[profile]}`);
    const said = h("p", { role: "status" }, `Asking for the variant for ${PROFILES[profile]} …`);
    let job;
    const cancel = button("Cancel", () => {
      stop.abort();
      this.#renderChoices();
      if (job) this.app.client.call("GenerationService/CancelJob", { jobId: job.id }).catch(() => {});
    });
    this.making.replaceChildren(said, bar, h("p", { class: "row" }, cancel));
    bar.set(null);
    for (const input of this.choices.querySelectorAll("[name=variant]")) input.disabled = true;
    try {
      const request = { assetId: this.asset.id, profile, finestLod: 99 }; // the files come by GET, only the news matter
      const news = this.app.client.stream("AssetService/StreamAsset", request, { signal });
      for await (const { preparing, header } of news) {
        if (header) break;
        if (!preparing) continue;
        if (!job) this.app.started(preparing);
        job = preparing;
        bar.set(job.state === "JOB_STATE_QUEUED" ? null : (job.fraction ?? 0));
        const state = job.state === "JOB_STATE_QUEUED" ? "waits for a worker" : percent(job.fraction);
        said.textContent = [PROFILES[profile], state, job.message].filter(Boolean).join(" · ");
      }
      stop.abort();
      this.asset = await this.app.client.call(
        "AssetService/GetAsset",
        { assetId: this.asset.id },
        { signal: this.signal },
      );
      this.variant = this.asset.variants.find((v) => v.profile === profile) ?? this.variant;
      this.#renderChoices();
      this.choices.querySelector(`[value="${this.variant.profile}"]`).focus();
      await this.#showLod(this.variant.lods[0]);
    } catch (error) {
      if (isAbort(error)) return;
      this.#renderChoices();
      this.making.replaceChildren(
        errorBox(
          error,
          button("Try again", () => this.#make(profile)),
        ),
      );
    }
  }
}
