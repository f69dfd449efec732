// What the lists share: pages fetched as they are needed, cards, and empty states.

import { button, h, icon, ICONS } from "./dom.js";
import { VERDICTS } from "./format.js";

const SHOWN_AT_ONCE = 24;

/** All items of a paginated list, one after the other; a page is fetched when it is needed. */
export async function* items(client, method, field, request, signal) {
  let pageToken = "";
  do {
    const page = await client.call(method, { ...request, pageToken }, { signal });
    yield* page[field] ?? [];
    pageToken = page.nextPageToken ?? "";
  } while (pageToken);
}

/**
 * A grid that grows. `source(query, signal)` gives items that match, `card(item)` an element, `empty(query)` what to say
 * when there are none. It starts again when the search box changes.
 */
export async function grid(app, root, { signal, title, source, card, empty, count }) {
  const heading = h("h1", {}, title);
  const status = h("p", { class: "soft", role: "status" });
  const list = h("ul", { class: "grid" });
  const more = button("Show more", () => fill(), { class: "more", hidden: true });
  const rest = h("div", {});
  root.replaceChildren(h("div", { class: "head" }, heading, status), list, rest, more);
  let run = new AbortController();
  let iterator;
  let shown = 0;

  async function fill() {
    const { signal: current } = run;
    more.hidden = true;
    list.setAttribute("aria-busy", "true");
    const spinner = setTimeout(() => (status.textContent = "Loading …"), 300);
    try {
      let done = false;
      for (const until = shown + SHOWN_AT_ONCE; shown < until; shown++) {
        const next = await iterator.next();
        current.throwIfAborted();
        if ((done = next.done)) break;
        list.append(card(next.value));
      }
      more.hidden = done;
      status.textContent = shown ? count(shown, done) : "";
      if (!shown) rest.replaceChildren(empty(app.query()));
    } catch (error) {
      if (current.aborted) return;
      status.textContent = "";
      app.fail(error, rest, start);
    } finally {
      clearTimeout(spinner);
      if (!current.aborted) list.removeAttribute("aria-busy");
    }
  }

  function start() {
    run.abort();
    run = new AbortController();
    iterator = source(app.query(), run.signal);
    shown = 0;
    list.replaceChildren();
    rest.replaceChildren();
    return fill();
  }

  signal.addEventListener("abort", () => run.abort(), { once: true });
  app.events.addEventListener("search", start, { signal });
  app.events.addEventListener("assets", start, { signal });
  await start();
}

/** Shows a file of the server in an <img>; with an API key it has to be fetched. */
export function picture(app, path, alt = "") {
  const box = h("div", { class: "picture" });
  const placeholder = () => box.replaceChildren(icon(ICONS.cube));
  if (!path) {
    placeholder();
    return box;
  }
  const image = h("img", { alt, loading: "lazy", decoding: "async", on: { error: placeholder } });
  box.append(image);
  if (!app.hasKey()) image.src = app.client.url(path);
  else {
    const load = async () => {
      const url = URL.createObjectURL(await app.client.file(path));
      image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true });
      image.src = url;
    };
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      seen.disconnect();
      load().catch(placeholder);
    });
    seen.observe(box);
  }
  return box;
}

/** The verdict in words; colour only supports it. */
export function badge(verdict) {
  return VERDICTS[verdict] ? h("span", { class: `badge ${verdict}` }, VERDICTS[verdict]) : null;
}

export function emptyState(title, text, ...actions) {
  return h(
    "div",
    { class: "empty" },
    icon(ICONS.cube),
    h("h2", {}, title),
    h("p", {}, text),
    actions.length > 0 && h("p", { class: "row" }, actions),
  );
}
