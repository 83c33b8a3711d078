import type { StruckEffect } from "../core/faults.ts";
import type { Fault } from "../core/model.ts";

/** One exchange that faults may strike. */
export type FaultTarget = {
  readonly service: Fault["scope"]["service"];
  readonly operation: string;
  readonly vault?: string | undefined;
  /**
   * The request without a token that asks a vault for its challenge. It is not part of the
   * operation, so only permanent faults strike it. A count of one then means one operation, whether
   * or not its client has a token yet.
   */
  readonly isPreliminary?: boolean;
};

/** The one table of faults, for every service. */
export type Faults = {
  /**
   * Draws for one exchange: counts and probabilities are used up. Call it once per exchange (HTTP
   * request or DNS question) and apply the result; `answerWithFaults`
   * (faults/answer-with-faults.ts) does so for HTTP.
   */
  strike(target: FaultTarget): readonly StruckEffect[];
  /**
   * Delays of the world's consistency, for a vault: faults first, then the settings. Nothing is
   * used up.
   */
  visibilityDelayMs(vault: string): number;
  accessPropagationDelayMs(vault: string): number;
  /** Whether the vault's region has failed over: writes are refused, use of keys goes on. */
  isReadOnly(vault: string): boolean;
};
