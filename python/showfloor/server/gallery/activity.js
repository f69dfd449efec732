// Counts the jobs that run or wait, for the tab, and says when one that was started here has ended.

import { h, toast } from "./dom.js";
import { wait } from "./upload.js";

const ACTIVE = ["JOB_STATE_QUEUED", "JOB_STATE_RUNNING"];
const EVERY_MS = 4000;

/** Returns a function that looks at once; it goes on looking only while there is something to see. */
export function activity(app, badge) {
  const mine = new Set();
  let round = 0;

  async function look() {
    const me = ++round;
    while (me === round) {
      let jobs = [];
      try {
        ({ jobs = [] } = await app.client.call("GenerationService/ListJobs", { states: ACTIVE, pageSize: 200 }));
      } catch {
        return; // the views say what is wrong
      }
      if (me !== round) return;
      badge.hidden = !jobs.length;
      badge.replaceChildren(String(jobs.length), h("span", { class: "unseen" }, " running or waiting"));
      const active = new Set(jobs.map((job) => job.id));
      for (const id of mine) if (!active.has(id)) await ended(id);
      if (!jobs.length) return;
      await wait(EVERY_MS);
    }
  }

  async function ended(id) {
    mine.delete(id);
    const job = await app.client.call("GenerationService/GetJob", { jobId: id }).catch(() => null);
    if (!job) return;
    if (job.state === "JOB_STATE_SUCCEEDED") app.events.dispatchEvent(new Event("assets"));
    if (location.hash.endsWith(`/${id}`) || location.hash.endsWith(`/${job.assetId}`)) return; // it is on the screen
    const name = job.displayName || id;
    if (job.state === "JOB_STATE_SUCCEEDED") toast(`${name} is ready.`, ["Open", `#/assets/${job.assetId}`]);
    if (job.state === "JOB_STATE_FAILED") toast(`${name} failed.`, ["Why", `#/jobs/${id}`]);
  }

  app.started = (job) => {
    mine.add(job.id);
    look();
  };
  look();
  return look;
}
