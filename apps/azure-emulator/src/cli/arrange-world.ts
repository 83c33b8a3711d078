import { readFileSync } from "node:fs";

import * as z from "zod";

import { callControl, type ControlTarget } from "./control-client.ts";
import example from "./example-seed.json" with { type: "json" };
import { sendSeed } from "./send-seed.ts";

/**
 * The options by which a cloud starts in a chosen state; each is a file or a time, or the seed
 * `example`.
 */
export type WorldOptions = {
  readonly seed?: string;
  readonly fault?: string;
  readonly clock?: string;
};

const faultFile = z.array(z.looseObject({}));

/**
 * Brings a running emulator into the state that the options describe: first the clock, then the
 * seed, then the faults, which would strike the seed otherwise.
 *
 * @throws Error that names the option and the entry that was refused.
 */
export async function arrangeWorld(
  target: ControlTarget,
  { seed, fault, clock }: WorldOptions,
): Promise<void> {
  if (clock !== undefined)
    await naming(`--clock ${clock}`, async () => {
      await (/^(?:\d+|P.*)$/u.test(clock) ? advanceClock : setClock)(target, clock);
    });
  if (seed !== undefined)
    await naming(`--seed ${seed}`, async () =>
      sendSeed(target, seed === "example" ? example : readJson(seed)),
    );
  if (fault !== undefined)
    await naming(`--fault ${fault}`, async () => {
      for (const payload of faultFile.parse(readJson(fault)))
        await callControl(target, "POST", "/faults", payload);
    });
}

/** @param time - `2027-01-31T12:00:00Z` */
export const setClock = (target: ControlTarget, time: string): Promise<unknown> =>
  callControl(target, "PUT", "/clock", { now: time });

/** @param by - seconds, or a duration like P90D */
export const advanceClock = (target: ControlTarget, by: string): Promise<unknown> =>
  callControl(
    target,
    "POST",
    "/clock/advance",
    /^\d+$/u.test(by) ? { seconds: Number(by) } : { duration: by },
  );

async function naming(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? z.prettifyError(error).replaceAll(/\s+/gu, " ")
        : error instanceof Error
          ? error.message
          : String(error);
    throw new Error(`${what}: ${why}`, { cause: error });
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
