import * as z from "zod/mini";

import { failureSteps, failureText, failureWords, reasonText } from "../device/fields.ts";

/** A failure for a person. */
export const localFailure = z.strictObject({
  ...failureWords,
  /** The fault of this case, in one clause. */
  detail: z.optional(failureText(1000)),
  steps: failureSteps,
  /** The failure closed a volume that was open. */
  relocked: z.optional(z.literal(true)),
  correlationId: z.optional(failureText(64)),
  vaultRequestId: z.optional(failureText(100)),
  retryAfterSeconds: z.optional(z.number()),
});
export type LocalFailure = z.infer<typeof localFailure>;

/** Body of every unsuccessful answer. */
export const localError = z.strictObject({ error: localFailure });
export type LocalError = z.infer<typeof localError>;

export const localTime = z.iso.datetime();

export const localChallenge = z.strictObject({
  /** To show as QR code, as text or as a file: the compact message itself. */
  challenge: z.string(),
  notes: z.array(z.string()),
});

export const localJournal = z.strictObject({
  rows: z.array(
    z.strictObject({
      sequence: z.int(),
      /** The machine's own clock. */
      at: localTime,
      event: z.string(),
      facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
      hash: z.string(),
    }),
  ),
  head: z.optional(z.string()),
});
export type LocalJournal = z.infer<typeof localJournal>;

const certificateView = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  validFrom: localTime,
  validTo: localTime,
  /** SHA-256 of the certificate, as browsers show it. */
  fingerprint: z.string(),
});
export type LocalCertificateView = z.infer<typeof certificateView>;

export const localCertificate = z.strictObject({
  source: z.enum(["appliance", "customer"]),
  certificate: certificateView,
});
export type LocalCertificate = z.infer<typeof localCertificate>;

/** `warning`: it may be applied, but a browser will complain. */
export const localCertificateJudgement = z.strictObject({
  certificate: certificateView,
  checks: z.array(
    z.strictObject({
      name: z.enum(["key", "chain", "time", "purpose", "names", "this-address"]),
      status: z.enum(["passed", "warning", "failed"]),
      found: z.string(),
    }),
  ),
  applied: z.boolean(),
});
export type LocalCertificateJudgement = z.infer<typeof localCertificateJudgement>;

/** The checks of `databox-agent doctor`. */
export const localNetworkTest = z.strictObject({
  checks: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      status: z.enum(["passed", "failed", "not-reached"]),
      found: z.optional(z.string()),
      message: z.optional(z.string()),
    }),
  ),
  nextStep: z.optional(z.strictObject({ text: z.string(), command: z.optional(z.string()) })),
});
export type LocalNetworkTest = z.infer<typeof localNetworkTest>;

export const localStarted = z.strictObject({ operation: z.string() });

/** Maximum length of a passkey, with extra room to report one that is too long. */
const passkey = z.string().check(z.minLength(1), z.maxLength(128));

/** `reason`: shown to the approvers, if the order's policy requires approval. */
export const localUnlock = z.strictObject({ reason: z.optional(reasonText) });

/** `unlock`: also open the volume, as signing in at a Data Box does. */
export const localSignIn = z.strictObject({ passkey, unlock: z.optional(z.boolean()) });

export const localPasskey = z.strictObject({ passkey });

/** The text that a person carried here; a scanner's line breaks are allowed. */
export const localAnswer = z.strictObject({
  answer: z.string().check(z.minLength(1), z.maxLength(70_000), z.regex(/^[\w.\s-]+$/)),
});
export type LocalAnswer = z.infer<typeof localAnswer>;

/** `fresh`: a new challenge although one is open; the answer to the open one becomes useless. */
export const localChallengeRequest = z.strictObject({ fresh: z.optional(z.boolean()) });

/** A .pfx file (RFC 7292), base64. `apply: false` only checks it. */
export const localCertificateUpload = z.strictObject({
  pkcs12: z.string().check(z.minLength(4), z.maxLength(90_000), z.regex(/^[A-Za-z0-9+/]+={0,2}$/)),
  password: z.string().check(z.maxLength(256)),
  apply: z.boolean(),
});

/** A request without members; still a body, so that no form of another site can send it. */
export const localNothing = z.strictObject({});
