import { lock as lockVolume } from "../commands/lock.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import type { LocalUiOptions } from "../core/command.ts";
import { describeOutage, isUnanswered } from "../core/describe-duration.ts";
import type { Erasure } from "../core/erasure.ts";
import { knownFacts } from "../core/failure-event.ts";
import { decideLeaseStep, type HeldLease, type LeaseMoment } from "../core/lease-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Moment } from "../core/moment.ts";
import { restamped } from "../core/passkey-tries.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { LocalUi, startLocalUi } from "../local-ui/start-local-ui.ts";
import { connect } from "../node/connect.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { openNode, requirePrepared } from "../node/hold-node.ts";
import { openIdentity } from "../node/open-node.ts";
import { listenForStop } from "../node/stop-signal.ts";
import { takeAgentLock } from "../state/agent-lock.ts";
import { bootClockMs, momentIn, readBootId } from "../state/boot.ts";
import { readErasure } from "../state/erasure-file.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { createAskForGrant } from "./ask-for-grant.ts";
import { createBrokerKeysKeeper } from "./broker-keys-keeper.ts";
import { createNodeState, type Daemon, type NodeState } from "./daemon.ts";
import { createJournalCourier } from "./journal-courier.ts";
import { createLeaseKeeper, type LeaseKeeper } from "./lease-keeper.ts";
import { createLeaseWatcher } from "./lease-watcher.ts";
import { createPasskeyKeeper } from "./passkey-keeper.ts";
import { createReceiptCourier } from "./receipt-courier.ts";
import { createServiceManager } from "./service-manager.ts";
import { watchState } from "./watch-state.ts";

/** How long a change of state.json may go unnoticed if the file system reports none. */
const IDLE_MS = 1000;

/**
 * Keeps the lease of an unlocked volume, and closes the volume when it is refused, lapsed or void.
 * Ends by SIGTERM or SIGINT and leaves the volume as it is, unless an option says to lock it.
 *
 * @throws {AppError} `AgentNotPrepared`, `AgentStateUnreadable` or what the volume throws
 */
export async function serve(
  options: {
    readonly lockOnExit: boolean;
    readonly localUi?: LocalUiOptions | undefined;
  },
  dependencies: CommandDependencies,
  run: RunCommand,
): Promise<AgentEvent> {
  const { nowIso } = dependencies;
  const erasing = readErasure(dependencies.stateDir);
  if (erasing !== undefined && erasing.step !== "erased")
    return finishErasing(erasing, dependencies);
  let listener: Pick<LocalUi, "hear"> | undefined;
  const {
    folder,
    settings,
    state: prepared,
  } = requirePrepared(dependencies.stateDir, dependencies.credentialsFolder);
  const volume = openVolume(settings.volume, settings.serial, dependencies.cryptsetupFolders);
  using daemonLock = takeAgentLock(folder.path, "daemon");
  void daemonLock; // Held for as long as the daemon runs.
  using stop = listenForStop();
  using changes = watchState(folder.path);
  using transport = connect(settings.connection, dependencies);
  const node = openNode(folder, settings, prepared);
  const identity = openIdentity(node);
  const { order, serial, signingKey } = identity;
  let { brokerKeys } = identity;
  const bootId = () => readBootId(settings.bootIdFile);
  const moment = () => momentIn(bootId());
  const known = knownFacts(folder.path, settings);
  const context = () => ({ ...eventOf("serve", settings, dependencies), known });
  const state = createNodeState(folder);
  const daemon: Daemon = {
    folder,
    settings,
    volume,
    state,
    report(event) {
      dependencies.report(event);
      listener?.hear(event);
    },
    nowIso,
    moment,
    session: (deadline, by = transport) => ({
      order,
      serial,
      signingKey,
      brokerKeys,
      bootId: bootId(),
      transport: by,
      deadline,
      mark: () => undefined,
    }),
    journal: () => openJournal(folder.journalPath, { bootId: bootId(), nowIso }),
    context,
  };
  const askForGrant = createAskForGrant(state, dependencies);
  const keeper = createLeaseKeeper(daemon, askForGrant);
  const courier = createReceiptCourier(daemon);
  const journalCourier = createJournalCourier(daemon);
  const passkeyKeeper = createPasskeyKeeper(daemon, askForGrant);
  const brokerKeysKeeper = createBrokerKeysKeeper(daemon, (keys) => {
    brokerKeys = keys;
  });
  using watcher = createLeaseWatcher(daemon, () => changes.wake());
  await beginPasskeyWait(folder, state, moment);
  await using ui = await openLocalUi(options.localUi, {
    folder,
    settings,
    dependencies,
    run,
  });
  listener = ui;
  const serving = { ...eventOf("serve", settings, dependencies), outcome: "serving" } as const;
  dependencies.report({
    ...serving,
    details: ui && { uiPort: ui.port, uiCertificate: ui.fingerprint },
  });
  const manager = createServiceManager(dependencies.notifySocket);
  manager.ready(statusLine(serial, state.read(), nowIso()));

  let highestCounter = 0;
  while (!stop.signal.aborted) {
    const news = watcher.take();
    if (news !== undefined) {
      if (news.answer.kind === "renewed") ui?.meet(news.answer.renewed);
      await keeper.hear(news);
    }
    const current = state.read();
    const { lock, counter } = current;
    highestCounter = Math.max(highestCounter, counter);
    manager.status(statusLine(serial, current, nowIso()));
    ui?.look(current);
    let waitMs = IDLE_MS;
    if (lock.kind === "unlocked" && lock.lease !== undefined) {
      // Before a renewal that is due, which the wait then brings.
      const pauseMs = lock.lease.closing === undefined ? watcher.keepWatching(lock.lease) : IDLE_MS;
      const { isRenewing } = watcher;
      const now = { ...moment(), counter, highestCounter, isRenewing };
      // A state that was set back is reported once, and counts from then on.
      if (counter < highestCounter) highestCounter = counter;
      const untilStepMs = await act(keeper, lock.lease, lock.bootId, now, stop.signal);
      waitMs = Math.min(pauseMs, untilStepMs);
    }
    if (lock.kind === "unlocked") waitMs = Math.min(waitMs, await passkeyKeeper.keep(lock));
    waitMs = Math.min(waitMs, await courier.deliver(stop.signal));
    void brokerKeysKeeper.keep(stop.signal);
    journalCourier.keep(stop.signal);
    await changes.wait(waitMs, stop.signal);
  }
  manager.stopping();
  if (options.lockOnExit) await lockVolume({ prepareToShip: false }, dependencies);
  const isOpen = state.read().lock.kind === "unlocked";
  return {
    ...eventOf("serve", settings, dependencies),
    outcome: "stopped",
    notes: notesOf(isOpen && "the volume stays open; its lease is no longer renewed"),
  };
}

/** Ready at once: the service manager would end a start that takes as long as a whole medium. */
async function finishErasing(
  { serial }: Erasure,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  createServiceManager(dependencies.notifySocket).ready(`${serial}: being erased`);
  const { erase } = await import("../erase/erase.ts");
  return erase({ serial }, dependencies);
}

function statusLine(serial: string, { lock }: Pick<MachineState, "lock">, nowIso: string): string {
  const state = `${serial}: ${lock.kind} since ${lock.since}`;
  if (lock.kind !== "unlocked" || lock.lease === undefined) return state;
  const nowMs = bootClockMs();
  return isUnanswered(lock.lease, nowMs)
    ? `${state}; ${describeOutage(lock.lease, nowMs, nowIso)}`
    : state;
}

/**
 * Continues a wait for passkeys that another boot began, so that a person does not have to start it
 * by a failed try.
 */
async function beginPasskeyWait(
  folder: Pick<StateFolder, "readPasskeyTries" | "writePasskeyTries">,
  state: NodeState,
  moment: () => Moment,
): Promise<void> {
  await state.change(() => {
    const found = folder.readPasskeyTries();
    if (found !== undefined) folder.writePasskeyTries(restamped(found, moment()));
  });
}

/** Loaded only on request: a daemon without a page needs no certificates. */
async function openLocalUi(
  options: LocalUiOptions | undefined,
  rest: Omit<Parameters<typeof startLocalUi>[0], "options">,
): Promise<LocalUi | undefined> {
  if (options === undefined) return undefined;
  const { startLocalUi: start } = await import("../local-ui/start-local-ui.ts");
  return start({ options, ...rest });
}

/** @returns the time until the next action, at most, in milliseconds */
async function act(
  keeper: LeaseKeeper,
  lease: HeldLease,
  unlockedIn: string,
  moment: LeaseMoment,
  stop: AbortSignal,
): Promise<number> {
  const step = decideLeaseStep(lease, unlockedIn, moment);
  switch (step.kind) {
    case "close":
      return keeper.close(lease, step.cause);
    case "renew":
      return Math.min(IDLE_MS, await keeper.renew(lease, stop));
    case "wait":
      return Math.min(IDLE_MS, step.untilMs - moment.bootMs);
  }
}
