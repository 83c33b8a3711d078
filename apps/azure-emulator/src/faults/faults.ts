import { type StruckEffect, drawFault, coversTarget, struckEffect } from "../core/faults.ts";
import type { Fault, Settings } from "../core/model.ts";
import type { EmulatorState } from "../state/emulator-state.ts";

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

/** Effects that describe the world and not one exchange: they are read, not used up. */
const WORLD_KINDS: ReadonlySet<Fault["effect"]["kind"]> = new Set([
  "access-propagation-delay",
  "visibility-delay",
  "read-only",
]);

/** The one table of faults, for every service. */
export function createFaults(state: EmulatorState, settings: () => Settings) {
  const inScope = (target: Fault["scope"]): Fault[] =>
    state.list("fault").filter((fault) => coversTarget(fault.scope, target));
  const delaySeconds = (
    vault: string,
    kind: "access-propagation-delay" | "visibility-delay",
  ): number | undefined => {
    for (const { effect } of inScope({ service: "key-vault", vault }))
      if (effect.kind === kind) return effect.seconds;
    return undefined;
  };
  return {
    /**
     * Draws for one exchange: counts and probabilities are used up. Call it once per exchange (HTTP
     * request or DNS question) and apply the result; `answerWithFaults`
     * (faults/answer-with-faults.ts) does so for HTTP.
     */
    strike(target: FaultTarget): readonly StruckEffect[] {
      const effects: StruckEffect[] = [];
      for (const fault of inScope(target)) {
        if (WORLD_KINDS.has(fault.effect.kind)) continue;
        if (target.isPreliminary === true && isSelective(fault)) continue;
        const { strikes, next } = drawFault(fault);
        if (next === undefined) state.delete("fault", fault.id);
        else state.put("fault", next);
        if (strikes) effects.push(struckEffect(fault));
      }
      return effects;
    },
    /**
     * Delays of the world's consistency, for a vault: faults first, then the settings. Nothing is
     * used up.
     */
    visibilityDelayMs(vault: string): number {
      const seconds = delaySeconds(vault, "visibility-delay");
      return seconds === undefined ? settings().visibilityDelayMs : seconds * 1000;
    },
    accessPropagationDelayMs(vault: string): number {
      const seconds = delaySeconds(vault, "access-propagation-delay");
      return seconds === undefined ? settings().accessPropagationDelayMs : seconds * 1000;
    },
    /** Whether the vault's region has failed over: writes are refused, use of keys goes on. */
    isReadOnly: (vault: string): boolean =>
      inScope({ service: "key-vault", vault }).some(({ effect }) => effect.kind === "read-only"),
  };
}

export type Faults = ReturnType<typeof createFaults>;

function isSelective({ remaining, probability }: Fault): boolean {
  return remaining !== undefined || probability < 1;
}
