import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Remote control of broker-with-crash-point.ts. */
export type CrashPoint = {
  readonly environment: Readonly<Record<string, string>>;
  /** From now on writes are counted, and the one with this number is the broker's last. */
  arm(point: number): void;
  /**
   * Stops counting; answers the points that were passed, the last of which may have been deadly.
   */
  disarm(): readonly string[];
};

export function createCrashPoint(folder: string): CrashPoint {
  const pointFile = join(folder, "crash-point");
  const traceFile = join(folder, "crash-trace");
  return {
    environment: {
      CRASH_POINT_FILE: pointFile,
      CRASH_TRACE_FILE: traceFile,
    },
    arm(point) {
      writeFileSync(traceFile, "");
      writeFileSync(`${pointFile}.new`, String(point));
      renameSync(`${pointFile}.new`, pointFile);
    },
    disarm() {
      rmSync(pointFile);
      return readFileSync(traceFile, "utf8").trimEnd().split("\n");
    },
  };
}
