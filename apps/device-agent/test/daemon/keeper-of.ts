import type { AgentEvent } from "../../src/core/agent-event.ts";
import { knownFacts } from "../../src/core/failure-event.ts";
import type { ClosingCause } from "../../src/core/lease-state.ts";
import { createAskForGrant } from "../../src/daemon/ask-for-grant.ts";
import { createNodeState } from "../../src/daemon/daemon.ts";
import { createLeaseKeeper } from "../../src/daemon/lease-keeper.ts";
import { openJournal } from "../../src/journal/open-journal.ts";
import { connect } from "../../src/node/connect.ts";
import { eventOf } from "../../src/node/event-of.ts";
import { openNode, requirePrepared } from "../../src/node/hold-node.ts";
import { openIdentity } from "../../src/node/open-node.ts";
import { openVolume } from "../../src/volume/choose-volume.ts";
import { type AgentWorld, SERIAL } from "../agent-world.ts";

const never = new AbortController().signal;

/** The daemon's part, in this process. */
export function createKeeperOf(world: AgentWorld) {
  const { dependencies } = world;
  const { folder, settings, state: stored } = requirePrepared(world.stateDir);
  const state = createNodeState(folder);
  const reported: AgentEvent[] = [];
  const bootId = "boot-number-1";
  const identity = openIdentity(openNode(folder, settings, stored));
  const transport = connect(settings.connection);
  const keeper = createLeaseKeeper(
    {
      state,
      folder,
      volume: openVolume(settings.volume, SERIAL, []),
      journal: () => openJournal(folder.journalPath, { bootId, nowIso: dependencies.nowIso }),
      session: (deadline) => ({ ...identity, bootId, transport, deadline, mark: () => undefined }),
      context: () => ({
        ...eventOf("serve", settings, dependencies),
        known: knownFacts(world.stateDir, settings),
      }),
      nowIso: dependencies.nowIso,
      report: (event) => {
        reported.push(event);
      },
    },
    createAskForGrant(state, dependencies),
  );
  const lease = () => {
    const { lock } = state.read();
    if (lock.kind !== "unlocked" || lock.lease === undefined) throw new Error("no lease");
    return lock.lease;
  };
  return {
    reported,
    lease,
    close: (cause: ClosingCause = "outage") => keeper.close(lease(), cause),
    /** A renewal that is due, as often as it is tried. */
    async renew(times: number) {
      let waitMs = 0;
      for (let time = 0; time < times; time += 1) {
        waitMs = await keeper.renew(lease(), never);
        // A timer cuts off the part of a millisecond, and may be early by one.
        const delayMs = time === times - 1 ? 0 : Math.ceil(waitMs) + 2;
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      return waitMs;
    },
    [Symbol.dispose]: () => transport[Symbol.dispose](),
  };
}
