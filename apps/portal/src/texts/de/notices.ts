import type { notices as english } from "../en/notices.ts";

export const notices: typeof english = {
  title: "Benachrichtigungen",
  bell: (unread) =>
    unread === 0
      ? "Benachrichtigungen"
      : `Benachrichtigungen, ${unread === 1 ? "1 neue" : `${unread} neue`}`,
  none: "Keine Benachrichtigungen",
  noneHint:
    "Hier erscheinen Genehmigungen, die auf Sie warten, Schlüssel, um die sich jemand kümmern muss, und beendete Übungen und Kampagnen.",
  markAllRead: "Alle als gelesen markieren",
  read: "Gelesen",
  unread: "Neu",
  order: (name) => `Auftrag ${name}`,
  kinds: {
    "approval-waiting": "Eine Genehmigung wartet auf Sie",
    "key-at-risk": "Ein Schlüssel ist gefährdet",
    "key-unusable": "Ein Schlüssel ist unbrauchbar",
    "drill-finished": "Eine Widerrufsübung ist beendet",
    "policy-changed": "Die Entsperrrichtlinie wurde geändert",
    "access-revoked": "Die Entsperrung wurde widerrufen",
    "emergency-access": "Der Notzugriff wurde geöffnet",
    "campaign-finished": "Eine Kampagne ist beendet",
  },
  dryRunFinished: "Ein Probelauf ist beendet",
  nodes: (nodes) =>
    nodes === 1 ? "1 Knoten hat geantwortet" : `Alle ${nodes} Knoten haben geantwortet`,
  orders: (orders, failed) =>
    failed === 0
      ? `${orders} Aufträge, keiner fehlgeschlagen`
      : `${orders} Aufträge, ${failed} fehlgeschlagen`,
};
