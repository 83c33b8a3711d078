/** Number of parameters that fromCharCode accepts on every browser. */
const CHUNK = 8192;

/** RFC 4648 §4, with padding. Uint8Array.toBase64 is newer than the tablets in the field. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK)
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  return btoa(text);
}
