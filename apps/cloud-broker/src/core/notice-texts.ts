import { EVENT_TYPES, type EventType } from "./cloud-event.ts";
import type { KeyHealth, Risk } from "./key-health.ts";

/** Languages of messages to people. */
export const NOTICE_LANGUAGES = ["en", "de"] as const;
export type NoticeLanguage = (typeof NOTICE_LANGUAGES)[number];
/** @param stored - by this version, or by a later one that has more languages */
export const languageOf = (stored: string): NoticeLanguage => (stored === "de" ? "de" : "en");
export type NoticeText = Readonly<Record<NoticeLanguage, string>>;

/** `{order}`, `{state}` and `{decision}` are filled. */
export const TITLES = {
  [EVENT_TYPES.keyHealthChanged]: {
    en: "The key of order {order} is {state}",
    de: "Der Schlüssel des Auftrags {order} ist {state}",
  },
  [EVENT_TYPES.approvalWaiting]: {
    en: "An approval of order {order} is waiting",
    de: "Eine Genehmigung des Auftrags {order} steht aus",
  },
  [EVENT_TYPES.approvalDecided]: {
    en: "A request of order {order} was {decision}",
    de: "Eine Anfrage des Auftrags {order} wurde {decision}",
  },
  [EVENT_TYPES.breakGlass]: {
    en: "Emergency access to order {order} is active",
    de: "Der Notzugriff auf Auftrag {order} ist aktiv",
  },
  [EVENT_TYPES.policyChanged]: {
    en: "The unlock policy of order {order} has changed",
    de: "Die Entsperrrichtlinie des Auftrags {order} wurde geändert",
  },
  [EVENT_TYPES.accessRevoked]: {
    en: "Unlocking of order {order} was revoked",
    de: "Die Entsperrung des Auftrags {order} wurde widerrufen",
  },
  [EVENT_TYPES.drillFinished]: {
    en: "A revocation drill of order {order} has finished",
    de: "Eine Widerrufsübung des Auftrags {order} ist beendet",
  },
  [EVENT_TYPES.campaignFinished]: {
    en: "A campaign has finished",
    de: "Eine Kampagne ist beendet",
  },
} as const satisfies Record<EventType, NoticeText>;

/** Title of the end of a campaign that changed nothing. */
export const DRY_RUN_FINISHED: NoticeText = {
  en: "A dry run has finished",
  de: "Ein Probelauf ist beendet",
};

/** Title of the begin of an Owner's override, which its receivers can still reject. */
export const OVERRIDE_BEGUN: NoticeText = {
  en: "An owner overrides the unlock policy of order {order}",
  de: "Ein Besitzer setzt sich über die Entsperrrichtlinie des Auftrags {order} hinweg",
};

export const FACT_NAMES = {
  order: { en: "Order", de: "Auftrag" },
  node: { en: "Node", de: "Knoten" },
  key: { en: "Key", de: "Schlüssel" },
  before: { en: "Before", de: "Vorher" },
  now: { en: "Now", de: "Jetzt" },
  code: { en: "Code", de: "Code" },
  risks: { en: "Risks", de: "Risiken" },
  required: { en: "Approvals needed", de: "Nötige Genehmigungen" },
  changed: { en: "Changed", de: "Geändert" },
  effective: { en: "Takes effect", de: "Wirksam ab" },
  expires: { en: "Expires", de: "Läuft ab" },
  nodes: { en: "Nodes", de: "Knoten" },
  elapsed: { en: "Last answer after", de: "Letzte Antwort nach" },
  orders: { en: "Orders", de: "Aufträge" },
  failed: { en: "Failed", de: "Fehlgeschlagen" },
  who: { en: "Who must act", de: "Wer handeln muss" },
  nextStep: { en: "Next step", de: "Nächster Schritt" },
  time: { en: "Time", de: "Zeit" },
} as const satisfies Record<string, NoticeText>;

export const WHO = {
  "security-administrator": { en: "Security administrator", de: "Sicherheitsadministrator" },
  "order-owner": { en: "Order owner", de: "Besitzer des Auftrags" },
  "site-operator": { en: "Operator at the appliance", de: "Bediener am Gerät" },
  "broker-operator": { en: "Operator of the service", de: "Betreiber des Dienstes" },
  nobody: { en: "Nobody", de: "Niemand" },
  approvers: { en: "Approvers of the order", de: "Genehmigende des Auftrags" },
} as const satisfies Record<string, NoticeText>;

export const STATES = {
  unknown: { en: "not checked yet", de: "noch nicht geprüft" },
  healthy: { en: "healthy", de: "in Ordnung" },
  "at-risk": { en: "at risk", de: "gefährdet" },
  unusable: { en: "unusable", de: "unbrauchbar" },
} as const satisfies Record<KeyHealth["state"], NoticeText>;

export const RISK_TEXTS = {
  "expires-before-order-end": {
    en: "The key expires before the order ends",
    de: "Der Schlüssel läuft vor dem Ende des Auftrags ab",
  },
  "expires-soon": { en: "The key expires soon", de: "Der Schlüssel läuft bald ab" },
  "soft-delete": {
    en: "The vault has no soft delete",
    de: "Der Tresor hat kein vorläufiges Löschen",
  },
  "purge-protection": {
    en: "The vault has no purge protection",
    de: "Der Tresor hat keinen Löschschutz",
  },
} as const satisfies Record<Risk["risk"], NoticeText>;

export const DECISIONS = {
  approved: { en: "approved", de: "genehmigt" },
  rejected: { en: "rejected", de: "abgelehnt" },
} as const satisfies Record<string, NoticeText>;

export const OPEN_IN_PORTAL: NoticeText = { en: "Open in the portal", de: "Im Portal öffnen" };
