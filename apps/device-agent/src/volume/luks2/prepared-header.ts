import { AppError } from "@databox-cmk/errors";

import { judgeLuks2Header } from "../../core/judge-luks2-header.ts";

/** @throws {AppError} `VolumeUnavailable`: this header never gets a key */
export function requirePreparedHeader(path: string, header: unknown): void {
  const fault = judgeLuks2Header(header);
  if (fault !== undefined)
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: its header was changed after preparation: ${fault}`,
    });
}
