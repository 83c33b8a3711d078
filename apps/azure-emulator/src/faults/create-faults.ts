import { drawFault, coversTarget, type StruckEffect, struckEffect } from "../core/faults.ts";
import type { Fault, Settings } from "../core/model.ts";
import type { EmulatorState } from "../state/emulator-state.ts";
import type { Faults } from "./faults.ts";

/** Effects that describe the world and not one exchange: they are read, not used up. */
const WORLD_KINDS: ReadonlySet<Fault["effect"]["kind"]> = new Set([
  "access-propagation-delay",
  "visibility-delay",
  "read-only",
]);

export function createFaults(state: EmulatorState, settings: () => Settings): Faults {
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
    strike(target) {
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
    visibilityDelayMs(vault) {
      const seconds = delaySeconds(vault, "visibility-delay");
      return seconds === undefined ? settings().visibilityDelayMs : seconds * 1000;
    },
    accessPropagationDelayMs(vault) {
      const seconds = delaySeconds(vault, "access-propagation-delay");
      return seconds === undefined ? settings().accessPropagationDelayMs : seconds * 1000;
    },
    isReadOnly: (vault) =>
      inScope({ service: "key-vault", vault }).some(({ effect }) => effect.kind === "read-only"),
  };
}

function isSelective({ remaining, probability }: Fault): boolean {
  return remaining !== undefined || probability < 1;
}
