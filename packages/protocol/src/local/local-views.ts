import * as z from "zod/mini";

import { localTime } from "./local-fields.ts";

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
