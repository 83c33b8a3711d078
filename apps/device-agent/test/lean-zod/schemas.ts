import * as protocol from "@databox-cmk/protocol";

import { addressStandings } from "../../src/core/address-standing.ts";
import { erasure } from "../../src/core/erasure.ts";
import { machineState } from "../../src/core/machine-state.ts";
import { keptLease, openChallenge } from "../../src/core/offline-secrets.ts";
import { passkeyTries } from "../../src/core/passkey-tries.ts";
import { settings } from "../../src/core/settings.ts";
import { deviceShare, tpmKey } from "../../src/core/tpm-key.ts";
import { waitingRequest } from "../../src/core/waiting-request.ts";

/**
 * Every schema by which the agent reads what it did not just make. Bundled twice by the test: over
 * zod, and over lean-zod.
 */
export const SCHEMAS = {
  challenge: protocol.challenge,
  enrolment: protocol.enrolment,
  signedEnvelope: protocol.signedEnvelope,
  grant: protocol.grant,
  denial: protocol.denial,
  pending: protocol.pending,
  acknowledgement: protocol.acknowledgement,
  renewedLease: protocol.renewedLease,
  siblings: protocol.siblings,
  relockOrder: protocol.relockOrder,
  brokerKeysAnswer: protocol.brokerKeysAnswer,
  unlockRequest: protocol.unlockRequest,
  receipt: protocol.receipt,
  machineState,
  settings,
  journalRow: protocol.journalRow,
  journalHead: protocol.journalHead,
  passkeyTries,
  tpmKey,
  keptShare: deviceShare,
  recoveryKeys: protocol.recoveryKeys,
  rekeyProposal: protocol.rekeyProposal,
  rekeyed: protocol.rekeyed,
  erasurePermit: protocol.erasurePermit,
  sanitised: protocol.sanitised,
  erasure,
  addressStandings,
  localSignIn: protocol.localSignIn,
  localUnlock: protocol.localUnlock,
  localPasskey: protocol.localPasskey,
  localAnswer: protocol.localAnswer,
  localChallengeRequest: protocol.localChallengeRequest,
  localCertificateUpload: protocol.localCertificateUpload,
  openChallenge,
  keptLease,
  waitingRequest,
};

export type SchemaName = keyof typeof SCHEMAS;
export const SCHEMA_NAMES = Object.keys(SCHEMAS).filter(
  (name): name is SchemaName => name in SCHEMAS,
);

export function parse(name: SchemaName, value: unknown): protocol.Parsed<unknown> {
  return protocol.parseWith<unknown>(SCHEMAS[name], value);
}
