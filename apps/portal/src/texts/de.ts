import { VERSION } from "@databox-cmk/protocol";
import { uiTextsDe } from "@databox-cmk/ui";

import strings from "./de.json" with { type: "json" };
import { approvals } from "./de/approvals.ts";
import { custody } from "./de/custody.ts";
import { keyHealth } from "./de/key-health.ts";
import type { Texts } from "./en.ts";
import { operatorDe } from "./operator-de.ts";

/** Deutsche Texte des Portals. */
export const de: Texts = {
  ...strings,
  ui: uiTextsDe,
  session: { ...strings.session, tenant: (tenantId) => `Verzeichnis ${tenantId}` },
  orders: {
    ...strings.orders,
    page: (page) => `Seite ${page}`,
    found: (shown, total) =>
      total === undefined ? `${shown} angezeigt` : `${shown} von ${total} Aufträgen`,
    bulk: {
      ...strings.orders.bulk,
      select: (name) => `${name} auswählen`,
      chosen: (action, count) => `${action} (${count})`,
      check: {
        ...strings.orders.bulk.check,
        confirm: (count) => (count === 1 ? "1 Schlüssel prüfen" : `${count} Schlüssel prüfen`),
      },
      revoke: {
        ...strings.orders.bulk.revoke,
        confirm: (count) => (count === 1 ? "1 Auftrag widerrufen" : `${count} Aufträge widerrufen`),
      },
    },
    views: { ...strings.orders.views, remove: (name) => `Ansicht ${name} löschen` },
    setFilters: (count) => (count === 0 ? "Filter" : `Filter (${count})`),
  },
  order: {
    ...strings.order,
    generation: (generation, acknowledged) =>
      acknowledged === undefined || acknowledged === generation
        ? `Generation ${generation}`
        : `Generation ${generation}, der Knoten hat ${acknowledged}`,
    deviceKeyGrade: (grade, attested) => {
      if (grade === "file") return "Durch Software geschützt";
      const place =
        grade === "tpm"
          ? "Durch das TPM geschützt"
          : "Durch das TPM geschützt, an den gemessenen Start gebunden";
      return attested ? place : `${place} (laut Knoten)`;
    },
    consequences: {
      ...strings.order.consequences,
      closes: (serials) =>
        serials.length === 0
          ? "Kein offener Knoten schließt sich."
          : `Schließt: ${serials.join(", ")}.`,
      staysOpen: (serials) =>
        `Nicht erreichbar, bleibt bis zum Ablauf seiner Zeit offen: ${serials.join(", ")}.`,
      staysLocked: (serials) =>
        serials.length === 0
          ? "Jeder gesperrte Knoten bleibt, wie er ist."
          : `Nicht mehr zu entsperren: ${serials.join(", ")}.`,
      told: ({ groups, programs, people }) => {
        const receivers = [
          ...(groups.length === 0 ? [] : ["die Kanäle des Betreibers"]),
          ...(programs === 0 ? [] : [programs === 1 ? "1 Programm" : `${programs} Programme`]),
          ...(people === 0 ? [] : [people === 1 ? "1 Person" : `${people} Personen`]),
        ];
        return receivers.length === 0
          ? "Niemand ist dafür eingerichtet, davon zu erfahren. Es steht in der Aktivität des Auftrags."
          : `Erfahren es sofort: ${receivers.join(", ")}.`;
      },
    },
    commands: {
      ...strings.order.commands,
      cancel: { ...strings.order.commands.cancel, label: () => "Grund" },
      delete: {
        ...strings.order.commands.delete,
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
      erase: {
        ...strings.order.commands.erase,
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
    },
  },
  keyChain: { ...strings.keyChain, generation: (generation) => `Generation ${generation}` },
  encryption: { ...strings.encryption, days: (days) => `${days} Tage` },
  preflight: {
    ...strings.preflight,
    summary: (passed, all) =>
      passed === all
        ? `Alle ${all} Prüfungen bestanden`
        : `${passed} von ${all} Prüfungen bestanden`,
    unread: (names) =>
      `Der Dienst kann ${names} nicht lesen. Weisen Sie ihm dort für diese Prüfung die Rolle „Reader“ zu.`,
  },
  device: { ...strings.device, hidesIn: (seconds) => `Wieder verborgen in ${seconds} s` },
  activity: {
    ...strings.activity,
    detailsOf: (what, sequence) => `Einzelheiten der Zeile ${sequence}: ${what}`,
    shown: (count) => (count === 1 ? "1 Ereignis" : `${count} Ereignisse`),
    node: (serial) => `Knoten ${serial}`,
    chained: (sequence) => `Hash der Zeile ${sequence}`,
    coverLetter: ({ order, madeAt, service, rows, isErased, file }) =>
      `Nachweise zum Auftrag ${order}

Erstellt um ${madeAt} von ${service}.

activity.jsonl      Das Aktivitätsprotokoll mit ${rows} Zeilen. Jede Zeile hat den Hash der vorigen.
activity-head.jws   Das Ende des Protokolls, vom Dienst signiert.
${isErased ? "certificate.jws     Das Löschzertifikat, vom Dienst und von jedem Knoten signiert.\n" : ""}keys.json           Die öffentlichen Schlüssel des Dienstes.

Prüfen Sie alles auf einem beliebigen Rechner, ohne den Dienst und ohne Netz:

  npx --yes --package ./databox-cmk-verify-${VERSION}.tgz databox-verify ${file}

Der Betreiber des Dienstes hat dieses Programm, und es lässt sich aus dem Quelltext bauen
(npm run verifier). Diese Optionen vergleichen die Dateien mit dem, was Sie von anderswo wissen:

  --keys keys.json              die Schlüssel des Dienstes, wie Sie sie früher gespeichert haben
  --device SERIAL=THUMBPRINT    der Schlüssel eines Geräts, wie das Gerät selbst ihn zeigt
  --noted noted.jsonl           die Ausgabe von databox-verify --json zu einem früheren Zeitpunkt
  --vault-log vault-log.json    das Protokoll Ihres Schlüsseltresors
`,
  },
  approvals,
  backupKeys: {
    ...strings.backupKeys,
    standsIn: (by, reason) => `Aktiviert von ${by} (${reason}), längstens bis`,
    use: {
      ...strings.backupKeys.use,
      title: (name) => `${name} anstelle eines verlorenen Schlüssels benutzen?`,
      label: () => "Grund",
    },
    remove: {
      ...strings.backupKeys.remove,
      title: (name) => `${name} aus jedem Umschlag entfernen?`,
      label: (name) => `Zur Bestätigung ${name} eingeben`,
    },
    maker: {
      ...strings.backupKeys.maker,
      madeHint: (fileName) =>
        `Bewahren Sie ${fileName} und die Passphrase offline auf, an zwei Orten. Diese Seite vergisst die private Hälfte, wenn Sie sie schließen.`,
    },
  },
  custody,
  home: {
    ...strings.home,
    kinds: {
      approval: (order) => `Über eine Genehmigung von ${order} entscheiden`,
      blocked: (order) => `Beheben, was ${order} aufhält`,
      "at-risk": (order) => `Sich um den Schlüssel von ${order} kümmern`,
    },
    more: (count) => `und ${count} weitere: Die Zahlen oben führen zu den Listen.`,
    highest: (value) => `Höchstwert: ${value}`,
  },
  keyHealth,
  loud: {
    ...strings.loud,
    oneNode: (serial) => `Nur Knoten ${serial}`,
    typeName: (name) => `Zur Bestätigung ${name} eingeben`,
  },
  notices: {
    ...strings.notices,
    bell: (unread) =>
      unread === 0
        ? "Benachrichtigungen"
        : `Benachrichtigungen, ${unread === 1 ? "1 neue" : `${unread} neue`}`,
    order: (name) => `Auftrag ${name}`,
    nodes: (nodes) =>
      nodes === 1 ? "1 Knoten hat geantwortet" : `Alle ${nodes} Knoten haben geantwortet`,
    orders: (orders, failed) =>
      failed === 0
        ? `${orders} Aufträge, keiner fehlgeschlagen`
        : `${orders} Aufträge, ${failed} fehlgeschlagen`,
  },
  noticeSettings: {
    ...strings.noticeSettings,
    address: (address) =>
      `E-Mails gehen an ${address}, den Namen, mit dem Sie sich anmelden. Vor jeder prüft der Dienst, ob Ihnen eine Rollenzuweisung noch das Recht an dem Auftrag gibt. Anfragen, die andere entscheiden müssen, bekommen Sie nicht.`,
    channels: (names) => `Geht an Gruppen: ${names}`,
    channel: (name, kind) =>
      `${name} (${{ teams: "Teams", slack: "Slack", email: "E-Mail" }[kind]})`,
  },
  search: {
    ...strings.search,
    found: (count) => (count === 1 ? "1 Ergebnis" : `${count} Ergebnisse`),
  },
  troubleshooter: {
    ...strings.troubleshooter,
    found: (count) => (count === 1 ? "1 Code" : `${count} Codes gefunden`),
    unknown: (code) => `${code} ist keiner unserer Codes`,
    of: {
      node: (serial) => `Die letzte Entsperrung des Knotens ${serial} schlug fehl`,
    },
  },
  unlock: {
    ...strings.unlock,
    ofAnotherOrder: (order) =>
      `Diese Anfrage gehört zu einem Knoten des Auftrags ${order}. Öffnen Sie diesen Auftrag, und reichen Sie sie dort ein.`,
    minutes: (minutes) => (minutes === 1 ? "1 Minute" : `${minutes} Minuten`),
    hours: (hours) => (hours === 1 ? "1 Stunde" : `${hours} Stunden`),
    boots: (boots) =>
      boots === 1 ? "bis zum nächsten Neustart" : `${boots} Starts, dieser eingeschlossen`,
    reasonForApprovers: (required) =>
      required === 1
        ? "Wird der Person gezeigt, die genehmigen muss."
        : `Wird den ${required} Personen gezeigt, die genehmigen müssen.`,
    grantedTitle: (serial) => `Knoten ${serial} darf entsperrt werden`,
    pending: (given, required) =>
      `${given} von ${required} haben genehmigt. Lassen Sie diese Seite offen: Die Antwort erscheint hier, sobald entschieden ist.`,
    usedToday: (used, limit) => `Heute (UTC) ${used} von ${limit} verbraucht.`,
  },
  unlockPolicy: {
    ...strings.unlockPolicy,
    writtenBy: (name) => `Zuletzt geändert von ${name},`,
    window: (number) => `Zeitfenster ${number}`,
    removeWindow: (name) => `${name} entfernen`,
    purposes: {
      ...strings.unlockPolicy.purposes,
      networkFaults: {
        invalid: (network) => `„${network}“ ist weder eine Adresse noch ein Netz.`,
        all: (network) =>
          `„${network}“ umfasst alle Adressen. Um alle zu erlauben, lassen Sie das Feld leer.`,
        twice: (network) => `„${network}“ ist zweimal angegeben.`,
        tooMany: (network, most) =>
          `„${network}“ ist zu viel: Sie können höchstens ${String(most)} angeben.`,
      },
    },
    budget: {
      ...strings.unlockPolicy.budget,
      used: (count: number) => `${String(count)} heute gewährt; die Zählung beginnt neu um`,
    },
  },
  operator: operatorDe,
  createOrder: {
    ...strings.createOrder,
    cloneOf: (name: string) => `${name} klonen`,
    faulty: (step) => `${step} (!)`,
    next: (step) => `Weiter: ${step}`,
    capacity: (model, terabytes) => `${model}: ${terabytes} TB nutzbar`,
  },
};
