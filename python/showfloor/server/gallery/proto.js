// The few protobuf messages that are worth sending in binary, or that only come so.

const VARINT = 0;
const BYTES = 2;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Base64 without padding, as Connect sends it, included. */
export function fromBase64(value) {
  return Uint8Array.from(atob(value.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
}

function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  bytes.push(value);
  return bytes;
}

function lengthDelimited(field, bytes) {
  return [Uint8Array.from([(field << 3) | BYTES, ...varint(bytes.length)]), bytes];
}

/** showfloor.v1.UploadPartRequest; `data` is a Uint8Array, `offset` a number. */
export function encodeUploadPart({ captureId, fileName, offset, data, sha256 }) {
  const parts = [
    ...lengthDelimited(1, utf8.encode(captureId)),
    ...lengthDelimited(2, utf8.encode(fileName)),
    Uint8Array.from([(3 << 3) | VARINT, ...varint(offset)]),
    ...lengthDelimited(4, data),
    ...lengthDelimited(5, utf8.encode(sha256)),
  ];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Yields [field, value] of a message: a number for a varint, a Uint8Array for what has a length. */
function* fields(bytes) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = number();
    const kind = tag & 7;
    if (kind === VARINT) yield [tag >> 3, number()];
    else if (kind === BYTES) {
      const length = number();
      yield [tag >> 3, bytes.subarray(at, at + length)];
      at += length;
    } else return; // none of these messages has such a field
  }
}

export function decodeUploadPartResponse(bytes) {
  for (const [field, value] of fields(bytes)) if (field === 1) return { receivedBytes: value };
  return { receivedBytes: 0 };
}

/** google.rpc.ErrorInfo: reason = 1, domain = 2, metadata = map 3. */
export function decodeErrorInfo(bytes) {
  const info = { reason: "", metadata: {} };
  for (const [field, value] of fields(bytes)) {
    if (field === 1) info.reason = text.decode(value);
    if (field === 3) {
      const entry = Object.fromEntries(fields(value));
      info.metadata[text.decode(entry[1])] = text.decode(entry[2] ?? new Uint8Array());
    }
  }
  return info;
}
