import { writeFileSync } from "node:fs";

import { encodeQR } from "qr";

const PIXELS_PER_MODULE = 6;
const QUIET_MODULES = 4;
const GREY = 128;

/**
 * A film of a QR code for Chromium's fake camera: one frame of YUV4MPEG2, which the camera shows
 * again and again.
 *
 * @returns the launch arguments that put it before the camera
 */
export function filmCode(text: string, path: string): readonly string[] {
  const rows = encodeQR(text, "raw", { ecc: "low", border: QUIET_MODULES });
  const side = rows.length * PIXELS_PER_MODULE;
  const light = Buffer.alloc(side * side, 255);
  for (const [y, row] of rows.entries())
    for (const [x, isDark] of row.entries())
      if (isDark)
        for (let line = 0; line < PIXELS_PER_MODULE; line += 1) {
          const start = (y * PIXELS_PER_MODULE + line) * side + x * PIXELS_PER_MODULE;
          light.fill(0, start, start + PIXELS_PER_MODULE);
        }
  const colour = Buffer.alloc((side * side) / 2, GREY);
  const header = `YUV4MPEG2 W${String(side)} H${String(side)} F10:1 Ip A1:1 C420jpeg\nFRAME\n`;
  writeFileSync(path, Buffer.concat([Buffer.from(header), light, colour]));
  return [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    `--use-file-for-fake-video-capture=${path}`,
  ];
}
