import {
  acknowledgement,
  brokerHealthView,
  brokerKeysAnswer,
  brokerKeysRequest,
  challenge,
  challengeRequest,
  DEVICE_ROUTES,
  enrolment,
  enrolmentRequest,
  fleetView,
  grant,
  journalDelivery,
  journalHead,
  leaseReceipt,
  leaseRenewal,
  leaseWatch,
  MESSAGE_TYPES,
  offlineUnlockList,
  offlineUnlockPending,
  offlineUnlockRequest,
  offlineUnlockResult,
  receipt,
  rekeyConfirmation,
  rekeyed,
  rekeyProposal,
  rekeyRequest,
  renewedLease,
  unlockRequest,
} from "@databox-cmk/protocol";

import { PATHS } from "../arm/paths.ts";
import type { Description } from "./description.ts";

/** Routes of devices, of people who act for one, of Entra and of monitoring. */
export const OTHER_DESCRIPTIONS: Readonly<Record<string, Description>> = {
  [`POST ${DEVICE_ROUTES.challenges}`]: {
    summary: "Gives a node the nonce of its next message",
    request: challengeRequest,
    answers: { 200: challenge },
  },
  [`POST ${DEVICE_ROUTES.enrolments}`]: {
    summary: "Enrols a node by its one-time code; answers with its envelope and the broker's keys",
    request: enrolmentRequest,
    requestType: MESSAGE_TYPES.enrolmentRequest,
    answers: { 200: enrolment },
    answerType: MESSAGE_TYPES.enrolment,
  },
  [`POST ${DEVICE_ROUTES.unlocks}`]: {
    summary: "Decides whether a node may unlock now; a grant or a denial, both signed",
    request: unlockRequest,
    requestType: MESSAGE_TYPES.unlockRequest,
    answers: { 200: grant },
    answerType: MESSAGE_TYPES.grant,
  },
  [`POST ${DEVICE_ROUTES.receipts}`]: {
    summary: "Accepts a node's receipt for a grant",
    request: receipt,
    requestType: MESSAGE_TYPES.receipt,
    answers: { 200: acknowledgement },
    answerType: MESSAGE_TYPES.acknowledgement,
  },
  [`POST ${DEVICE_ROUTES.renewals}`]: {
    summary: "Renews the lease of an open volume, or orders to close it; both signed",
    request: leaseRenewal,
    requestType: MESSAGE_TYPES.leaseRenewal,
    answers: { 200: renewedLease },
    answerType: MESSAGE_TYPES.lease,
  },
  [`POST ${DEVICE_ROUTES.leaseEvents}`]: {
    summary: "Waits for changes of a lease, and answers when there is one or after a timeout",
    request: leaseWatch,
    requestType: MESSAGE_TYPES.leaseWatch,
    answers: { 200: renewedLease },
    answerType: MESSAGE_TYPES.lease,
  },
  [`POST ${DEVICE_ROUTES.leaseReceipts}`]: {
    summary: "Takes a node's receipt of a volume that it closed, or of a drill",
    request: leaseReceipt,
    requestType: MESSAGE_TYPES.leaseReceipt,
    answers: { 200: acknowledgement },
    answerType: MESSAGE_TYPES.acknowledgement,
  },
  [`POST ${DEVICE_ROUTES.brokerKeys}`]: {
    summary: "Sends a node the current signing keys of the broker",
    request: brokerKeysRequest,
    requestType: MESSAGE_TYPES.brokerKeysRequest,
    answers: { 200: brokerKeysAnswer },
    answerType: MESSAGE_TYPES.brokerKeys,
  },
  [`POST ${DEVICE_ROUTES.rekeys}`]: {
    summary: "Proposes another unlock key to a node that holds a live lease",
    request: rekeyRequest,
    requestType: MESSAGE_TYPES.rekeyRequest,
    answers: { 200: rekeyProposal },
    answerType: MESSAGE_TYPES.rekeyProposal,
  },
  [`POST ${DEVICE_ROUTES.rekeyConfirmations}`]: {
    summary:
      "Activates a proposed envelope after the volume has accepted its key; returns the active one",
    request: rekeyConfirmation,
    requestType: MESSAGE_TYPES.rekeyConfirmation,
    answers: { 200: rekeyed },
    answerType: MESSAGE_TYPES.rekeyed,
  },
  [`POST ${DEVICE_ROUTES.journal}`]: {
    summary: "Takes rows of a node's journal; answers with the countersigned head",
    request: journalDelivery,
    requestType: MESSAGE_TYPES.journal,
    answers: { 200: journalHead },
    answerType: MESSAGE_TYPES.journalHead,
  },
  [`POST ${PATHS.job}/offlineUnlocks`]: {
    summary:
      "Decides the challenge of a node without network; the answer is carried back (extension)",
    request: offlineUnlockRequest,
    answers: { 200: offlineUnlockResult, 202: offlineUnlockPending },
  },
  [`GET ${PATHS.job}/offlineUnlocks`]: {
    summary: "Lists unlocks without network and how many are left today (extension)",
    answers: { 200: offlineUnlockList },
  },
  "GET /.well-known/openid-configuration": {
    summary:
      "Names the broker as token issuer of the orders' identities (OpenID Connect Discovery)",
    answers: { 200: undefined },
  },
  "GET /oidc/v1/keys": {
    summary: "Public keys of the token issuer (RFC 7517)",
    answers: { 200: undefined },
  },
  "GET /webhooks/v1/keys": {
    summary: "Public keys by which receivers verify the broker's events (RFC 7517, RFC 9421)",
    answers: { 200: undefined },
  },
  "POST /webhooks/v1/keyEvents": {
    summary: "Accepts Azure Event Grid's event for a new key version, and asks the key's vault",
    answers: { 200: undefined },
  },
  "OPTIONS /webhooks/v1/keyEvents": {
    summary: "Lets Event Grid deliver CloudEvents (CloudEvents HTTP Web Hooks, abuse protection)",
    answers: { 200: undefined },
  },
  "GET /healthz": { summary: "Answers while the process runs", answers: { 200: undefined } },
  "GET /readyz": {
    summary: "Answers 200 while the broker can decide, 503 otherwise",
    answers: { 200: undefined },
  },
  "GET /openapi.json": { summary: "This document", answers: { 200: undefined } },
  "GET /operator/v1/fleet": {
    summary: "Counts the nodes in the field by lock state, region and key",
    answers: { 200: fleetView },
  },
  "GET /operator/v1/health": {
    summary: "Reads the broker's status: database, vaults, leases, keys, events",
    answers: { 200: brokerHealthView },
  },
};
