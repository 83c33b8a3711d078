import * as z from "zod/mini";

import { additionalInfo, cloudErrorDetail } from "./job-view.ts";

/** An error of the broker, as an answer. */
export const armErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    target: z.optional(z.string()),
    details: z.array(cloudErrorDetail),
    additionalInfo,
  }),
});

/**
 * An error of Resource Manager, of the broker or of Azure itself, as a client reads it: Azure's own
 * has only code and message.
 */
export const armErrorView = z.object({
  code: z.string(),
  message: z.string(),
  target: z.optional(z.nullable(z.string())),
  details: z.optional(
    z.nullable(z.array(z.nullable(z.object({ code: z.string(), message: z.string() })))),
  ),
  additionalInfo: z.optional(additionalInfo),
});
export type ArmErrorView = z.infer<typeof armErrorView>;

/** The person who must act, as answers name them. */
export const WHO = [
  "security-administrator",
  "order-owner",
  "site-operator",
  "broker-operator",
  "nobody",
] as const;

/** `Recovery` of an error's additionalInfo; inside a resource it says only who must act and how. */
export const recoveryView = z.object({
  class: z.optional(z.string()),
  who: z.enum(WHO),
  recoverable: z.optional(z.enum(["yes", "no", "until-date"])),
  reason: z.optional(z.string()),
  steps: z.array(z.object({ text: z.string(), command: z.optional(z.string()) })),
  requestId: z.optional(z.string()),
});
