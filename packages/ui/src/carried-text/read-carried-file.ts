/** A message that people carry is smaller; a photograph of a code may be this large. */
const MAX_BYTES = 20_000_000;

/**
 * The text of a file: of a text file, or of the QR code on a picture.
 *
 * @returns undefined when the file holds neither.
 */
export async function readCarriedFile(file: File): Promise<string | undefined> {
  if (file.size > MAX_BYTES) return undefined;
  if (!file.type.startsWith("image/")) return (await file.text()).trim();
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) return undefined;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const { default: decodeQR } = await import("qr/decode.js");
    return decodeQR({ width, height, data });
  } catch {
    return undefined; // no picture that a browser knows, or no code on it
  }
}
