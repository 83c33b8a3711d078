import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import {
  encodeBase64url,
  generateStorableSealingKey,
  signMessage,
  zero,
} from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { MESSAGE_TYPES, type OfflineChallenge } from "@databox-cmk/protocol";
import { encodeQR } from "qr";

import type { AgentEvent } from "../core/agent-event.ts";
import type { ChallengeOptions } from "../core/command.ts";
import type { Moment } from "../core/moment.ts";
import { endOfChallenge, judgeChallenge, type OpenChallenge } from "../core/offline-secrets.ts";
import { AGENT_NAME } from "../exchange/broker-session.ts";
import type { VolumeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { openIdentity, readHeldEnvelope } from "../node/open-node.ts";
import { momentIn } from "../state/boot.ts";
import { openOfflineFiles } from "../state/offline-files.ts";
import { systemCode } from "../state/state-error.ts";
import { findVolume } from "../volume/choose-volume.ts";

/**
 * Long enough to find an authorised person, short enough that a forgotten key is not kept for long.
 */
const OPENS_FOR_SECONDS = 24 * 3600;
const ID_BYTES = 32;

/**
 * The unlock request of a node without network, for a person to carry. While one is open it is
 * shown again, so that an answer that is already on its way still opens the volume.
 *
 * @throws {AppError} `AgentNotPrepared`, or of the state and the volume
 */
export async function challenge(
  options: ChallengeOptions,
  dependencies: VolumeDependencies,
): Promise<AgentEvent> {
  using held = await holdNode(dependencies);
  const node = withJournal(held, dependencies);
  const { folder, settings, bootId } = node;
  const session = openIdentity(node);
  const files = openOfflineFiles(folder.path);
  const moment = momentIn(bootId);
  const before = files.readChallenge();
  const isOpen = judgeChallenge(before, moment) === "open";
  let open: OpenChallenge;
  if (before !== undefined && isOpen && !options.fresh) open = before;
  else {
    const volume = findVolume(settings, dependencies.cryptsetupFolders);
    const { generation } = await readHeldEnvelope(folder, volume, session);
    const made = await makeChallenge(session, generation, moment);
    files.writeChallenge(made.open);
    // Before it is shown, so that the journal has every challenge that a person can have carried
    // away.
    const facts = { challengeId: made.challengeId, opensForSeconds: OPENS_FOR_SECONDS };
    node.record("challenge-made", facts);
    ({ open } = made);
  }
  const leftMinutes = Math.floor((endOfChallenge(open) - moment.bootMs) / 60_000);
  const left = `${String(Math.floor(leftMinutes / 60))} h ${String(leftMinutes % 60)} min`;
  const path = options.out === undefined ? undefined : writeCarried(options.out, open.challenge);
  return {
    ...eventOf("challenge", settings, dependencies),
    outcome: "challenged",
    carried: {
      text: open.challenge,
      qr: options.qr ? renderQrForTerminal(open.challenge) : undefined,
    },
    notes: [
      ...(path === undefined ? [] : [`it is in ${path}`]),
      `its answer works once, on this node, within ${left} and not after a reboot`,
    ],
  };
}

async function makeChallenge(
  session: ReturnType<typeof openIdentity>,
  generation: number,
  moment: Moment,
): Promise<{ readonly open: OpenChallenge; readonly challengeId: string }> {
  const sealingKey = await generateStorableSealingKey("X25519");
  const { publicKey } = sealingKey;
  const privateKey = await sealingKey.exportPrivateKey();
  try {
    const challengeId = encodeBase64url(randomBytes(ID_BYTES));
    const payload: OfflineChallenge = {
      challengeId,
      order: session.order,
      serial: session.serial,
      env: session.env,
      generation,
      purpose: "unlock",
      bootId: session.bootId,
      counter: session.store.nextCounter(),
      hpke: { suite: "X25519", publicKey: encodeBase64url(publicKey) },
      agent: AGENT_NAME,
      opensForSeconds: OPENS_FOR_SECONDS,
    };
    const jws = await signMessage(session.signingKey, MESSAGE_TYPES.offlineChallenge, payload);
    const open: OpenChallenge = {
      version: 1,
      challenge: jws,
      bootId: moment.bootId,
      madeAtMs: moment.bootMs,
      opensForSeconds: OPENS_FOR_SECONDS,
      privateKey: encodeBase64url(privateKey),
      publicKey: encodeBase64url(publicKey),
    };
    return { open, challengeId };
  } finally {
    zero(privateKey);
  }
}

/**
 * A file for a person to carry: a QR code when its name ends in .svg, otherwise the text. It holds
 * no secret.
 *
 * @returns the whole path
 * @throws {AppError} `Misuse` when it cannot be written
 */
export function writeCarried(file: string, text: string): string {
  const path = resolve(file);
  try {
    writeFileSync(path, path.endsWith(".svg") ? renderQrAsSvg(text) : `${text}\n`);
    return path;
  } catch (error) {
    const detail = `--out: ${path} cannot be written (${systemCode(error)})`;
    throw new AppError("Misuse", { detail, cause: error });
  }
}

/**
 * Error correction: a smudged screen or a shaky hand may hide 15 % of the picture. The library `qr`
 * was chosen since it also decodes, so that tests and the portal read the agent's codes; qrcode
 * brings a PNG encoder and a command line, and uqr and lean-qr only encode.
 */
const LEVEL = "medium";
/** Light modules around the code that readers need (ISO/IEC 18004 §7.3.7). */
const QUIET_MODULES = 4;

/**
 * Half a character per module, light ones drawn, since terminals are dark. 129 modules are 129
 * columns and 65 lines.
 */
function renderQrForTerminal(text: string): string {
  return encodeQR(text, "ascii", { ecc: LEVEL, border: QUIET_MODULES, encoding: "byte" });
}

function renderQrAsSvg(text: string): string {
  return encodeQR(text, "svg", { ecc: LEVEL, border: QUIET_MODULES, encoding: "byte" });
}
