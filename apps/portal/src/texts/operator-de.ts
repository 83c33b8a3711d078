import strings from "./de.json" with { type: "json" };
import type { OperatorTexts } from "./operator-en.ts";

/** German texts of the pages for operators. */
export const operatorDe: OperatorTexts = {
  ...strings.operator,
  operations: {
    ...strings.operator.operations,
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
  prepare: { ...strings.operator.prepare, serialOf: (node) => `Seriennummer von Knoten ${node}` },
  codes: { ...strings.operator.codes, codeOf: (serial) => `Anmeldecode von ${serial}` },
  nodes: {
    ...strings.operator.nodes,
    replaceOf: (serial) => `Gerät ersetzen: ${serial}`,
    replaceTitle: (serial) => `Gerät von ${serial} ersetzen?`,
  },
  fleet: {
    ...strings.operator.fleet,
    total: (nodes) => `${nodes} Knoten im Feld`,
    nodes: (nodes) => `${nodes} Knoten`,
  },
  killSwitches: {
    ...strings.operator.killSwitches,
    revokeThis: (what) =>
      what.kind === "order" ? "Diesen Auftrag widerrufen" : `Knoten ${what.serial} widerrufen`,
    thrown: (leases) => `Notschalter aktiviert. Offene Knoten, die geschlossen werden: ${leases}.`,
  },
  campaigns: {
    ...strings.operator.campaigns,
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
    ...strings.operator.health,
    findings: {
      ...strings.operator.health.findings,
      database: {
        ...strings.operator.health.findings.database,
        ok: { ...strings.operator.health.findings.database.ok, found: () => "Antwortet." },
        failed: {
          ...strings.operator.health.findings.database.failed,
          found: () => "Antwortet nicht binnen zwei Sekunden: Nichts wird gewährt oder verlängert.",
        },
        outdated: {
          ...strings.operator.health.findings.database.outdated,
          found: () =>
            "Ein neuerer Broker hat sie umgestellt: Diese Replik darf nicht mehr schreiben.",
        },
      },
      vaults: {
        ...strings.operator.health.findings.vaults,
        answered: {
          ...strings.operator.health.findings.vaults.answered,
          found: (seconds) => `Die letzte Antwort kam vor ${seconds} s.`,
        },
        notAsked: {
          ...strings.operator.health.findings.vaults.notAsked,
          found: () => "Seit dem Start dieser Replik wurde kein Tresor aufgerufen.",
        },
        silent: {
          ...strings.operator.health.findings.vaults.silent,
          found: (seconds) =>
            `Ein Aufruf vor ${seconds} s wurde nicht beantwortet, und seither kam keine Antwort.`,
        },
      },
      probes: {
        ...strings.operator.health.findings.probes,
        onTime: {
          ...strings.operator.health.findings.probes.onTime,
          found: () => "Keine Probe ist verspätet.",
        },
        late: {
          ...strings.operator.health.findings.probes.late,
          found: (seconds) =>
            `Die späteste ist ${seconds} s verspätet: Ein widerrufener Schlüssel fiele spät auf.`,
        },
      },
      keys: {
        ...strings.operator.health.findings.keys,
        usable: {
          ...strings.operator.health.findings.keys.usable,
          found: () => "Kein Schlüssel ist als unbrauchbar bekannt.",
        },
        unusable: {
          ...strings.operator.health.findings.keys.unusable,
          found: (keys) => `Aufträge mit einem unbrauchbaren Schlüssel: ${keys}.`,
        },
      },
      switches: {
        ...strings.operator.health.findings.switches,
        none: {
          ...strings.operator.health.findings.switches.none,
          found: () => "Keiner ist aktiv.",
        },
        standing: {
          ...strings.operator.health.findings.switches.standing,
          found: (switches) => `Aktiv: ${switches}.`,
        },
      },
      events: {
        ...strings.operator.health.findings.events,
        few: {
          ...strings.operator.health.findings.events.few,
          found: (events) => `Es warten: ${events}.`,
        },
        many: {
          ...strings.operator.health.findings.events.many,
          found: (events) => `Es warten: ${events}. Ein Empfänger nimmt sie nicht an.`,
        },
      },
    },
  },
};
