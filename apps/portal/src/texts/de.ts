import { VERSION } from "@databox-cmk/protocol";
import { joinTexts, uiTextsDe } from "@databox-cmk/ui";

import strings from "./de.json" with { type: "json" };
import { versionReason } from "./de/version-reason.ts";
import type { Functions, Texts } from "./en.ts";

/** Die Texte mit Werten. */
const functions: Functions = {
  ui: uiTextsDe,
  session: { tenant: (tenantId) => `Verzeichnis ${tenantId}` },
  orders: {
    page: (page) => `Seite ${page}`,
    found: (shown, total) =>
      total === undefined ? `${shown} angezeigt` : `${shown} von ${total} Aufträgen`,
    bulk: {
      select: (name) => `${name} auswählen`,
      chosen: (action, count) => `${action} (${count})`,
      check: {
        confirm: (count) => (count === 1 ? "1 Schlüssel prüfen" : `${count} Schlüssel prüfen`),
      },
      revoke: {
        confirm: (count) => (count === 1 ? "1 Auftrag widerrufen" : `${count} Aufträge widerrufen`),
      },
    },
    views: { remove: (name) => `Ansicht ${name} löschen` },
    setFilters: (count) => (count === 0 ? "Filter" : `Filter (${count})`),
  },
  order: {
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
      cancel: { label: () => "Grund" },
      delete: {
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
      erase: {
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
    },
  },
  keyChain: { generation: (generation) => `Generation ${generation}` },
  encryption: { days: (days) => `${days} Tage` },
  preflight: {
    summary: (passed, all) =>
      passed === all
        ? `Alle ${all} Prüfungen bestanden`
        : `${passed} von ${all} Prüfungen bestanden`,
    unread: (names) =>
      `Der Dienst kann ${names} nicht lesen. Weisen Sie ihm dort für diese Prüfung die Rolle „Reader“ zu.`,
  },
  device: { hidesIn: (seconds) => `Wieder verborgen in ${seconds} s` },
  activity: {
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
  approvals: {
    policy: (required) =>
      required === 0
        ? "Die Entsperrrichtlinie dieses Auftrags verlangt keine Genehmigung."
        : `Die Entsperrrichtlinie dieses Auftrags verlangt für jede Entsperrung die Genehmigung von ${required === 1 ? "einer Person" : `${required} Personen`}.`,
    shown: (count) => (count === 1 ? "1 Anfrage" : `${count} Anfragen`),
    nodeAsks: (serial) => `Knoten ${serial} fordert seinen Schlüssel an`,
    loosens: {
      outageGrace: () => "Andere Frist bei Ausfall",
      lease: () => "Längere Freigaben",
      offline: () => "Entsperren durch Anfrage und Antwort ist erlaubt",
      offlineLease: () => "Entsperrungen ohne Netz gelten länger oder werden anders gezählt",
      windows: () => "Andere Entsperrzeiten",
      approvals: () => "Weniger Personen müssen genehmigen",
      approvers: () => "Andere Genehmigende",
      changes: () => "Andere Personen entscheiden über Änderungen",
      expiry: () => "Anfragen laufen später ab",
      breakGlass: () => "Der Notzugriff ist erlaubt",
      freshKey: () => "Eine Entsperrung liest den Schlüssel nicht mehr neu",
      unlocksPerDay: (before, after) =>
        `Höchstzahl der Entsperrungen pro Tag: ${after} statt ${before}`,
      noLimit: (before) => `Keine Tagesgrenze für Entsperrungen; sie war ${before}`,
      backupKey: (name) => `Neuer Ersatzschlüssel ${name}`,
      serviceKey: () => "Von Microsoft verwalteter Schlüssel statt des Schlüssels des Kunden",
      vault: (before, after) =>
        `Der Schlüssel liegt in einem anderen Tresor: ${after} statt ${before}`,
      killSwitch: () => "Entsperren ist wieder erlaubt",
    },
    count: (given, required) => `${given} von ${required} genehmigt`,
    said: (name, decision) =>
      decision === "approved" ? `${name} hat genehmigt,` : `${name} hat abgelehnt,`,
    dialogs: {
      approve: {
        title: (serial) => `Den Schlüssel für Knoten ${serial} freigeben?`,
      },
      reject: {
        title: (serial) => `Den Schlüssel für Knoten ${serial} verweigern?`,
      },
    },
    breakGlass: {
      open: (serial) =>
        serial === undefined
          ? "Eine Entsperrung eines beliebigen Knotens dieses Auftrags ist ohne Genehmigung erlaubt bis"
          : `Eine Entsperrung des Knotens ${serial} ist ohne Genehmigung erlaubt bis`,
    },
  },
  backupKeys: {
    standsIn: (by, reason) => `Aktiviert von ${by} (${reason}), längstens bis`,
    use: {
      title: (name) => `${name} anstelle eines verlorenen Schlüssels benutzen?`,
      label: () => "Grund",
    },
    remove: {
      title: (name) => `${name} aus jedem Umschlag entfernen?`,
      label: (name) => `Zur Bestätigung ${name} eingeben`,
    },
    maker: {
      madeHint: (fileName) =>
        `Bewahren Sie ${fileName} und die Passphrase offline auf, an zwei Orten. Diese Seite vergisst die private Hälfte, wenn Sie sie schließen.`,
    },
  },
  home: {
    kinds: {
      approval: (order) => `Über eine Genehmigung von ${order} entscheiden`,
      blocked: (order) => `Beheben, was ${order} aufhält`,
      "at-risk": (order) => `Sich um den Schlüssel von ${order} kümmern`,
      act: (order) => `Mit ${order} fortfahren`,
    },
    more: (count) => `und ${count} weitere: Die Zahlen oben führen zu den Listen.`,
    highest: (value) => `Höchstwert: ${value}`,
  },
  keyHealth: {
    checkedEvery: (interval) =>
      `Geprüft wird etwa alle ${interval}, bei jeder Benutzung des Schlüssels und wenn Azure eine Änderung meldet.`,
    days: (days) => `${days} Tage`,
    inconclusive: (code) => `${code}. Das letzte bekannte Ergebnis gilt weiter. Seit`,
    devices: (acknowledged, total) =>
      `${acknowledged} von ${total} Knoten ${acknowledged === 1 ? "hat" : "haben"} den neuesten Umschlag.`,
    versionReason,
    revoked: (scope, serial) =>
      ({
        node: `Knoten ${serial ?? ""} ist widerrufen`,
        order: "Dieser Auftrag ist widerrufen",
        subscription: "Alle Aufträge dieses Abonnements sind widerrufen",
        fleet: "Alle Geräte des Dienstes sind widerrufen",
      })[scope],
    revokedBy: (who) => `Von ${who},`,
    leasesEnded: (leases) =>
      leases === 0
        ? "Widerrufen. Kein Knoten war offen."
        : `Widerrufen. ${leases === 1 ? "1 offener Knoten wird" : `${leases} offene Knoten werden`} geschlossen.`,
    answeredOf: (answered, asked) => `${answered} von ${asked} haben geantwortet.`,
    spread: (fastest, slowest) =>
      fastest === slowest
        ? `Nach ${fastest} ms.`
        : `Der schnellste nach ${fastest} ms, der langsamste nach ${slowest} ms.`,
    milliseconds: (milliseconds) => `${milliseconds} ms`,
  },
  loud: {
    oneNode: (serial) => `Nur Knoten ${serial}`,
    typeName: (name) => `Zur Bestätigung ${name} eingeben`,
  },
  notices: {
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
    address: (address) =>
      `E-Mails gehen an ${address}, den Namen, mit dem Sie sich anmelden. Vor jeder prüft der Dienst, ob Ihnen eine Rollenzuweisung noch das Recht an dem Auftrag gibt. Anfragen, die andere entscheiden müssen, bekommen Sie nicht.`,
    channels: (names) => `Geht an Gruppen: ${names}`,
    channel: (name, kind) =>
      `${name} (${{ teams: "Teams", slack: "Slack", email: "E-Mail" }[kind]})`,
  },
  search: {
    found: (count) => (count === 1 ? "1 Ergebnis" : `${count} Ergebnisse`),
  },
  troubleshooter: {
    found: (count) => (count === 1 ? "1 Code" : `${count} Codes gefunden`),
    unknown: (code) => `${code} ist keiner unserer Codes`,
    of: {
      node: (serial) => `Die letzte Entsperrung des Knotens ${serial} schlug fehl`,
    },
  },
  unlock: {
    ofAnotherOrder: (order) =>
      `Diese Anfrage gehört zu einem Knoten des Auftrags ${order}. Reichen Sie sie auf der Seite dieses Auftrags ein.`,
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
    writtenBy: (name) => `Zuletzt geändert von ${name},`,
    window: (number) => `Zeitfenster ${number}`,
    removeWindow: (name) => `${name} entfernen`,
    purposes: {
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
      used: (count: number) => `${String(count)} heute gewährt; die Zählung beginnt neu um`,
    },
  },
  operator: {
    operations: {
      whyNot: {
        erased: () => "Erledigt: Jede verschlüsselte Kopie ist zerstört.",
        halted: () => "Nicht, solange die Phase angehalten ist und auf den Kunden wartet.",
        later: (stages) => `Noch nicht: folgt auf die Phase ${stages}.`,
        past: () => "Bereits erledigt.",
        stage: () => "Nicht in dieser Phase.",
      },
      done: (name) => `Erledigt: ${name}.`,
      unprepared: (serials) =>
        `Nicht vorbereitet: ${serials}. Ein solcher Knoten lässt sich beim Kunden nicht entsperren. Bereiten Sie ihn vor dem Versand vor.`,
    },
    prepare: { serialOf: (node) => `Seriennummer von Knoten ${node}` },
    codes: { codeOf: (serial) => `Anmeldecode von ${serial}` },
    nodes: {
      replaceOf: (serial) => `Gerät ersetzen: ${serial}`,
      replaceTitle: (serial) => `Gerät von ${serial} ersetzen?`,
    },
    fleet: {
      nodes: (nodes) => `${nodes} Knoten`,
    },
    killSwitches: {
      revokeThis: (what) =>
        what.kind === "order" ? "Diesen Auftrag widerrufen" : `Knoten ${what.serial} widerrufen`,
      thrown: (leases) =>
        `Notschalter aktiviert. Offene Knoten, die geschlossen werden: ${leases}.`,
    },
    organizations: {
      subscriptionTitle: (name) => `Abonnement von ${name} hinzufügen`,
      disconnectTitle: (name) => `${name} trennen?`,
    },
    campaigns: {
      startTitle: (orders) => `${orders} Aufträge jetzt umhüllen?`,
      startText: (failed) =>
        failed === 0
          ? "Der Probelauf gelang bei jedem Auftrag. Ein Auftrag, der trotzdem fehlschlägt, behält seinen alten Schlüssel."
          : `${failed} Aufträge schlugen im Probelauf fehl und schlagen wahrscheinlich wieder fehl. Ein Auftrag, der fehlschlägt, behält seinen alten Schlüssel.`,
      counts: ({ total, done, failed, waiting }) =>
        `${done} von ${total} fertig, ${failed} fehlgeschlagen, ${waiting} warten`,
      estimate: (perSecond, when) => `${perSecond} Aufträge je Sekunde; fertig ${when}`,
      listed: (orders) => `${orders} Aufträge`,
      attempts: (attempts) => `${attempts} Mal versucht`,
    },
    health: {
      findings: {
        database: {
          ok: { found: () => "Antwortet." },
          failed: {
            found: () =>
              "Antwortet nicht binnen zwei Sekunden: Nichts wird gewährt oder verlängert.",
          },
          outdated: {
            found: () =>
              "Ein neuerer Broker hat sie umgestellt: Diese Replik darf nicht mehr schreiben.",
          },
        },
        vaults: {
          answered: {
            found: (seconds) => `Die letzte Antwort kam vor ${seconds} s.`,
          },
          notAsked: {
            found: () => "Seit dem Start dieser Replik wurde kein Tresor aufgerufen.",
          },
          silent: {
            found: (seconds) =>
              `Ein Aufruf vor ${seconds} s wurde nicht beantwortet, und seither kam keine Antwort.`,
          },
        },
        probes: {
          onTime: {
            found: () => "Keine Probe ist verspätet.",
          },
          late: {
            found: (seconds) =>
              `Die späteste ist ${seconds} s verspätet: Ein widerrufener Schlüssel fiele spät auf.`,
          },
        },
        keys: {
          usable: {
            found: () => "Kein Schlüssel ist als unbrauchbar bekannt.",
          },
          unusable: {
            found: (keys) => `Aufträge mit einem unbrauchbaren Schlüssel: ${keys}.`,
          },
        },
        switches: {
          none: {
            found: () => "Keiner ist aktiv.",
          },
          standing: {
            found: (switches) => `Aktiv: ${switches}.`,
          },
        },
        events: {
          few: {
            found: (events) => `Es warten: ${events}.`,
          },
          many: {
            found: (events) => `Es warten: ${events}. Ein Empfänger nimmt sie nicht an.`,
          },
        },
      },
    },
  },
  createOrder: {
    cloneOf: (name: string) => `${name} klonen`,
    faulty: (step) => `${step} (!)`,
    next: (step) => `Weiter: ${step}`,
    capacity: (model, terabytes) => `${model}: ${terabytes} TB nutzbar`,
  },
};

/** Deutsche Texte des Portals. */
export const de: Texts = joinTexts(strings, functions);
