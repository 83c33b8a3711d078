import { importVerifyKey } from "@databox-cmk/crypto";
import { AppError, type Finding, type Probe, runChecks, toAppError } from "@databox-cmk/errors";

import { readChallenge } from "../answers/challenge-answer.ts";
import { readKeptEnvelope } from "../answers/signed-envelope.ts";
import { brokerAddresses } from "../broker-client/broker-address.ts";
import type { AgentEvent } from "../core/agent-event.ts";
import { type Cause, judgeLastUnlock } from "../core/cause.ts";
import {
  describeClock,
  describeProxies,
  DOCTOR_CHECKS,
  eventOfExamination,
} from "../core/doctor-event.ts";
import type { DoctorCheckName } from "../core/doctor-event.ts";
import type { Settings } from "../core/settings.ts";
import { askForChallenge, challengeHash } from "../exchange/ask-for-challenge.ts";
import { certificateAuthorityOf, connect } from "../node/connect.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { readCause } from "../node/read-cause.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { readBootId } from "../state/boot.ts";
import { requireNotErased } from "../state/erasure-file.ts";
import { requireFile } from "../state/private-file.ts";
import { openStateFolder } from "../state/state-folder.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { judgeVolume, probeDeviceKey, probeShare, probeStateFolder } from "./probe-machine.ts";
import { createNetworkProbes, type NetworkProbes } from "./probe-network.ts";

const STEP_TIMEOUT_MS = 3_000;

/** One address of the broker, with the failure that ended its checks. */
type NetworkAddress = {
  readonly authority: string;
  readonly probes: NetworkProbes;
  failure?: AppError;
};

/**
 * Checks everything that an unlock needs, from the state folder to the broker's answer, without
 * unlocking. It takes no lock and changes nothing but a file of its own, so it can run beside an
 * agent that hangs.
 */
export async function doctor(dependencies: CommandDependencies): Promise<AgentEvent> {
  const { elapsedMs, stateDir } = dependencies;
  using examination = createExamination(dependencies);
  const run = await runChecks(DOCTOR_CHECKS, examination.probes, elapsedMs);
  const settings = examination.settings();
  const cause = examination.cause();
  return eventOfExamination(run, {
    stateDir,
    settings,
    cause,
    elapsedMs: roundToTenth(elapsedMs()),
  });
}

type Examination = Disposable & {
  readonly probes: Readonly<Record<DoctorCheckName, Probe>>;
  settings(): Settings | undefined;
  cause(): Cause | undefined;
};

function createExamination(
  dependencies: Pick<
    CommandDependencies,
    | "credentialsFolder"
    | "cryptsetupFolders"
    | "elapsedMs"
    | "environmentNames"
    | "nowIso"
    | "stateDir"
    | "totalTimeoutMs"
  >,
): Examination {
  const {
    stateDir,
    credentialsFolder,
    environmentNames,
    cryptsetupFolders,
    nowIso,
    totalTimeoutMs,
  } = dependencies;
  let known: Settings | undefined;
  let network: readonly NetworkAddress[] = [];
  let cause: Cause | undefined;
  let clock: { readonly answeredMs: number; readonly brokerTime: string } | undefined;
  const folder = () => openStateFolder(stateDir, credentialsFolder);
  const nowMs = () => Date.parse(nowIso());

  function settings(): Settings {
    if (known === undefined) throw new TypeError("a check ran before the settings were read");
    return known;
  }

  /** At each address of the broker. One is enough; all of them are shown. */
  async function probeNetwork(step: "resolve" | "connect" | "secure"): Promise<Finding> {
    const { connection } = settings();
    if (network.length === 0)
      network = brokerAddresses(connection).map((broker) => ({
        authority: broker.authority,
        probes: createNetworkProbes({
          broker,
          certificateAuthority: () => certificateAuthorityOf(connection),
          stepTimeoutMs: Math.min(STEP_TIMEOUT_MS, totalTimeoutMs),
          nowMs,
        }),
      }));
    const open = network.filter(({ failure }) => failure === undefined);
    const findings = await Promise.all(
      network.map(async (each) => {
        try {
          if (each.failure === undefined) return await each.probes[step]();
        } catch (error) {
          each.failure = toAppError(error);
        }
        return `${each.authority}: ${each.failure.detail ?? each.failure.message}`;
      }),
    );
    // An address that failed at an earlier step says nothing about this one.
    const [first, ...others] = open;
    if (first?.failure !== undefined && others.every(({ failure }) => failure !== undefined)) {
      const { code, reason, detail } = first.failure;
      const all = network.length === 1 ? detail : findings.join("; ");
      throw new AppError(code, { reason, detail: all, cause: first.failure });
    }
    return { ok: true, found: findings.join("; ") };
  }

  async function probeChallenge(): Promise<Finding> {
    const { connection, serial, brokerKeys } = settings();
    using transport = connect(connection);
    const deadline = AbortSignal.timeout(totalTimeoutMs);
    const sentMs = nowMs();
    const raw = await askForChallenge({ transport, serial, deadline });
    const receivedMs = nowMs();
    const keys = brokerKeys.map((key) => importVerifyKey(key));
    const answer = readChallenge(raw, { brokerKeys: keys, requestHash: challengeHash({ serial }) });
    if (answer.kind === "denial")
      return { ok: false, failure: { code: "BrokerBusy", detail: answer.denial.message } };
    const { brokerTime } = answer.challenge;
    clock = { answeredMs: (sentMs + receivedMs) / 2, brokerTime };
    return { ok: true, found: `https://${raw.authority ?? ""} answers` };
  }

  return {
    settings: () => known,
    cause: () => cause,
    [Symbol.dispose]() {
      for (const { probes } of network) probes[Symbol.dispose]();
    },
    probes: {
      "state-folder": async () => probeStateFolder(stateDir),
      async settings() {
        requireNotErased(stateDir);
        known = folder().readSettings();
        if (known === undefined)
          throw new AppError("AgentNotPrepared", { detail: `${stateDir} holds no prepared node` });
        return {
          ok: true,
          found: `node ${known.serial} of ${known.order.split("/").at(-1) ?? ""}`,
        };
      },
      "device-key": async () => probeDeviceKey(folder()),
      share: () => probeShare(folder(), settings()),
      boot: async () => ({ ok: true, found: readBootId(settings().bootIdFile) }),
      async envelope() {
        const jws = requireFile(folder().readEnvelope(), `${stateDir}/envelope.jws`);
        const state = folder().readState();
        const { generation } = readKeptEnvelope(jws, settings(), state, state?.generation);
        return { ok: true, found: `signed by the broker, generation ${String(generation)}` };
      },
      async volume() {
        const { volume, serial } = settings();
        const preparation = folder().readState()?.preparation;
        if (preparation?.step !== "prepared")
          throw new AppError("AgentNotPrepared", {
            detail: "its preparation was not finished: run the same prepare command again",
          });
        const content = await openVolume(volume, serial, cryptsetupFolders).inspect();
        return judgeVolume(volume.path, content, preparation.volumeId);
      },
      proxy: async () => ({ ok: true, found: describeProxies(environmentNames) }),
      name: () => probeNetwork("resolve"),
      connection: () => probeNetwork("connect"),
      certificate: () => probeNetwork("secure"),
      challenge: probeChallenge,
      clock: async () =>
        clock === undefined
          ? { ok: true }
          : { ok: true, found: describeClock(clock.answeredMs, clock.brokerTime) },
      async "last-unlock"() {
        const found = readCause(folder(), settings(), dependencies);
        cause = found.cause;
        return judgeLastUnlock(found.rows, cause, nowMs());
      },
    },
  };
}
