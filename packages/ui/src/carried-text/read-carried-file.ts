/** Carried messages are smaller; a photograph of a code may be this large. */
const MAX_BYTES = 20_000_000;
/** A drawn code has no pixels of its own: large enough for the densest one. */
const DRAWN_PIXELS = 1200;

/**
 * The text of a file: of a text file, or of the QR code on a picture, drawn (SVG) or photographed.
 *
 * @returns undefined when the file holds neither.
 */
export async function readCarriedFile(file: File): Promise<string | undefined> {
  if (file.size > MAX_BYTES) return undefined;
  if (!file.type.startsWith("image/")) return (await file.text()).trim();
  const url = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const isDrawn = file.type === "image/svg+xml";
    const width = isDrawn ? DRAWN_PIXELS : picture.naturalWidth;
    const height = isDrawn ? DRAWN_PIXELS : picture.naturalHeight;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) return undefined;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const { default: decodeQR } = await import("qr/decode.js");
    return decodeQR({ width, height, data });
  } catch {
    return undefined; // Not a picture that the browser knows, or no code on it.
  } finally {
    URL.revokeObjectURL(url);
  }
}
