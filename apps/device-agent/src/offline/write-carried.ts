import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { AppError } from "@databox-cmk/errors";

import { systemCode } from "../state/state-error.ts";
import { renderQrAsSvg } from "./qr-picture.ts";

/**
 * A file for a person to carry: a QR code when its name ends in .svg, otherwise the text. It holds
 * no secret.
 *
 * @returns the whole path
 * @throws {AppError} `Misuse` when it cannot be written
 */
export function writeCarried(file: string, text: string): string {
  const path = resolve(file);
  try {
    writeFileSync(path, path.endsWith(".svg") ? renderQrAsSvg(text) : `${text}\n`);
    return path;
  } catch (error) {
    const detail = `--out: ${path} cannot be written (${systemCode(error)})`;
    throw new AppError("Misuse", { detail, cause: error });
  }
}
