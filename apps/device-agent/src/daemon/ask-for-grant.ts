import type { AgentEvent } from "../core/agent-event.ts";
import { type UnlockDependencies, unlockOnce } from "../unlock/unlock.ts";
import type { NodeState } from "./daemon.ts";

/** Time limit of a request for a lease: meanwhile no other command of this node can run. */
const ASK_TIMEOUT_MS = 5_000;

/**
 * Requests a lease for a volume that is open, as `unlock` does: a signed refusal closes it.
 *
 * @throws {AppError} as `unlockOnce`
 */
export type AskForGrant = () => Promise<AgentEvent>;

export function createAskForGrant(
  state: Pick<NodeState, "runAlone">,
  dependencies: UnlockDependencies,
): AskForGrant {
  const request = { reason: undefined, purpose: undefined, goesOn: false } as const;
  return async () => {
    const event = await state.runAlone(() =>
      unlockOnce({ ...request, totalTimeoutMs: ASK_TIMEOUT_MS }, dependencies),
    );
    return { ...event, event: "serve" };
  };
}
