// One job: its stages, what happens now, a picture of what there is so far, and how it ended.

import { isAbort } from "./connect.js";
import { button, errorBox, h, icon, ICONS, progressBar } from "./dom.js";
import { ago, isActive, JOB_STATES, percent, seconds, STAGES } from "./format.js";
import { kindText, stateClass } from "./jobs.js";
import { follow } from "./watch.js";

export async function show(app, root, { signal, id }) {
  const title = h("h1", {}, "…");
  const badge = h("span", { class: "badge" });
  const facts = h("p", { class: "soft" });
  const now = h("p", { class: "now", role: "status" });
  const lost = h("p", { class: "notice", hidden: true });
  const bar = progressBar("Progress of the job");
  const steps = h("ol", { class: "steps" });
  const end = h("div", {});
  const image = h(
    "div",
    { class: "picture preview" },
    icon(ICONS.cube),
    h("p", { class: "soft" }, "A picture comes with the first stages."),
  );
  const cancel = button("Cancel", async () => {
    cancel.disabled = true;
    try {
      update(await app.client.call("GenerationService/CancelJob", { jobId: id }, { signal }));
    } catch (error) {
      if (!isAbort(error)) end.replaceChildren(errorBox(error));
      cancel.disabled = false;
    }
  });
  root.replaceChildren(
    h("p", { class: "back" }, h("a", { href: "#/jobs" }, icon(ICONS.back), "All jobs")),
    h(
      "article",
      { class: "job-page" },
      image,
      h(
        "div",
        {},
        h("div", { class: "title" }, title, badge),
        facts,
        bar,
        now,
        lost,
        end,
        h("p", { class: "row" }, cancel),
        steps,
      ),
    ),
  );
  bar.hidden = true;
  cancel.hidden = true;

  let wasActive = false;
  let imageUrl;
  signal.addEventListener("abort", () => imageUrl && URL.revokeObjectURL(imageUrl), { once: true });

  function update(job, preview) {
    wasActive ||= isActive(job);
    lost.hidden = true;
    title.textContent = job.displayName || job.id;
    document.title = `${title.textContent} · Showfloor`;
    badge.className = `badge ${stateClass(job)}`;
    badge.textContent = JOB_STATES[job.state] ?? job.state;
    facts.textContent = [kindText(job), ago(job.createTime), job.attempt > 1 && `attempt ${job.attempt}`]
      .filter(Boolean)
      .join(" · ");
    bar.hidden = cancel.hidden = !isActive(job);
    bar.set(job.state === "JOB_STATE_QUEUED" ? null : (job.fraction ?? 0));
    now.textContent = said(job);
    steps.replaceChildren(...stepList(job));
    end.replaceChildren(...ending(app, job));
    if (!preview) return;
    if (imageUrl) URL.revokeObjectURL(imageUrl);
    imageUrl = URL.createObjectURL(preview);
    image.replaceChildren(h("img", { src: imageUrl, alt: "What there is so far" }));
  }

  const job = await follow(app.client, id, {
    signal,
    onUpdate: update,
    onLost: (error) => {
      lost.hidden = false;
      lost.textContent = `${error.message} The job goes on; this page connects again.`;
    },
  });
  if (wasActive && job.state === "JOB_STATE_SUCCEEDED" && !signal.aborted) app.go(`#/assets/${job.assetId}`);
}

function said(job) {
  if (job.state === "JOB_STATE_QUEUED") return "Waits for a free worker.";
  if (job.state !== "JOB_STATE_RUNNING") return "";
  return [percent(job.fraction), STAGES[job.stage] ?? job.stage, job.message].filter(Boolean).join(" · ");
}

function stepList(job) {
  const names = Object.keys(STAGES);
  const at = names.indexOf(job.stage);
  const done = job.state === "JOB_STATE_SUCCEEDED";
  return names.map((name, i) => {
    const here = i === at && !done;
    const state = done || i < at ? "done" : here ? stateClass(job) : "todo";
    return h(
      "li",
      { class: state, "aria-current": here && "step" },
      STAGES[name],
      state === "done" && h("span", { class: "unseen" }, " (done)"),
    );
  });
}

function ending(app, job) {
  if (job.state === "JOB_STATE_SUCCEEDED") {
    return [
      h("p", { class: "row" }, h("a", { class: "button primary", href: `#/assets/${job.assetId}` }, "Open the asset")),
      ...duration(job),
    ];
  }
  const again = button("New asset", () => app.openCapture([], job.productId), { class: "primary" });
  if (job.state === "JOB_STATE_FAILED") {
    const { code: reason, message = "The job failed.", fix } = job.problem ?? {};
    return [errorBox({ reason, message, fix }, again)];
  }
  if (job.state === "JOB_STATE_CANCELLED")
    return [
      h("p", {}, "Somebody cancelled it. The photos are still on the server for a while."),
      h("p", { class: "row" }, again),
    ];
  return [];
}

function duration({ startTime, endTime }) {
  if (!startTime || !endTime) return [];
  return [h("p", { class: "soft" }, `Took ${seconds((Date.parse(endTime) - Date.parse(startTime)) / 1000)}.`)];
}
