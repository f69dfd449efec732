// Talks to the server: the Connect protocol, unary and server streaming, and plain files.

import { encodeUploadPart, decodeUploadPartResponse, decodeErrorInfo, fromBase64 } from "./proto.js";

const RETRYABLE = new Set(["unavailable", "deadline_exceeded", "aborted"]);
const FROM_HTTP = { 401: "unauthenticated", 403: "permission_denied", 404: "unimplemented", 413: "resource_exhausted" };
const END_OF_STREAM = 2;

/** What the server refused, or that it could not be reached. `code` is the status, `reason` the project's own code. */
export class CallError extends Error {
  constructor(code, message, { reason = "", fix = "" } = {}) {
    super(message || code);
    Object.assign(this, { name: "CallError", code, reason, fix });
  }

  /** Whether the same call may work a moment later. */
  get retryable() {
    return RETRYABLE.has(this.code);
  }
}

export const isAbort = (error) => error?.name === "AbortError";

const unreachable = () =>
  new CallError("unavailable", "The server does not answer.", {
    reason: "UNREACHABLE",
    fix: "Check that it runs, and that this device is on the same network.",
  });

function errorFrom(body, status) {
  const info = body.details?.find((d) => d.type?.endsWith("google.rpc.ErrorInfo"));
  const { reason = "", metadata = {} } = info ? decodeErrorInfo(fromBase64(info.value)) : {};
  const code = body.code ?? FROM_HTTP[status] ?? (status >= 500 ? "unavailable" : "unknown");
  return new CallError(code, body.message || `The server answered ${status}.`, { reason, fix: metadata.fix });
}

async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  return errorFrom(typeof body === "object" && body ? body : {}, response.status);
}

/** Splits a body into Connect's envelopes: one flag byte, four bytes of length, the message. */
export async function* envelopes(body) {
  const reader = body.getReader();
  let held = new Uint8Array(0);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const joined = new Uint8Array(held.length + value.length);
      joined.set(held);
      joined.set(value, held.length);
      let at = 0;
      while (joined.length - at >= 5) {
        const length = new DataView(joined.buffer, at + 1, 4).getUint32(0);
        if (joined.length - at - 5 < length) break;
        yield { flags: joined[at], data: joined.subarray(at + 5, at + 5 + length) };
        at += 5 + length;
      }
      held = joined.subarray(at);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

export class Client {
  /** `key` returns the API key, or "". */
  constructor(key, base = document.baseURI) {
    this.key = key;
    this.base = base;
  }

  /** One message there, one back, both as protobuf JSON. `method` is "AssetService/GetAsset". */
  async call(method, message = {}, { signal } = {}) {
    const response = await this.#post(method, "application/json", JSON.stringify(message), signal);
    return response.json();
  }

  /** The messages of a server stream as they come. */
  async *stream(method, message = {}, { signal } = {}) {
    const json = new TextEncoder().encode(JSON.stringify(message));
    const body = new Uint8Array(5 + json.length);
    new DataView(body.buffer).setUint32(1, json.length);
    body.set(json, 5);
    const response = await this.#post(method, "application/connect+json", body, signal);
    const text = new TextDecoder();
    try {
      for await (const { flags, data } of envelopes(response.body)) {
        const value = JSON.parse(text.decode(data));
        if (flags & END_OF_STREAM) {
          if (value.error) throw errorFrom(value.error, 200);
          return;
        }
        yield value;
      }
    } catch (error) {
      throw error instanceof TypeError ? unreachable() : error;
    }
    throw unreachable(); // the stream broke off before its end
  }

  /** Adds bytes to a file of a capture, in binary; returns the next offset. */
  async uploadPart(part, { signal } = {}) {
    const response = await this.#post("CaptureService/UploadPart", "application/proto", encodeUploadPart(part), signal);
    return decodeUploadPartResponse(new Uint8Array(await response.arrayBuffer())).receivedBytes;
  }

  /** A file of the web port as a Blob; `onProgress(bytes)` as it comes. */
  async file(path, { signal, onProgress } = {}) {
    const response = await this.#fetch(this.url(path), { signal, headers: this.#headers() });
    if (!onProgress || !response.body) return response.blob();
    const type = response.headers.get("content-type") ?? "";
    const reader = response.body.getReader();
    const parts = [];
    for (let sum = 0; ;) {
      const { done, value } = await reader.read().catch((e) => Promise.reject(isAbort(e) ? e : unreachable()));
      if (done) return new Blob(parts, { type });
      parts.push(value);
      onProgress((sum += value.length));
    }
  }

  url(path) {
    return new URL(path, this.base).href;
  }

  #headers() {
    const key = this.key();
    return key ? { authorization: `Bearer ${key}` } : {};
  }

  #post(method, type, body, signal) {
    const headers = { ...this.#headers(), "content-type": type, "connect-protocol-version": "1" };
    return this.#fetch(this.url(`showfloor.v1.${method}`), { method: "POST", headers, body, signal });
  }

  async #fetch(url, options) {
    let response;
    try {
      response = await fetch(url, { ...options, credentials: "omit" });
    } catch (error) {
      throw isAbort(error) ? error : unreachable();
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}
