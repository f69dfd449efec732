// Brings a capture to the server: hash, declare, send in parts, finish. Goes on where an earlier try stopped.

import { CallError } from "./connect.js";
import { sha256 } from "./sha256.js";

const PART_BYTES = 2 ** 20; // the contract's limit for one part
const AT_ONCE = 3; // files; the parts of one file go in order
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

export function wait(ms, signal) {
  return new Promise((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Runs `attempt` again after errors that may pass; `onWait(error, ms)` before each pause. */
export async function persist(attempt, { signal, onWait, waits = WAITS_MS } = {}) {
  for (let n = 0; ; n++) {
    try {
      return await attempt(n);
    } catch (error) {
      if (!error.retryable || n === waits.length || signal?.aborted) throw error;
      onWait?.(error, waits[n]);
      await wait(waits[n] * (0.75 + 0.5 * Math.random()), signal);
    }
  }
}

/** Random identifier for request_id; crypto.randomUUID is missing where the page is not secure. */
export function requestId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Hashes files in a worker, one after the other; `onBytes(sum)` as it goes. */
async function hashAll(files, { signal, onBytes }) {
  const worker = new Worker(new URL("hash-worker.js", import.meta.url), { type: "module" });
  let before = 0;
  try {
    const hashes = [];
    for (const [id, { name, file }] of files.entries()) {
      signal?.throwIfAborted();
      hashes.push(
        await new Promise((done, failed) => {
          signal?.addEventListener("abort", () => failed(signal.reason), { once: true });
          worker.onerror = () =>
            failed(new CallError("unknown", "The page could not start its hash worker.", { fix: "Reload the page." }));
          worker.onmessage = ({ data }) => {
            if (data.id !== id) return;
            if (data.error) {
              const fix = "Has it moved or changed? Choose the files again.";
              return failed(new CallError("unknown", `“${name}” cannot be read.`, { fix }));
            }
            onBytes(before + data.bytes);
            if (data.sha256) done(data.sha256);
          };
          worker.postMessage({ id, file });
        }),
      );
      before += file.size;
    }
    return hashes;
  } finally {
    worker.terminate();
  }
}

/**
 * Uploads `files` ([{name, file}]) as one capture and returns it, finished.
 * `onProgress({phase: "check" | "send", done, total, waiting})`, bytes; `waiting` is the error while a try is awaited.
 */
export async function upload(client, { files, displayName }, { signal, onProgress }) {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const hashes = await hashAll(files, { signal, onBytes: (done) => onProgress({ phase: "check", done, total }) });
  const declared = files.map(({ name, file }, i) => ({ name, sizeBytes: String(file.size), sha256: hashes[i] }));

  // The same files under the same name are the same capture: dropped again after a broken upload, they go on.
  const identity = new TextEncoder().encode(JSON.stringify([displayName, declared]));
  const request = { requestId: (await sha256(identity)).slice(0, 32), displayName, files: declared };

  const sent = new Map(files.map(({ name }) => [name, 0]));
  const report = (waiting) =>
    onProgress({ phase: "send", done: [...sent.values()].reduce((a, b) => a + b, 0), total, waiting });
  const retrying = { signal, onWait: (error) => report(error) };

  const capture = await persist(() => client.call("CaptureService/CreateCapture", request, { signal }), retrying);
  for (const file of capture.files) sent.set(file.name, Number(file.receivedBytes ?? 0));
  report();
  if (capture.state === "CAPTURE_STATE_READY") return capture;

  let failed = false;
  const sendFile = async ({ name, file }) => {
    for (let stuck = 0; sent.get(name) < file.size && !failed; report()) {
      const offset = sent.get(name);
      const data = new Uint8Array(await file.slice(offset, offset + PART_BYTES).arrayBuffer());
      const part = { captureId: capture.id, fileName: name, offset, data, sha256: await sha256(data) };
      const received = await persist((attempt) => sendPart(part, attempt), retrying);
      stuck = received > offset ? 0 : stuck + 1;
      if (stuck > 3)
        throw new CallError("internal", `The server does not take “${name}”.`, { fix: "Try again later." });
      sent.set(name, received);
    }
  };
  /** A part whose answer was lost may have arrived: ask before it is sent again. */
  const sendPart = async (part, attempt) => {
    if (attempt > 0) {
      const now = await client.call("CaptureService/GetCapture", { captureId: capture.id }, { signal });
      const received = Number(now.files.find((f) => f.name === part.fileName)?.receivedBytes ?? 0);
      if (received !== part.offset) return received;
    }
    return client.uploadPart(part, { signal });
  };

  const waiting = [...files];
  const lane = async () => {
    while (waiting.length && !failed) await sendFile(waiting.shift());
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    failed = true; // the other lanes stop too
  }
  return persist(() => client.call("CaptureService/FinishCapture", { captureId: capture.id }, { signal }), retrying);
}
