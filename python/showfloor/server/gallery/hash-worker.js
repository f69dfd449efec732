// Hashes whole files beside the page, so that it stays responsive. In: {id, file}. Out: {id, bytes}…, {id, sha256 | error}.

import { Sha256, sha256 } from "./sha256.js";

const WHOLE = 64 * 2 ** 20; // up to here a file is read at once and hashed by the browser, which is faster

async function hash({ id, file }) {
  if (file.size <= WHOLE && globalThis.crypto?.subtle) return sha256(new Uint8Array(await file.arrayBuffer()));
  const hasher = new Sha256();
  const step = 4 * 2 ** 20;
  for (let at = 0; at < file.size; at += step) {
    hasher.update(new Uint8Array(await file.slice(at, at + step).arrayBuffer()));
    postMessage({ id, bytes: Math.min(at + step, file.size) });
  }
  return hasher.hex();
}

addEventListener("message", async ({ data }) => {
  try {
    postMessage({ id: data.id, bytes: data.file.size, sha256: await hash(data) });
  } catch (error) {
    postMessage({ id: data.id, error: error.message });
  }
});
