import type { OperatorTexts } from "./operator-en.ts";

/** German texts of the pages for operators. */
export const operatorDe: OperatorTexts = {
  title: "Betreiber",
  orders: "Alle Aufträge",
  ordersEmpty: "Aufträge aller Kunden erscheinen hier, sobald es welche gibt.",
  onlyFor: "Diese Seite ist für Betreiber des Dienstes",
  onlyHint:
    "Betreiber bereiten Geräte vor, versenden sie und löschen sie. Sie haben die App-Rolle DataBox.Operator.",
  next: {
    title: "Jetzt",
    who: "Handelt als Nächstes",
    what: "Nächster Schritt",
    nodes: "An jedem dieser Knoten",
    command: "Befehl",
    actors: {
      operator: "Ein Betreiber des Rechenzentrums",
      customer: "Der Kunde",
      carrier: "Der Spediteur",
      nobody: "Niemand",
    },
    acts: {
      prepare: "Den Auftrag vorbereiten",
      prepareNodes: "Jeden Knoten mit seinem Anmeldecode vorbereiten",
      startCopy: "Die Kopie starten",
      fill: "Das Gerät öffnen, den Export einfüllen und das Gerät versenden",
      dispatch: "Das Gerät versenden",
      deliver: "Das Gerät dem Kunden zustellen",
      use: "Das Gerät entsperren, benutzen und dem Spediteur übergeben",
      return: "Das Gerät ins Rechenzentrum zurückbringen",
      ingest:
        "Die Kopie starten, das Gerät öffnen, den Import einlesen und den Auftrag abschließen",
      mendKey:
        "Den Schlüssel in Ordnung bringen und die Kopie fortsetzen oder die Daten auf dem Gerät aufgeben",
      complete: "Den Auftrag abschließen",
      eraseKeys: "Den Entsperrschlüssel des Auftrags löschen",
      eraseNodes: "Die Knoten löschen; jeder bescheinigt es",
      nothing: "Nichts: Der Auftrag und alle seine Knoten sind gelöscht",
    },
  },
  operations: {
    title: "Arbeitsschritte",
    names: {
      prepare: "Vorbereiten",
      dispatch: "Versenden",
      deliver: "Zugestellt",
      pickUp: "Abgeholt",
      receive: "Eingegangen",
      startCopy: "Daten kopieren",
      complete: "Abschließen",
      fail: "Als fehlgeschlagen beenden",
      erase: "Entsperrschlüssel löschen",
    },
    notes: {
      prepare: "Erzeugt den Entsperrschlüssel und für jeden Knoten einen einmaligen Anmeldecode.",
      dispatch:
        "Zuerst laufen alle Prüfungen des Kundenschlüssels; mit einem unbrauchbaren Schlüssel müsste das Gerät zurückkommen.",
      deliver: "Das Gerät ist beim Kunden.",
      pickUp: "Vom Spediteur abgeholt.",
      receive: "Das Gerät ist zurück im Rechenzentrum.",
      startCopy:
        "Fordert den Schlüssel jedes Knotens vom Tresor des Kunden an. Eine Ablehnung hält die Kopie an und benachrichtigt den Kunden.",
      complete: "Die Kopie ist fertig. Kontakt und Adresse werden gelöscht.",
      fail: "Beendet den Auftrag in jeder Phase. Kontakt und Adresse werden gelöscht.",
      erase:
        "Zerstört jede verschlüsselte Kopie des Entsperrschlüssels endgültig und unterschreibt eine Quittung. Daten, die noch auf den Datenträgern sind, lassen sich nicht mehr öffnen.",
    },
    buttons: {
      prepare: "Vorbereiten",
      dispatch: "Prüfen und versenden",
      deliver: "Als zugestellt melden",
      pickUp: "Als abgeholt melden",
      receive: "Als eingegangen melden",
      startCopy: "Kopie beginnen",
      complete: "Abschließen",
      fail: "Als fehlgeschlagen beenden",
      erase: "Löschen",
    },
    running: {
      prepare: "Wird vorbereitet …",
      dispatch: "Schlüssel wird geprüft …",
      deliver: "Wird gemeldet …",
      pickUp: "Wird gemeldet …",
      receive: "Wird gemeldet …",
      startCopy: "Tresor wird gefragt …",
      complete: "Wird abgeschlossen …",
      fail: "Wird beendet …",
      erase: "Wird gelöscht …",
    },
    whyNot: {
      erased: () => "Erledigt: Jede verschlüsselte Kopie ist zerstört.",
      halted: () => "Nicht, solange die Phase angehalten ist und auf den Kunden wartet.",
      later: (stages) => `Noch nicht: folgt auf die Phase ${stages}.`,
      past: () => "Bereits erledigt.",
      stage: () => "Nicht in dieser Phase.",
    },
    done: (name) => `Erledigt: ${name}.`,
    typeName: (name) => `Zur Bestätigung ${name} eingeben`,
    forceDispatch: "Trotzdem versenden",
    unprepared: (serials) =>
      `Nicht vorbereitet: ${serials}. Ein solcher Knoten lässt sich beim Kunden nicht entsperren. Bereiten Sie ihn vor dem Versand vor.`,
    forceDialog: {
      title: "Versenden, obwohl eine Prüfung fehlschlug?",
      text: "Das Gerät lässt sich beim Kunden nicht verwenden, bis der Fehler oben behoben ist. Das Prüfprotokoll hält fest, dass Sie es trotzdem versandt haben.",
    },
    eraseDialog: {
      title: "Entsperrschlüssel endgültig löschen?",
      text: "Jede verschlüsselte Kopie des Entsperrschlüssels wird zerstört. Danach kann niemand die Datenträger dieses Geräts öffnen. Das lässt sich nicht rückgängig machen.",
    },
    outcome: "Ergebnis",
    endText:
      "Das lässt sich nicht rückgängig machen. Der Entsperrschlüssel bleibt, bis er gelöscht wird.",
  },
  prepare: {
    title: "Gerät vorbereiten",
    text: "Geben Sie die Seriennummern ein, die auf den Geräten stehen. Lassen Sie sie leer, damit Nummern vergeben werden.",
    serialOf: (node) => `Seriennummer von Knoten ${node}`,
    madeUp: "Leer: wird vergeben",
    problems: {
      form: "3 bis 64 Buchstaben, Ziffern und Bindestriche; kein Bindestrich am Anfang.",
      some: "Geben Sie für jeden Knoten eine Seriennummer ein oder für keinen.",
      twice: "Jeder Knoten braucht seine eigene Seriennummer.",
    },
  },
  codes: {
    title: "Anmeldecodes",
    once: "Geben Sie jeden Code jetzt an seinem Gerät ein. Ein Code gilt einmal. Nur sein Hashwert wird gespeichert; nach dem Schließen dieses Fensters lässt er sich nicht mehr anzeigen.",
    none: "Jeder Knoten ist angemeldet. Es werden keine Codes gebraucht.",
    code: "Anmeldecode",
    codeOf: (serial) => `Anmeldecode von ${serial}`,
    expires: "Gültig bis",
    noted: "Ich habe die Codes",
  },
  nodes: {
    device: "Gerät",
    enrolled: "Angemeldet",
    notEnrolled: "Noch nicht angemeldet",
    replace: "Gerät ersetzen",
    replaceOf: (serial) => `Gerät ersetzen: ${serial}`,
    replaceTitle: (serial) => `Gerät von ${serial} ersetzen?`,
    replaceText:
      "Der Schlüssel des angemeldeten Geräts wird endgültig entfernt, und ein anderes Gerät meldet sich mit einem neuen Code an. Ein entsperrter Knoten muss zuerst widerrufen werden.",
    reason: "Grund",
    renewCodes: "Neue Anmeldecodes",
  },
  fleet: {
    title: "Flotte",
    asTable: "Als Tabelle anzeigen",
    asOf: "Stand",
    emptyTitle: "Keine Knoten im Feld",
    empty: "Knoten zählen von der Vorbereitung, bis ihr Auftrag endet.",
    total: (nodes) => `${nodes} Knoten im Feld`,
    nodes: (nodes) => `${nodes} Knoten`,
    byLocation: "Nach Region",
    byKey: "Nach Schlüssel",
  },
  killSwitches: {
    title: "Notschalter",
    text: "Ein Notschalter lehnt jede Entsperrung ab und schließt offene Datenträger binnen fünf Sekunden, bis er ausgeschaltet wird. Er wirkt ohne den Tresor und ohne den Kunden.",
    revoke: {
      fleet: "Flotte widerrufen",
      subscription: "Abonnement widerrufen",
      order: "Auftrag widerrufen",
    },
    revokeThis: (what) =>
      what.kind === "order" ? "Diesen Auftrag widerrufen" : `Knoten ${what.serial} widerrufen`,
    dialogText:
      "Entsperrungen werden sofort abgelehnt, und offene Datenträger werden geschlossen. Das Ausschalten öffnet nichts: Jeder Knoten muss erneut entsperren.",
    orderId: "Ressourcen-ID des Auftrags",
    subscriptionId: "Abonnement-ID",
    notThat: {
      order: "Erwartet: /subscriptions/…/resourceGroups/…/providers/Microsoft.DataBox/jobs/…",
      subscription:
        "Erwartet: die ID eines Abonnements, 32 hexadezimale Ziffern mit Bindestrichen.",
    },
    reason: "Grund",
    reasonHint: "Wird dem Kunden gezeigt und im Prüfprotokoll aufbewahrt.",
    revokeNow: "Jetzt widerrufen",
    thrown: (leases) => `Notschalter aktiviert. Offene Knoten, die geschlossen werden: ${leases}.`,
    standing: "Aktive Notschalter",
    none: "Kein Notschalter ist aktiv.",
    covers: "Betrifft",
    by: "Von",
    since: "Seit",
    scopes: {
      fleet: "Jedes Gerät",
      subscription: "Abonnement",
      order: "Auftrag",
      node: "Knoten",
    },
    restore: "Ausschalten",
    restoreTitle: "Diesen Notschalter ausschalten?",
    restoreText:
      "Knoten können wieder entsperren; jeder wird erneut geprüft. Nichts öffnet sich automatisch.",
    customers: "Vom Kunden gesetzt: Nur er kann ihn ausschalten.",
  },
  campaigns: {
    title: "Kampagnen",
    one: "Kampagne",
    start: "Kampagne beginnen",
    startDry: "Probelauf beginnen",
    starting: "Wird begonnen …",
    startReal: "Wirklich beginnen",
    startTitle: (orders) => `${orders} Aufträge jetzt umhüllen?`,
    startText: (failed) =>
      failed === 0
        ? "Der Probelauf gelang bei jedem Auftrag. Ein Auftrag, der trotzdem fehlschlägt, behält seinen alten Schlüssel."
        : `${failed} Aufträge schlugen im Probelauf fehl und schlagen wahrscheinlich wieder fehl. Ein Auftrag, der fehlschlägt, behält seinen alten Schlüssel.`,
    dryFirst:
      "Ein Probelauf tut alles bis auf das Festschreiben und zeigt, welche Aufträge warum fehlschlügen. Danach können Sie die Kampagne wirklich beginnen.",
    missing: {
      selector: "Wählen Sie mindestens einen Filter. Aufträge müssen alle erfüllen.",
      action: "Wählen Sie, was sich ändert: Schlüssel, Tresor oder Identität.",
      identity: "Geben Sie die Ressourcen-ID der Identität ein.",
    },
    emptyTitle: "Noch keine Kampagnen",
    empty:
      "Eine Kampagne umhüllt die Entsperrschlüssel vieler Aufträge neu: ein Wechsel zu einer neueren Version oder zu einem anderen Schlüssel, Tresor oder einer anderen Identität.",
    what: "Was",
    action: "Aktion",
    actions: {
      rotate: "Zur neuesten Schlüsselversion wechseln",
      move: "Zu einem anderen Schlüssel, Tresor oder einer anderen Identität wechseln",
    },
    which: "Welche Aufträge",
    progress: "Fortschritt",
    state: "Zustand",
    states: { Running: "Läuft", Paused: "Angehalten", Cancelled: "Abgebrochen", Done: "Fertig" },
    doneWithFailures: "Fertig, einige fehlgeschlagen",
    dryRun: "Probelauf",
    counts: ({ total, done, failed, waiting }) =>
      `${done} von ${total} fertig, ${failed} fehlgeschlagen, ${waiting} warten`,
    estimate: (perSecond, when) => `${perSecond} Aufträge je Sekunde; fertig ${when}`,
    startedBy: "Begonnen von",
    startedAt: "Begonnen",
    finishedAt: "Beendet",
    automatic: "Automatisch",
    id: "Kennung",
    toKey: "Neue Schlüssel-URL",
    toVault: "Neuer Schlüsseltresor (Ressourcen-ID)",
    toIdentity: "Neue Identität",
    identities: {
      keep: "Identität jedes Auftrags behalten",
      system: "Vom System zugewiesen",
      user: "Vom Benutzer zugewiesen",
    },
    identityId: "Ressourcen-ID der Identität",
    emptyStays: "Leer lassen, um den Wert jedes Auftrags zu behalten.",
    ofKey: "Verwendeter Schlüssel",
    ofSubscription: "Abonnement",
    ofGroup: "Ressourcengruppe",
    ofList: "Genannte Aufträge",
    listHint: "Ressourcen-IDs, eine je Zeile.",
    listed: (orders) => `${orders} Aufträge`,
    description: "Beschreibung",
    pause: "Anhalten",
    resume: "Fortsetzen",
    cancel: "Kampagne abbrechen",
    cancelTitle: "Diese Kampagne abbrechen?",
    cancelText:
      "Kein weiterer Auftrag wird begonnen. Fertige Aufträge bleiben, wie sie sind. Eine abgebrochene Kampagne lässt sich nicht fortsetzen.",
    failures: "Fehlschläge nach Code",
    failedOrders: "Aufträge",
    why: "Warum",
    orders: "Aufträge",
    order: "Auftrag",
    orderStates: { Waiting: "Wartet", Done: "Fertig", Failed: "Fehlgeschlagen" },
    noOrders: "Kein Auftrag ist in diesem Zustand.",
    attempts: (attempts) => `${attempts} Mal versucht`,
  },
  health: {
    title: "Zustand des Brokers",
    checks: "Prüfungen",
    states: { good: "In Ordnung", watch: "Zu beachten", bad: "Nicht in Ordnung" },
    next: "Als Nächstes",
    names: {
      database: "Datenbank",
      vaults: "Schlüsseltresore",
      probes: "Proben der Schlüssel",
      keys: "Schlüssel der Kunden",
      switches: "Notschalter",
      events: "Ereignisse für Empfänger",
    },
    findings: {
      database: {
        ok: { found: () => "Antwortet.", next: "" },
        failed: {
          found: () => "Antwortet nicht binnen zwei Sekunden: Nichts wird gewährt oder verlängert.",
          next: "Datenbank und Festplatte prüfen, dann broker doctor ausführen. Offene Datenträger bleiben solange in ihrer Ausfallfrist.",
        },
        outdated: {
          found: () =>
            "Ein neuerer Broker hat sie umgestellt: Diese Replik darf nicht mehr schreiben.",
          next: "diese Replik auf die Version der anderen bringen.",
        },
      },
      vaults: {
        answered: {
          found: (seconds) => `Die letzte Antwort kam vor ${seconds} s.`,
          next: "",
        },
        notAsked: {
          found: () => "Seit dem Start dieser Replik wurde kein Tresor aufgerufen.",
          next: "",
        },
        silent: {
          found: (seconds) =>
            `Ein Aufruf vor ${seconds} s wurde nicht beantwortet, und seither kam keine Antwort.`,
          next: "broker doctor ausführen: Er unterscheidet Fehler bei Namen, Netz und Anmeldung. Kein Kunde wird deswegen abgelehnt; offene Datenträger bleiben in ihrer Ausfallfrist.",
        },
      },
      probes: {
        onTime: { found: () => "Keine Probe ist verspätet.", next: "" },
        late: {
          found: (seconds) =>
            `Die späteste ist ${seconds} s verspätet: Ein widerrufener Schlüssel fiele spät auf.`,
          next: "die Last der Repliken prüfen und eine hinzufügen. Muss ein Datenträger jetzt geschlossen werden, einen Notschalter setzen.",
        },
      },
      keys: {
        usable: { found: () => "Kein Schlüssel ist als unbrauchbar bekannt.", next: "" },
        unusable: {
          found: (keys) => `Aufträge mit einem unbrauchbaren Schlüssel: ${keys}.`,
          next: "die Sicherheitsverantwortlichen der Kunden müssen handeln; jeder Auftrag zeigt, was zu tun ist.",
        },
      },
      switches: {
        none: { found: () => "Keiner ist aktiv.", next: "" },
        standing: {
          found: (switches) => `Aktiv: ${switches}.`,
          next: "diejenigen ausschalten, die nicht mehr gebraucht werden.",
        },
      },
      events: {
        few: { found: (events) => `Es warten: ${events}.`, next: "" },
        many: {
          found: (events) => `Es warten: ${events}. Ein Empfänger nimmt sie nicht an.`,
          next: "die Empfänger in WEBHOOK_URLS prüfen; nach drei Tagen werden Ereignisse verworfen.",
        },
      },
    },
    showOrders: "Diese Aufträge zeigen",
    leases: "Freigaben",
    leaseStates: {
      live: "Gültig",
      refused: "Abgelehnt, wird geschlossen",
      closed: "Geschlossen",
      superseded: "Durch eine neuere ersetzt",
    },
    keyHealth: "Schlüsselzustand",
    keyStates: {
      healthy: "In Ordnung",
      "at-risk": "Gefährdet",
      unusable: "Unbrauchbar",
      unknown: "Noch nicht geprüft",
    },
    switches: "Aktive Notschalter",
    none: "Keine",
    replica: "Diese Replik",
    asOf: "Stand",
    startedAt: "Gestartet",
  },
};
