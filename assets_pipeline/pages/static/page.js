// Filters the index and shows models in 3D. Everything comes as a script, because a page opened from disk may not fetch.
"use strict";
(() => {
  const here = new URL(".", document.currentScript.src).href;
  const LOCAL = "https://basis.invalid/"; // never requested: answered below
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

  const load = (src) =>
    new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src, onload: done });
      script.onerror = () => failed(new Error(`cannot load ${src}`));
      document.head.append(script);
    });

  let viewer;
  const prepare = () =>
    (viewer ??= (async () => {
      await Promise.all([load(`${here}model-viewer.js`), load(`${here}basis.js`)]);
      const real = window.fetch.bind(window);
      window.fetch = (input, init) => {
        const url = String(input.url ?? input);
        if (!url.startsWith(LOCAL)) return real(input, init);
        return Promise.resolve(new Response(bytes(window.showfloorBasis[url.slice(LOCAL.length)])));
      };
      const places = { meshoptDecoderLocation: `${here}meshopt_decoder.js`, ktx2TranscoderLocation: LOCAL };
      Object.assign(window.ModelViewerElement, places); // model-viewer reads them whenever an element is made
    })());

  const models = new Map();
  window.showfloorModel = (name, base64) =>
    models.set(name, URL.createObjectURL(new Blob([bytes(base64)], { type: "model/gltf-binary" })));

  const dialog = document.getElementById("viewer");
  const stage = dialog.querySelector(".stage");

  const say = (text) => stage.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));

  async function show(button) {
    const { name, model } = button.dataset;
    history.replaceState(null, "", `#${encodeURIComponent(name)}`); // a link to this page opens the same model
    dialog.querySelector("h2").textContent = name;
    say("Loading …");
    dialog.showModal();
    try {
      await prepare();
      if (!models.has(name)) await load(model);
      const element = document.createElement("model-viewer");
      const settings = { alt: `3D model of ${name}`, "camera-controls": "", "auto-rotate": "", "shadow-intensity": "0.8" };
      settings["environment-image"] = "neutral";
      settings["touch-action"] = "none";
      for (const [key, value] of Object.entries(settings)) element.setAttribute(key, value);
      element.addEventListener("error", (e) => say(`The model could not be shown (${e.detail?.sourceError ?? "unknown"}).`));
      element.addEventListener("load", () => (stage.dataset.loaded = name));
      element.src = models.get(name);
      stage.replaceChildren(element);
      element.focus();
    } catch (error) {
      say(`The 3D preview could not start: ${error.message}.`);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-model]");
    if (button) show(button);
    else if (event.target === dialog || event.target.closest(".close")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    stage.replaceChildren();
    delete stage.dataset.loaded;
    history.replaceState(null, "", location.pathname + location.search);
  });
  const wanted = decodeURIComponent(location.hash.slice(1));
  const linked = [...document.querySelectorAll("[data-model]")].find((b) => b.dataset.name === wanted);
  if (linked) show(linked);

  const form = document.querySelector("form.filter");
  if (!form) return;
  const grid = document.querySelector(".grid");
  const cards = [...grid.children];
  const RANK = { fail: 0, warn: 1, pass: 2 };
  const orders = {
    name: (a, b) => a.name.localeCompare(b.name),
    verdict: (a, b) => RANK[a.verdict] - RANK[b.verdict] || a.name.localeCompare(b.name),
    seconds: (a, b) => b.seconds - a.seconds,
    bytes: (a, b) => b.bytes - a.bytes,
  };
  const apply = () => {
    const { verdict, text, order } = Object.fromEntries(new FormData(form));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      const fits = !verdict || card.dataset.verdict === verdict;
      card.hidden = !fits || !words.every((w) => card.dataset.text.includes(w));
    }
    grid.append(...cards.sort((a, b) => orders[order](a.dataset, b.dataset)));
    document.querySelector(".none").hidden = cards.some((c) => !c.hidden);
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  apply();
})();
