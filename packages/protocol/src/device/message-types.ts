/**
 * `typ` of each signed message (RFC 7515 §4.1.9). It differs per message and is checked, so that
 * one kind can never replace another.
 */
export const MESSAGE_TYPES = {
  enrolmentRequest: "databox-enrolment-request+jws",
  enrolment: "databox-enrolment+jws",
  envelope: "databox-envelope+jws",
  unlockRequest: "databox-unlock-request+jws",
  grant: "databox-grant+jws",
  denial: "databox-denial+jws",
  pending: "databox-pending+jws",
  receipt: "databox-receipt+jws",
  acknowledgement: "databox-acknowledgement+jws",
  leaseRenewal: "databox-lease-renewal+jws",
  lease: "databox-lease+jws",
  relock: "databox-relock+jws",
  leaseWatch: "databox-lease-watch+jws",
  leaseReceipt: "databox-lease-receipt+jws",
  rekeyRequest: "databox-rekey-request+jws",
  rekeyProposal: "databox-rekey-proposal+jws",
  rekeyConfirmation: "databox-rekey-confirmation+jws",
  rekeyed: "databox-rekeyed+jws",
  offlineChallenge: "databox-offline-challenge+jws",
  journal: "databox-journal+jws",
  journalHead: "databox-journal-head+jws",
  brokerKeysRequest: "databox-broker-keys-request+jws",
  brokerKeys: "databox-broker-keys+jws",
  erasureRequest: "databox-erasure-request+jws",
  erasurePermit: "databox-erasure-permit+jws",
  sanitisation: "databox-sanitisation+jws",
  sanitised: "databox-sanitised+jws",
} as const;

export type MessageType = (typeof MESSAGE_TYPES)[keyof typeof MESSAGE_TYPES];

/**
 * Device API of protocol version 1: one row per route. Bodies are compact JWS, except for
 * challenges, which are JSON.
 */
export const DEVICE_ROUTES = {
  challenges: "/device/v1/challenges",
  enrolments: "/device/v1/enrollments",
  unlocks: "/device/v1/unlocks",
  receipts: "/device/v1/receipts",
  renewals: "/device/v1/leases/:lease/renewals",
  leaseReceipts: "/device/v1/leases/:lease/receipts",
  leaseEvents: "/device/v1/leases/:lease/events",
  rekeys: "/device/v1/rekeys",
  rekeyConfirmations: "/device/v1/rekeys/confirmations",
  journal: "/device/v1/journal",
  brokerKeys: "/device/v1/brokerKeys",
  erasures: "/device/v1/erasures",
  sanitisations: "/device/v1/sanitisations",
} as const;

/** Path of a route of one lease. */
export function leasePath(
  route: "renewals" | "leaseReceipts" | "leaseEvents",
  lease: string,
): string {
  return DEVICE_ROUTES[route].replace(":lease", lease);
}

export const JOSE_MEDIA_TYPE = "application/jose";
