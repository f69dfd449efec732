// The dialog that makes an asset: choose files, say what they show, upload, start the job.

import { isAbort } from "./connect.js";
import { button, errorBox, h, icon, ICONS, progressBar } from "./dom.js";
import { ACCEPT, fromDrop, fromInput, sort } from "./files.js";
import { bytes, inLanguage, percent, PROFILES } from "./format.js";
import { persist, requestId, upload } from "./upload.js";

const SHOWN = 11; // small pictures of chosen photos
const KINDS = { photos: "photos", photo: "photo", video: "video", rgbd: "files with depth" };

/** Returns {open(found, product)}; `found` is [{path, file}]. */
export function captureDialog(app, dialog) {
  let capture = { files: [] };
  let running = null;

  const files = h("input", { type: "file", multiple: true, accept: ACCEPT, hidden: true, id: "capture-files" });
  const folder = h("input", { type: "file", webkitdirectory: true, hidden: true, id: "capture-folder" });
  const chooseFiles = button("Choose files", () => files.click());
  const chooseFolder = button("Choose a folder", () => folder.click());
  const zone = h("div", { class: "zone" });
  const note = h("div", { role: "status" });
  const name = h("input", { id: "capture-name", maxlength: 200, autocomplete: "off", placeholder: "Tea tin, red" });
  const profile = h(
    "select",
    { id: "capture-profile" },
    Object.entries(PROFILES).map(([value, text]) => h("option", { value }, text)),
  );
  const height = h("input", {
    id: "capture-height",
    inputmode: "decimal",
    autocomplete: "off",
    placeholder: "unknown",
    "aria-describedby": "capture-height-help",
  });
  const products = h("datalist", { id: "capture-products" });
  const product = h("input", {
    id: "capture-product",
    list: "capture-products",
    maxlength: 64,
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "none",
  });
  const field = (label, input, help) =>
    h(
      "div",
      { class: "field" },
      h("label", { for: input.id }, label),
      input,
      help && h("p", { class: "soft", id: `${input.id}-help` }, help),
    );
  const fields = h(
    "div",
    { class: "fields" },
    field("Name", name),
    field("Target device", profile),
    field("Height in cm", height, "Measured on the product; without it the model has no true size."),
    field("Product number", product, "Of the catalogue. Optional."),
  );
  const bar = progressBar("Upload");
  const said = h("p", { class: "now", role: "status" });
  const work = h("div", { class: "work", hidden: true }, said, bar);
  const trouble = h("div", {});
  const close = button("Cancel", () => dialog.close());
  const start = h("button", { type: "submit", class: "primary" }, "Upload and reconstruct");
  const form = h(
    "form",
    { novalidate: true },
    h("header", {}, h("h2", { id: "capture-title" }, "New asset")),
    zone,
    files,
    folder,
    note,
    fields,
    work,
    trouble,
    h("footer", {}, close, start),
  );
  dialog.append(form);

  for (const input of [files, folder]) {
    input.addEventListener("change", () => {
      take(fromInput(input));
      input.value = "";
    });
  }
  zone.addEventListener("dragover", () => zone.classList.add("over"));
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  dialog.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("over");
    document.getElementById("drop").hidden = true;
    if (!running) take(await fromDrop(event.dataTransfer));
  });
  product.addEventListener("input", () => suggest());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  dialog.addEventListener("cancel", (event) => running && event.preventDefault()); // Escape must not end an upload
  dialog.addEventListener("close", () => running?.abort());
  addEventListener("beforeunload", (event) => running && event.preventDefault());

  function open(found, productId) {
    if (running) return;
    if (!dialog.open) {
      capture = { files: [] };
      name.value = height.value = "";
      product.value = productId ?? "";
      trouble.replaceChildren();
      suggest();
      render();
      dialog.showModal();
    }
    if (found.length) take(found);
  }

  function take(found) {
    const sorted = sort(found);
    if (sorted.files.length || !capture.files.length) capture = sorted;
    else capture = { ...capture, problem: sorted.problem };
    if (!name.value) name.value = capture.title ?? "";
    render();
  }

  function render() {
    const { files: chosen, kind, ignored = [], problem } = capture;
    const total = chosen.reduce((sum, { file }) => sum + file.size, 0);
    for (const image of zone.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    if (!chosen.length) {
      zone.replaceChildren(
        icon(ICONS.photo),
        h(
          "p",
          {},
          h("b", {}, "Photos, a video or a folder"),
          h("br"),
          "of one product: drop them here or choose them. 30 to 60 photos from all around work best.",
        ),
        h("p", { class: "row" }, chooseFiles, chooseFolder),
      );
    } else {
      const small = kind === "video" ? [] : chosen.slice(0, SHOWN);
      const image = ({ file }) =>
        h("img", {
          src: URL.createObjectURL(file),
          alt: "",
          on: { error: ({ target }) => target.replaceWith(h("span", { class: "unknown" }, icon(ICONS.photo))) },
        });
      zone.replaceChildren(
        h(
          "p",
          { class: "chosen" },
          h("b", {}, `${chosen.length === 1 && kind !== "photo" ? chosen[0].name : `${chosen.length} ${KINDS[kind]}`}`),
          ` ${bytes(total)}`,
        ),
        h(
          "div",
          { class: "strip" },
          small.map(image),
          chosen.length > SHOWN && small.length > 0 && h("span", {}, `+${chosen.length - SHOWN}`),
        ),
        h("p", { class: "row" }, chooseFiles, chooseFolder),
      );
    }
    const lines = [
      problem && h("p", { class: "notice bad" }, problem),
      kind === "photo" && h("p", { class: "notice" }, "From one photo comes only a relief, not a model of all sides."),
      kind === "photos" &&
        chosen.length < 20 &&
        h("p", { class: "notice" }, `${chosen.length} photos are few; 30 to 60 all around give a better model.`),
      ignored.length > 0 &&
        chosen.length > 0 &&
        h(
          "p",
          { class: "soft" },
          `Left out: ${ignored.slice(0, 3).join(", ")}${ignored.length > 3 ? ` and ${ignored.length - 3} more` : ""}.`,
        ),
    ];
    note.replaceChildren(...lines.filter(Boolean));
    start.disabled = Boolean(running) || !chosen.length;
  }

  let suggesting = 0;
  async function suggest() {
    const mine = ++suggesting;
    try {
      const page = await app.client.call("CatalogService/ListProducts", {
        pageSize: 20,
        contains: product.value.trim(),
      });
      if (mine !== suggesting) return;
      products.replaceChildren(...(page.products ?? []).map((p) => h("option", { value: p.id }, inLanguage(p.titles))));
    } catch {
      // suggestions only; the upload itself says what is wrong
    }
  }

  /** Metres; 0 where nothing was given, null where it is no length. */
  function heightM() {
    const text = height.value
      .trim()
      .replace(",", ".")
      .replace(/\s*cm$/i, "");
    if (!text) return 0;
    const value = Number(text) / 100;
    return value >= 0.001 && value <= 100 ? value : null;
  }

  async function run() {
    const known = heightM();
    height.setAttribute("aria-invalid", known === null);
    if (known === null) {
      trouble.replaceChildren(
        errorBox({
          message: `“${height.value}” is no height.`,
          fix: "Give centimetres from 0.1 to 10000, such as 12.5, or leave it empty.",
        }),
      );
      height.focus();
      return;
    }
    running = new AbortController();
    const { signal } = running;
    busy(true);
    try {
      const displayName = name.value.trim();
      const made = await upload(app.client, { files: capture.files, displayName }, { signal, onProgress });
      say("Starting the job …", null);
      const request = {
        requestId: requestId(),
        captureId: made.id,
        productId: product.value.trim(),
        options: { profile: profile.value, heightM: known },
      };
      const job = await persist(() => app.client.call("GenerationService/Reconstruct", request, { signal }), {
        signal,
      });
      running = null;
      dialog.close();
      app.started(job);
      app.go(`#/jobs/${job.id}`);
    } catch (error) {
      if (!isAbort(error)) trouble.replaceChildren(errorBox(error));
      if (error.code === "unauthenticated") app.fail(error, trouble, () => form.requestSubmit());
    } finally {
      running = null;
      busy(false);
    }
  }

  function busy(on) {
    work.hidden = !on;
    for (const element of [name, profile, height, product, chooseFiles, chooseFolder]) element.disabled = on;
    close.textContent = on ? "Stop" : "Cancel";
    start.textContent = "Upload and reconstruct";
    if (on) trouble.replaceChildren();
    else if (trouble.children.length) start.textContent = "Go on"; // what has arrived is kept
    render();
  }

  function say(text, fraction) {
    said.textContent = text;
    bar.set(fraction);
  }

  function onProgress({ phase, done, total, waiting }) {
    const much = `${bytes(done)} of ${bytes(total)}`;
    if (waiting) say(`${waiting.message} Trying again … ${much} have arrived.`, done / total);
    else if (phase === "check") say(`Checking the files · ${much}`, (0.1 * done) / total);
    else say(`Uploading · ${percent(done / total)} · ${much}`, 0.1 + (0.9 * done) / total);
  }

  return { open };
}
