// The page: sections by the address's hash, the search box, the API key, and dropping files anywhere.

import { activity } from "./activity.js";
import * as asset from "./asset.js";
import * as assets from "./assets.js";
import { captureDialog } from "./capture.js";
import { Client, isAbort } from "./connect.js";
import { button, errorBox } from "./dom.js";
import { fromDrop } from "./files.js";
import * as insights from "./insights.js";
import * as job from "./job.js";
import * as jobs from "./jobs.js";
import * as products from "./products.js";

const KEY = "showfloor-key";
const VIEWS = {
  assets: [assets, asset],
  products: [products, asset],
  jobs: [jobs, job],
  insights: [insights, insights],
};

const main = document.getElementById("main");
const search = document.getElementById("search");
const byId = (id) => document.getElementById(id);

const app = {
  client: new Client(() => sessionStorage.getItem(KEY) ?? ""),
  hasKey: () => Boolean(sessionStorage.getItem(KEY)),
  query: () => search.value.trim(),
  events: new EventTarget(), // "search", "assets"
  go: (hash) => (location.hash === hash ? route() : (location.hash = hash)),
  openCapture: (found, product) => capture.open(found, product),
  /** Shows an error in place of `box`'s content; a missing key is asked for at once. */
  fail(error, box = main, retry = route) {
    if (isAbort(error)) return;
    const keyIsMissing = error.code === "unauthenticated" || error.code === "permission_denied";
    box.replaceChildren(
      errorBox(error, keyIsMissing && button("Enter a key", () => askForKey(error)), button("Try again", retry)),
    );
    box.removeAttribute("aria-busy");
    if (error.code === "unauthenticated") askForKey(error);
  },
};

let leave = new AbortController();

async function route(event) {
  const [tab = "assets", id = ""] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const name = VIEWS[tab] ? tab : "assets";
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  for (const link of document.querySelectorAll("[data-tab]")) {
    link.toggleAttribute("data-here", link.dataset.tab === name);
    if (link.dataset.tab === name) link.setAttribute("aria-current", id ? "true" : "page");
    else link.removeAttribute("aria-current");
  }
  document.title = `${name[0].toUpperCase()}${name.slice(1)} · Showfloor`;
  main.replaceChildren();
  if (event) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
  try {
    await VIEWS[name][id ? 1 : 0].show(app, main, { signal, id, tab: name });
  } catch (error) {
    if (!signal.aborted) app.fail(error);
  }
}

function askForKey(error) {
  const dialog = byId("key");
  if (dialog.open) return;
  const about = "This server may ask for a key. It is kept for this tab only, until you close it.";
  byId("key-why").textContent = error?.message ?? about;
  byId("key-value").value = sessionStorage.getItem(KEY) ?? "";
  dialog.returnValue = "";
  dialog.showModal();
}

byId("open-key").addEventListener("click", () => askForKey());
byId("key").addEventListener("close", ({ target }) => {
  const value = byId("key-value").value.trim();
  byId("key-value").value = "";
  if (target.returnValue === "use" && value) sessionStorage.setItem(KEY, value);
  else if (target.returnValue === "forget" || target.returnValue === "use") sessionStorage.removeItem(KEY);
  else return;
  route();
  watchActivity();
});
byId("key-value").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return; // else the first button of the form would be pressed
  event.preventDefault();
  byId("key").close("use");
});

let typing;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const [, tab, id] = location.hash.split("/");
    if (id || tab === "jobs" || tab === "insights") app.go(tab === "products" ? "#/products" : "#/assets");
    else app.events.dispatchEvent(new Event("search"));
  }, 200);
});
search.form.addEventListener("submit", (event) => event.preventDefault());

const capture = captureDialog(app, byId("capture"));
byId("open-capture").addEventListener("click", () => capture.open([]));

const drop = byId("drop");
let inside = 0;
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const over = (delta) => {
  inside = Math.max(0, inside + delta);
  drop.hidden = inside === 0;
};
addEventListener("dragenter", (event) => carriesFiles(event) && over(1));
addEventListener("dragleave", (event) => carriesFiles(event) && over(-1));
addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
addEventListener("drop", async (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  over(-inside);
  capture.open(await fromDrop(event.dataTransfer));
});

const watchActivity = activity(app, byId("active-jobs"));
addEventListener("hashchange", route);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the hash is the router's
  main.focus();
});
route();
