import { internal } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

/** Azure's "Couldn't fetch the passkey" without a code, and faults of our own. */
export const INTERNAL_ERRORS = {
  PasskeyUnavailable: internal(500, "broker-operator", {
    title: "The unlock key cannot be fetched",
    message: "The unlock key cannot be fetched for an unknown reason",
    ask: "Tell the broker's operator[ the correlation id {correlationId}].",
    steps: [
      CONTACT_BROKER_OPERATOR,
      "Look in the log for the vault's status, code, inner code and request id; known failures belong in the table",
    ],
    why: "The service's own key cannot be used, or the stored envelope does not name the order's key. Azure has no code for this; it shows only a text.",
    meanwhile:
      "The unlock fails and nothing re-locks, because nothing was refused. Nothing stored changes.",
    articleCorrection:
      "The article's only advice for this failure is to contact support. Here the error has an id that leads to its log entry.",
  }),
  InternalError: internal(500, "broker-operator", {
    title: "Something went wrong on our side",
    message: "An unexpected fault occurred",
    ask: "Tell the broker's operator[ the correlation id {correlationId}].",
    steps: [CONTACT_BROKER_OPERATOR, "Look in the log for the correlation id and report the fault"],
    why: "This is a fault in our own code. The answer gives no details, because they could contain secrets; the log has them.",
    meanwhile: "The request is aborted; each decision is one transaction, so nothing is half done.",
  }),
};
