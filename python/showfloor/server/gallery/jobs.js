// The list of jobs, live.

import { button, h, progressBar } from "./dom.js";
import { ago, isActive, JOB_STATES, percent, PROFILES, STAGES } from "./format.js";
import { emptyState } from "./lists.js";
import { follow } from "./watch.js";
import { wait } from "./upload.js";

const LIVE = 3; // streams at once; a browser allows six connections, the rest of the list is polled
const EVERY_MS = 4000;

export const kindText = (job) =>
  job.kind === "JOB_KIND_VARIANT"
    ? `Variant for ${PROFILES[job.profile] ?? job.profile}`
    : `New asset for ${PROFILES[job.profile] ?? job.profile}`;

export const stateClass = (job) => job.state.replace("JOB_STATE_", "").toLowerCase();

/** One row; `update(job)` writes what has changed. */
function row(app) {
  const link = h("a", {});
  const kind = h("p", { class: "soft" });
  const state = h("span", {});
  const bar = progressBar("Progress");
  const said = h("p", { class: "soft said" });
  const cancel = button("Cancel", async () => {
    cancel.disabled = true;
    try {
      element.update(await app.client.call("GenerationService/CancelJob", { jobId: element.job.id }));
    } catch (error) {
      said.textContent = [error.message, error.fix].filter(Boolean).join(" ");
    }
    cancel.disabled = false;
  });
  const element = h(
    "li",
    { class: "job" },
    h("div", {}, h("h2", {}, link), kind),
    h("div", { class: "how" }, h("p", { class: "row" }, state, bar), said),
    cancel,
  );
  element.update = (job) => {
    element.job = job;
    link.href = `#/jobs/${job.id}`;
    link.textContent = job.displayName || job.id;
    kind.textContent = `${kindText(job)} · ${ago(job.createTime)}`;
    state.className = `badge ${stateClass(job)}`;
    state.textContent = job.state === "JOB_STATE_RUNNING" ? percent(job.fraction) : JOB_STATES[job.state];
    bar.hidden = job.state !== "JOB_STATE_RUNNING";
    bar.set(job.fraction ?? 0);
    cancel.hidden = !isActive(job);
    cancel.setAttribute("aria-label", `Cancel ${job.displayName || job.id}`);
    const stage = [STAGES[job.stage] ?? job.stage, job.message].filter(Boolean).join(": ");
    said.textContent = isActive(job) ? stage : (job.problem?.message ?? job.reasons?.[0] ?? "");
  };
  return element;
}

export async function show(app, root, { signal }) {
  const list = h("ul", { class: "jobs" });
  const rest = h("div", {});
  const more = button("Show more", () => older(), { class: "more", hidden: true });
  root.replaceChildren(h("div", { class: "head" }, h("h1", {}, "Jobs")), list, rest, more);
  const rows = new Map();
  const followed = new Set();
  let nextPageToken = "";

  const put = (jobs, atEnd) => {
    for (const job of atEnd ? jobs : jobs.toReversed()) {
      if (!rows.has(job.id)) {
        const element = row(app);
        rows.set(job.id, element);
        if (atEnd) list.append(element);
        else list.prepend(element);
      }
      if (!followed.has(job.id)) rows.get(job.id).update(job);
    }
  };
  const watch = (id) => {
    followed.add(id);
    follow(app.client, id, { signal, onUpdate: (job) => rows.get(id).update(job) })
      .catch(() => {})
      .finally(() => followed.delete(id));
  };
  const older = async () => {
    more.disabled = true;
    try {
      const page = await app.client.call(
        "GenerationService/ListJobs",
        { pageSize: 50, pageToken: nextPageToken },
        { signal },
      );
      put(page.jobs ?? [], true);
      nextPageToken = page.nextPageToken ?? "";
      more.hidden = !nextPageToken;
    } catch (error) {
      app.fail(error, rest);
    }
    more.disabled = false;
  };

  for (let first = true; !signal.aborted; first = false) {
    try {
      const page = await app.client.call("GenerationService/ListJobs", { pageSize: 50 }, { signal });
      put(page.jobs ?? [], first);
      if (first) {
        nextPageToken = page.nextPageToken ?? "";
        more.hidden = !nextPageToken;
      }
      rest.replaceChildren();
      if (!rows.size) {
        const choose = button("Choose photos", () => app.openCapture([]), { class: "primary" });
        rest.append(emptyState("No jobs yet", "A job turns photos or a video of one product into a 3D model.", choose));
      }
      for (const job of (page.jobs ?? []).filter(isActive))
        if (followed.size < LIVE && !followed.has(job.id)) watch(job.id);
    } catch (error) {
      app.fail(error, rest);
      if (!error.retryable) return;
    }
    await wait(EVERY_MS, signal);
  }
}
