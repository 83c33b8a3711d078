/**
 * `typ` of each signed message (RFC 7515 §4.1.9). It differs per message and is checked, so that one kind can never be
 * taken for another.
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
} as const;

export type MessageType = (typeof MESSAGE_TYPES)[keyof typeof MESSAGE_TYPES];

/** Device API of protocol version 1: one row per route. Bodies are compact JWS, but for challenges, which are JSON. */
export const DEVICE_ROUTES = {
  challenges: "/device/v1/challenges",
  enrolments: "/device/v1/enrollments",
  unlocks: "/device/v1/unlocks",
  receipts: "/device/v1/receipts",
} as const;

export const JOSE_MEDIA_TYPE = "application/jose";
