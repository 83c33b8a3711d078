import type { ErrorRow } from "../row.ts";
import { faultCommand } from "./reproduce.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

/** Azure's "Couldn't fetch the passkey" without a code, and what is our own fault. */
export const INTERNAL_ERRORS = {
  PasskeyUnavailable: {
    title: "The unlock key cannot be fetched",
    message: "The unlock key cannot be fetched for a reason that we do not know",
    class: "internal",
    httpStatus: 500,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator[ the correlation id {correlationId}].",
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        text: "Look in the log for the vault's status, code, inner code and request id; a failure that is known belongs in the table",
      },
    ],
    why: "The vault answered in a way that no row of the table names, such as a 400 that is not about padding. Azure has no code for this; it shows only a text.",
    meanwhile: "The unlock fails and nothing re-locks: nobody has said no. Nothing stored changes.",
    reproduce: faultCommand(
      "--vault {vaultName} --operation unwrapKey --status 400 --code BadParameter",
    ),
    articleCorrection:
      "The article's only advice for this failure is to contact support. Here it carries an id that finds its log entry.",
  },
  InternalError: {
    title: "Something is broken on our side",
    message: "An unexpected fault happened",
    class: "internal",
    httpStatus: 500,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator[ the correlation id {correlationId}].",
    steps: [
      CONTACT_BROKER_OPERATOR,
      { text: "Look in the log for the correlation id and report the fault" },
    ],
    why: "A fault in our own code. The answer does not say more, since it could hold secrets; the log does.",
    meanwhile:
      "The request is given up; each decision is one transaction, so nothing is half done.",
  },
} as const satisfies Record<string, ErrorRow>;
