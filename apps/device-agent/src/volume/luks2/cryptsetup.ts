import { existsSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";

import { judgeLuks2Header } from "../../core/judge-luks2-header.ts";
import { type ProgramResult, startProgram } from "../start-program.ts";

/** cryptsetup for one volume. */
export type Cryptsetup = {
  readonly path: string;
  readonly run: (
    parameters: readonly string[],
    input?: Uint8Array | string,
  ) => Promise<ProgramResult>;
  /** @returns its output @throws {AppError} as `requireSuccess` */
  readonly must: (parameters: readonly string[], input?: Uint8Array | string) => Promise<string>;
  /** LUKS2 on-disk format §3: the JSON area. @throws {AppError} as `requireSuccess` */
  readonly dump: () => Promise<unknown>;
};

export function createCryptsetup(program: string, path: string): Cryptsetup {
  const run: Cryptsetup["run"] = (parameters, input = "") =>
    startProgram(program, parameters).finish(input);
  const must: Cryptsetup["must"] = async (parameters, input) => {
    const result = await run(parameters, input);
    requireSuccess(path, result);
    return result.stdout;
  };
  const dump = async (): Promise<unknown> =>
    JSON.parse(await must(["luksDump", "--dump-json-metadata", path]));
  return { path, run, must, dump };
}

/** @throws {AppError} `VolumeNotFound`, `DiskFull` or `VolumeUnavailable` */
export function requireSuccess(path: string, { exitCode, complaint }: ProgramResult): void {
  if (exitCode === 0) return;
  if (!existsSync(path)) throw new AppError("VolumeNotFound", { target: path, detail: path });
  if (/no space left/i.test(complaint))
    throw new AppError("DiskFull", { target: path, detail: path });
  throw new AppError("VolumeUnavailable", {
    target: path,
    detail: `${path}: cryptsetup ended with ${String(exitCode)}: ${complaint}`,
  });
}

/** @throws {AppError} `VolumeUnavailable`: this header never gets a key */
export function requirePreparedHeader(path: string, header: unknown): void {
  const fault = judgeLuks2Header(header);
  if (fault !== undefined)
    throw new AppError("VolumeUnavailable", {
      target: path,
      detail: `${path}: its header was changed after preparation: ${fault}`,
    });
}
