import { internal } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

/** Azure's "Couldn't fetch the passkey" without a code, and faults of our own. */
export const INTERNAL_ERRORS = {
  PasskeyUnavailable: internal(500, "broker-operator", {
    title: {
      en: "The unlock key cannot be fetched",
      de: "Der Entsperrschlüssel ist nicht abrufbar",
    },
    message: {
      en: "The unlock key cannot be fetched for an unknown reason",
      de: "Der Entsperrschlüssel ist aus einem unbekannten Grund nicht abrufbar",
    },
    ask: {
      en: "Tell the broker's operator[ the correlation id {correlationId}].",
      de: "Wenden Sie sich an den Betreiber des Dienstes[ mit der Korrelations-ID {correlationId}].",
    },
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        en: "Look in the log for the vault's status, code, inner code and request id; known failures belong in the table",
        de: "Suchen Sie im Log nach Status, Code, innerem Code und Anfrage-ID des Tresors; ein Fehler, der bekannt ist, gehört in die Tabelle",
      },
    ],
    why: {
      en: "The service's own key cannot be used, or the stored envelope does not name the order's key. Azure has no code for this; it shows only a text.",
      de: "Der eigene Schlüssel des Dienstes ist nicht benutzbar, oder der gespeicherte Umschlag nennt nicht den Schlüssel des Auftrags. Azure hat dafür keinen Code; es zeigt nur einen Text.",
    },
    meanwhile: {
      en: "The unlock fails and nothing re-locks, because nothing was refused. Nothing stored changes.",
      de: "Die Entsperrung schlägt fehl, und nichts sperrt sich wieder, weil nichts verweigert wurde. Nichts Gespeichertes ändert sich.",
    },
    articleCorrection:
      "The article's only advice for this failure is to contact support. Here the error has an id that leads to its log entry.",
  }),
  InternalError: internal(500, "broker-operator", {
    title: { en: "Something went wrong on our side", de: "Bei uns ist etwas defekt" },
    message: {
      en: "An unexpected fault occurred",
      de: "Es ist ein unerwarteter Fehler aufgetreten",
    },
    ask: {
      en: "Tell the broker's operator[ the correlation id {correlationId}].",
      de: "Wenden Sie sich an den Betreiber des Dienstes[ mit der Korrelations-ID {correlationId}].",
    },
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        en: "Look in the log for the correlation id and report the fault",
        de: "Suchen Sie im Log nach der Korrelations-ID, und melden Sie den Fehler",
      },
    ],
    why: {
      en: "This is a fault in our own code. The answer gives no details, because they could contain secrets; the log has them.",
      de: "Ein Fehler in unserem eigenen Code. Die Antwort sagt nicht mehr, da sie Geheimnisse enthalten könnte; das Log sagt es.",
    },
    meanwhile: {
      en: "The request is aborted; each decision is one transaction, so nothing is half done.",
      de: "Die Anforderung wird aufgegeben; jede Entscheidung ist eine Transaktion, daher ist nichts halb getan.",
    },
  }),
};
