import type { OperatorTexts } from "./operator-en.ts";

/** German texts of the pages for operators. */
export const operatorDe: OperatorTexts = {
  title: "Betreiber",
  orders: "Alle Aufträge",
  ordersEmpty: "Aufträge aller Kunden erscheinen hier, sobald es welche gibt.",
  operations: {
    title: "Was mit diesem Gerät zu tun ist",
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
        "Zuerst laufen alle Prüfungen des Kundenschlüssels; ein Schlüssel, der sich nicht verwenden lässt, ist ein Gerät, das zurückkommen muss.",
      deliver: "Das Gerät ist beim Kunden.",
      pickUp: "Der Spediteur hat es wieder.",
      receive: "Das Gerät ist zurück im Rechenzentrum.",
      startCopy:
        "Fragt den Tresor des Kunden nach dem Schlüssel jedes Knotens; eine Ablehnung hält die Kopie an und sagt es dem Kunden.",
      complete: "Die Kopie ist fertig; Kontakt und Adresse werden vergessen.",
      fail: "Beendet den Auftrag in jeder Phase; Kontakt und Adresse werden vergessen.",
      erase:
        "Zerstört jede Umhüllung des Entsperrschlüssels endgültig und unterschreibt eine Quittung. Was noch auf den Datenträgern ist, lässt sich nicht mehr öffnen.",
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
      erased: () => "Erledigt: Jede Umhüllung ist zerstört.",
      halted: () => "Nicht solange die Phase angehalten ist: Sie wartet auf den Kunden.",
      later: (stages) => `Noch nicht: folgt auf die Phase ${stages}.`,
      past: (stages) => `Nicht mehr: folgt auf die Phase ${stages}.`,
      stage: () => "Nicht in dieser Phase.",
    },
    done: (name) => `Erledigt: ${name}.`,
    typeName: (name) => `Zur Bestätigung ${name} eingeben`,
    forceDispatch: "Trotzdem versenden",
    unprepared: (serials) =>
      `Nie vorbereitet: ${serials}. Ein solcher Knoten lässt sich beim Kunden nicht entsperren: Bereiten Sie ihn vor, bevor er abgeht.`,
    forceDialog: {
      title: "Mit einem Schlüssel versenden, der sich nicht verwenden lässt?",
      text: "Das Gerät lässt sich beim Kunden nicht entsperren, bis der Schlüssel in Ordnung gebracht ist. Das Prüfprotokoll hält fest, dass Sie es trotzdem versandt haben.",
    },
    eraseDialog: {
      title: "Entsperrschlüssel endgültig löschen?",
      text: "Jede Umhüllung des Entsperrschlüssels wird zerstört. Danach kann niemand die Datenträger dieses Geräts öffnen, was auch darauf ist. Das lässt sich nicht rückgängig machen.",
    },
    outcome: "Ergebnis",
    endText:
      "Das lässt sich nicht rückgängig machen. Der Entsperrschlüssel bleibt, bis er gelöscht wird.",
    receiptTitle: "Löschquittung",
    receipt: "Vom Broker unterschrieben: Jede Umhüllung des Entsperrschlüssels ist zerstört.",
    downloadReceipt: "Quittung herunterladen",
  },
  prepare: {
    title: "Gerät vorbereiten",
    text: "Geben Sie die Seriennummern ein, wie sie auf den Geräten stehen, oder lassen Sie sie leer: Dann werden sie vergeben.",
    serialOf: (node) => `Seriennummer von Knoten ${node}`,
    madeUp: "Leer: wird vergeben",
    problems: {
      form: "3 bis 64 Buchstaben, Ziffern und Bindestriche; kein Bindestrich am Anfang.",
      some: "Geben Sie jedem Knoten seine Seriennummer oder keinem.",
      twice: "Jeder Knoten hat seine eigene Seriennummer.",
    },
  },
  codes: {
    title: "Anmeldecodes",
    once: "Geben Sie jeden Code jetzt an seinem Gerät ein. Er wird einmal angezeigt, gilt einmal und wird nur als Hashwert gespeichert: Nach diesem Fenster kann ihn niemand mehr lesen.",
    none: "Jeder Knoten ist angemeldet: Es gibt keinen Code.",
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
      "Der Schlüssel des angemeldeten Geräts wird endgültig vergessen, und ein anderes Gerät meldet sich mit einem neuen Code an. Ein entsperrter Knoten muss zuerst widerrufen werden.",
    reason: "Grund",
    renewCodes: "Neue Anmeldecodes",
  },
  fleet: {
    title: "Flotte",
    asTable: "Als Tabelle anzeigen",
    asOf: "Gezählt",
    emptyTitle: "Keine Knoten im Feld",
    empty: "Knoten zählen von der Vorbereitung, bis ihr Auftrag endet.",
    total: (nodes) => `${nodes} Knoten im Feld`,
    nodes: (nodes) => `${nodes} Knoten`,
    byLocation: "Nach Region",
    byKey: "Nach Schlüssel",
  },
  killSwitches: {
    title: "Notschalter",
    text: "Ein Notschalter lehnt jede Entsperrung ab und schließt, was offen ist, binnen fünf Sekunden, bis er aufgehoben wird. Er braucht weder Tresor noch Kunden.",
    revoke: {
      fleet: "Flotte widerrufen",
      subscription: "Abonnement widerrufen",
      order: "Auftrag widerrufen",
    },
    revokeThis: (what) =>
      what.kind === "order" ? "Diesen Auftrag widerrufen" : `Knoten ${what.serial} widerrufen`,
    dialogText:
      "Entsperrungen werden sofort abgelehnt, und offene Datenträger werden geschlossen. Das Aufheben öffnet nichts: Jeder Knoten muss neu entsperren.",
    orderId: "Ressourcen-ID des Auftrags",
    subscriptionId: "Abonnement-ID",
    notThat: {
      order: "Erwartet: /subscriptions/…/resourceGroups/…/providers/Microsoft.DataBox/jobs/…",
      subscription:
        "Erwartet: die ID eines Abonnements, 32 hexadezimale Ziffern mit Bindestrichen.",
    },
    reason: "Grund",
    reasonHint: "Der Kunde liest ihn, und das Prüfprotokoll bewahrt ihn.",
    revokeNow: "Jetzt widerrufen",
    thrown: (leases) =>
      `Der Schalter ist gesetzt. Offene Knoten, die geschlossen werden: ${leases}.`,
    standing: "Gesetzte Notschalter",
    none: "Kein Notschalter ist gesetzt.",
    covers: "Betrifft",
    by: "Von",
    since: "Seit",
    scopes: {
      fleet: "Jedes Gerät",
      subscription: "Abonnement",
      order: "Auftrag",
      node: "Knoten",
    },
    restore: "Aufheben",
    restoreTitle: "Diesen Notschalter aufheben?",
    restoreText:
      "Knoten dürfen wieder entsperren; jeder wird neu geprüft. Von selbst öffnet sich nichts.",
    customers: "Vom Kunden selbst: Nur er hebt ihn auf.",
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
        ? "Der Probelauf gelang bei jedem Auftrag. Was trotzdem fehlschlägt, behält seinen alten Schlüssel."
        : `${failed} Aufträge schlugen im Probelauf fehl und werden es wohl wieder; was fehlschlägt, behält seinen alten Schlüssel.`,
    dryFirst:
      "Ein Probelauf tut alles bis auf das Festschreiben und zeigt, welche Aufträge warum fehlschlügen. Von dort wird er wirklich begonnen.",
    missing: {
      selector:
        "Welche Aufträge? Mindestens eines von Schlüssel, Abonnement, Ressourcengruppe oder einer Liste. Alles Angegebene muss zutreffen.",
      action: "Was ändert sich? Ein anderer Schlüssel, Tresor oder eine andere Identität.",
      identity: "Nennen Sie die Identität mit ihrer Ressourcen-ID.",
    },
    emptyTitle: "Noch keine Kampagnen",
    empty:
      "Eine Kampagne umhüllt die Entsperrschlüssel vieler Aufträge neu: ein Wechsel zu einer neueren Version oder zu einem anderen Schlüssel, Tresor oder einer anderen Identität.",
    what: "Was",
    action: "Aktion",
    actions: {
      rotate: "Zur neuesten Version des Schlüssels, den jeder Auftrag hat",
      move: "Zu einem anderen Schlüssel, Tresor oder einer anderen Identität",
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
    automatic: "Der Broker selbst",
    id: "Kennung",
    toKey: "Neue Schlüssel-URL",
    toVault: "Neuer Schlüsseltresor (Ressourcen-ID)",
    toIdentity: "Neue Identität",
    identities: {
      keep: "Wie jeder Auftrag sie hat",
      system: "Vom System zugewiesen",
      user: "Vom Benutzer zugewiesen",
    },
    identityId: "Ressourcen-ID der Identität",
    emptyStays: "Leer: wie jeder Auftrag es hat.",
    ofKey: "Schlüssel, den sie verwenden",
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
      "Kein neuer Auftrag wird begonnen. Was getan ist, bleibt. Eine abgebrochene Kampagne geht nicht weiter.",
    failures: "Fehlschläge nach Code",
    failedOrders: "Aufträge",
    why: "Warum",
    orders: "Aufträge",
    orderStates: { Waiting: "Wartet", Done: "Fertig", Failed: "Fehlgeschlagen" },
    noOrders: "Kein Auftrag ist in diesem Zustand.",
    attempts: (attempts) => `${attempts} Mal versucht`,
  },
  health: {
    title: "Zustand des Brokers",
    checks: "Prüfungen",
    states: { good: "in Ordnung", watch: "zu beobachten", bad: "nicht in Ordnung" },
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
        ok: { found: () => "Sie antwortet.", next: "" },
        failed: {
          found: () =>
            "Sie antwortet nicht binnen zwei Sekunden: Nichts wird gewährt oder verlängert.",
          next: "Datenbank und Festplatte ansehen, dann broker doctor ausführen. Offene Datenträger bleiben solange in ihrer Ausfallfrist.",
        },
        outdated: {
          found: () => "Ein neuerer Broker hat sie verändert: Dieser darf nicht mehr schreiben.",
          next: "diese Replik auf die Version der anderen bringen.",
        },
      },
      vaults: {
        answered: {
          found: (seconds) => `Die letzte Antwort kam vor ${seconds} s.`,
          next: "",
        },
        notAsked: {
          found: () => "Seit dem Start dieser Replik wurde kein Tresor gefragt.",
          next: "",
        },
        silent: {
          found: (seconds) =>
            `Ein Aufruf vor ${seconds} s blieb ohne Antwort, und seither kam keine.`,
          next: "broker doctor ausführen: Er unterscheidet Namen, Netz und Anmeldung. Kein Kunde wird dadurch abgelehnt; offene Datenträger bleiben in ihrer Ausfallfrist.",
        },
      },
      probes: {
        onTime: { found: () => "Keine ist verspätet.", next: "" },
        late: {
          found: (seconds) =>
            `Die späteste ist ${seconds} s verspätet: Ein widerrufener Schlüssel fiele spät auf.`,
          next: "die Last der Repliken ansehen und eine hinzufügen; wo es jetzt sicher sein muss, einen Notschalter setzen.",
        },
      },
      keys: {
        usable: { found: () => "Keiner ist als unbrauchbar bekannt.", next: "" },
        unusable: {
          found: (keys) => `Aufträge mit einem unbrauchbaren Schlüssel: ${keys}.`,
          next: "die Sicherheitsverantwortlichen der Kunden müssen handeln; jeder Auftrag sagt, wie.",
        },
      },
      switches: {
        none: { found: () => "Keiner ist gesetzt.", next: "" },
        standing: {
          found: (switches) => `Gesetzt: ${switches}.`,
          next: "aufheben, was nicht mehr gebraucht wird.",
        },
      },
      events: {
        few: { found: (events) => `Es warten: ${events}.`, next: "" },
        many: {
          found: (events) => `Es warten: ${events}. Ein Empfänger nimmt sie nicht an.`,
          next: "die Empfänger in WEBHOOK_URLS ansehen; nach drei Tagen werden Ereignisse aufgegeben.",
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
      unknown: "Noch nicht angesehen",
    },
    switches: "Gesetzte Notschalter",
    none: "Keine",
    replica: "Diese Replik",
    asOf: "Stand",
    startedAt: "Gestartet",
  },
};
