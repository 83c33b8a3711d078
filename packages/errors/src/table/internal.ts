import type { ErrorRow, Text } from "../row.ts";
import { faultCommand } from "./reproduce.ts";
import { CONTACT_BROKER_OPERATOR } from "./steps.ts";

/** Azure's "Couldn't fetch the passkey" without a code, and what is our own fault. */
export const INTERNAL_ERRORS = {
  PasskeyUnavailable: {
    title: {
      en: "The unlock key cannot be fetched",
      de: "Der Entsperrschlüssel ist nicht abrufbar",
    },
    message: {
      en: "The unlock key cannot be fetched for a reason that we do not know",
      de: "Der Entsperrschlüssel ist aus einem Grund, den wir nicht kennen, nicht abrufbar",
    },
    class: "internal",
    httpStatus: 500,
    who: "broker-operator",
    recoverable: "yes",
    ask: {
      en: "Tell the broker's operator[ the correlation id {correlationId}].",
      de: "Wenden Sie sich an den Betreiber des Dienstes[ mit der Korrelations-ID {correlationId}].",
    },
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        text: {
          en: "Look in the log for the vault's status, code, inner code and request id; a failure that is known belongs in the table",
          de: "Suchen Sie im Log nach Status, Code, innerem Code und Anfrage-ID des Tresors; ein Fehler, der bekannt ist, gehört in die Tabelle",
        },
      },
    ],
    why: {
      en: "The vault answered in a way that no row of the table names, such as a 400 that is not about padding. Azure has no code for this; it shows only a text.",
      de: "Der Tresor hat auf eine Weise geantwortet, die keine Zeile der Tabelle nennt, etwa mit 400, ohne dass es um die Auffüllung geht. Azure hat dafür keinen Code; es zeigt nur einen Text.",
    },
    meanwhile: {
      en: "The unlock fails and nothing re-locks: nobody has said no. Nothing stored changes.",
      de: "Die Entsperrung schlägt fehl, und nichts sperrt sich wieder: Niemand hat Nein gesagt. Nichts Gespeichertes ändert sich.",
    },
    reproduce: faultCommand(
      "--vault {vaultName} --operation unwrapKey --status 400 --code BadParameter",
    ),
    articleCorrection:
      "The article's only advice for this failure is to contact support. Here it carries an id that finds its log entry.",
  },
  InternalError: {
    title: { en: "Something is broken on our side", de: "Bei uns ist etwas defekt" },
    message: {
      en: "An unexpected fault happened",
      de: "Es ist ein unerwarteter Fehler aufgetreten",
    },
    class: "internal",
    httpStatus: 500,
    who: "broker-operator",
    recoverable: "yes",
    ask: {
      en: "Tell the broker's operator[ the correlation id {correlationId}].",
      de: "Wenden Sie sich an den Betreiber des Dienstes[ mit der Korrelations-ID {correlationId}].",
    },
    steps: [
      CONTACT_BROKER_OPERATOR,
      {
        text: {
          en: "Look in the log for the correlation id and report the fault",
          de: "Suchen Sie im Log nach der Korrelations-ID, und melden Sie den Fehler",
        },
      },
    ],
    why: {
      en: "A fault in our own code. The answer does not say more, since it could hold secrets; the log does.",
      de: "Ein Fehler in unserem eigenen Code. Die Antwort sagt nicht mehr, da sie Geheimnisse enthalten könnte; das Log sagt es.",
    },
    meanwhile: {
      en: "The request is given up; each decision is one transaction, so nothing is half done.",
      de: "Die Anforderung wird aufgegeben; jede Entscheidung ist eine Transaktion, daher ist nichts halb getan.",
    },
  },
} as const satisfies Record<string, ErrorRow<Text>>;
