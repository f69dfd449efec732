// Follows a job through lost connections.

import { isAbort } from "./connect.js";
import { fromBase64 } from "./proto.js";
import { isActive } from "./format.js";
import { wait } from "./upload.js";

/** Calls `onUpdate(job, preview)` for each change until the job has ended; returns the job. `onLost(error)` in between. */
export async function follow(client, jobId, { signal, onUpdate, onLost }) {
  for (let tries = 0; ; tries++) {
    try {
      for await (const { job, preview } of client.stream("GenerationService/WatchJob", { jobId }, { signal })) {
        tries = 0;
        onUpdate(job, preview?.data && new Blob([fromBase64(preview.data)], { type: preview.mediaType }));
        if (!isActive(job)) return job;
      }
    } catch (error) {
      if (isAbort(error) || !error.retryable) throw error;
      onLost?.(error);
    }
    await wait(Math.min(500 * 2 ** tries, 10_000), signal);
  }
}
