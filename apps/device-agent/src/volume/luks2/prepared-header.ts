import { AppError } from "@databox-cmk/errors";

import { judgeLuks2Header } from "../../core/judge-luks2-header.ts";

/** @throws {AppError} `VolumeUnavailable`: no key is given to this header */
export function requirePreparedHeader(path: string, header: unknown): void {
  const fault = judgeLuks2Header(header);
  if (fault !== undefined)
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: its header is not as it was prepared: ${fault}`,
    });
}
