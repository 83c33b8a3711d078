import { uiTextsDe } from "@databox-cmk/ui";

import { createOrderDe } from "./create-order-de.ts";
import { activity } from "./de/activity.ts";
import { approvals } from "./de/approvals.ts";
import { backupKeys } from "./de/backup-keys.ts";
import { custody } from "./de/custody.ts";
import { help } from "./de/help.ts";
import { home } from "./de/home.ts";
import { keyHealth } from "./de/key-health.ts";
import { loud } from "./de/loud.ts";
import { noticeSettings } from "./de/notice-settings.ts";
import { notices } from "./de/notices.ts";
import { people } from "./de/people.ts";
import { search } from "./de/search.ts";
import { toasts } from "./de/toasts.ts";
import { troubleshooter } from "./de/troubleshooter.ts";
import { unlockPolicy } from "./de/unlock-policy.ts";
import { unlock } from "./de/unlock.ts";
import type { Texts } from "./en.ts";
import { operatorDe } from "./operator-de.ts";

/** Deutsche Texte des Portals. */
export const de: Texts = {
  ui: uiTextsDe,
  activity,
  approvals,
  backupKeys,
  custody,
  help,
  home,
  keyHealth,
  loud,
  notices,
  noticeSettings,
  people,
  search,
  toasts,
  troubleshooter,
  unlock,
  unlockPolicy,
  product: "Data Box CMK",
  operator: operatorDe,
  createOrder: createOrderDe,
  session: {
    signedOut: "Sie sind abgemeldet",
    signIn: "Anmelden",
    signOut: "Abmelden",
    tenant: (tenantId) => `Verzeichnis ${tenantId}`,
  },
  shell: {
    menu: "Hauptmenü",
    unsaved: {
      title: "Ohne Speichern verlassen?",
      text: "Ihre Änderungen sind nicht gespeichert. Wenn Sie weggehen, sind sie verloren.",
      stay: "Bleiben",
      leave: "Ohne Speichern verlassen",
    },
    saving: {
      title: "Während des Speicherns verlassen?",
      text: "Ihre Änderungen werden gerade gespeichert. Schlägt das fehl, nachdem Sie weggegangen sind, sind sie verloren.",
      stay: "Bleiben",
      leave: "Verlassen",
    },
    connection: {
      title: "Verbindung",
      waiting: "Warten auf den Dienst",
      stuck:
        "Der Dienst hat seit mehr als 10 Sekunden nicht geantwortet. Diese Seite wartet weiter.",
      lost: "Live-Aktualisierungen sind unterbrochen: Was diese Seite zeigt, kann veraltet sein. Zuletzt verbunden",
      reload: "Neu laden",
    },
    notLoaded: {
      title: "Dieser Teil konnte nicht geladen werden",
      text: "Der Dienst antwortet nicht oder hat eine neuere Version dieser Seite. Speichern Sie nach Möglichkeit Ihre Änderungen und laden Sie die Seite dann neu.",
    },
    broken:
      "Ihre gespeicherten Änderungen sind nicht betroffen. Laden Sie die Seite neu. Tritt der Fehler erneut auf, sagen Sie dem Betreiber des Dienstes, was Sie wann getan haben.",
    breadcrumb: "Navigationspfad",
    home: "Start",
    resourceMenu: "Menü dieses Auftrags",
    notFoundTitle: "Seite nicht gefunden",
    notFound: "Prüfen Sie die Adresse, oder gehen Sie zu den Aufträgen.",
    toOrders: "Zu den Aufträgen",
  },
  orders: {
    title: "Data-Box-Aufträge",
    subscription: "Abonnement",
    search: "Nach Name oder Seriennummer filtern",
    refresh: "Aktualisieren",
    create: "Erstellen",
    clearFilters: "Filter löschen",
    exportCsv: "Als CSV exportieren",
    columns: "Spalten",
    customer: "Kunde",
    status: "Status",
    key: "Schlüssel",
    code: "Code",
    all: "Alle",
    name: "Name",
    stage: "Phase",
    encryption: "Verschlüsselungsart",
    health: "Zustand des Schlüssels",
    lock: "Sperre",
    group: "Ressourcengruppe",
    location: "Standort",
    ordered: "Bestellt",
    previousPage: "Vorige Seite",
    nextPage: "Nächste Seite",
    firstPage: "Erste Seite",
    page: (page) => `Seite ${page}`,
    found: (shown, total) =>
      total === undefined ? `${shown} angezeigt` : `${shown} von ${total} Aufträgen`,
    emptyTitle: "Noch keine Aufträge",
    empty: "Aufträge dieses Abonnements erscheinen hier, sobald es welche gibt.",
    noneFoundTitle: "Kein Auftrag passt zu den Filtern",
    commands: "Befehle",
    bulk: {
      select: (name) => `${name} auswählen`,
      selectAll: "Alle auf dieser Seite auswählen",
      chosen: (action, count) => `${action} (${count})`,
      orders: "Gewählte Aufträge",
      running: "Läuft …",
      stop: {
        title: "Nach diesem Auftrag aufhören?",
        text: "Der laufende Auftrag wird noch abgeschlossen. Die Aufträge danach bleiben, wie sie sind.",
        stay: "Weitermachen",
        leave: "Aufhören",
      },
      check: {
        title: "Schlüssel prüfen",
        text: "Der Dienst ruft jetzt den Tresor jedes Auftrags auf, einen nach dem anderen.",
        confirm: (count) => (count === 1 ? "1 Schlüssel prüfen" : `${count} Schlüssel prüfen`),
      },
      revoke: {
        title: "Widerrufen",
        confirm: (count) => (count === 1 ? "1 Auftrag widerrufen" : `${count} Aufträge widerrufen`),
      },
      move: {
        title: "Zu einem Schlüssel wechseln",
        text: "Eine Kampagne umhüllt den Entsperrschlüssel jedes Auftrags neu. Ihre Seite zeigt das Ergebnis für jeden.",
      },
    },
    views: {
      title: "Ansichten",
      save: "Diese Ansicht speichern",
      saveTitle: "Diese Ansicht speichern?",
      saveText: "Die Filter dieser Liste bleiben in diesem Browser, unter Ihrem Namen dafür.",
      name: "Name der Ansicht",
      confirm: "Speichern",
      remove: (name) => `Ansicht ${name} löschen`,
    },
    filters: "Filter",
    setFilters: (count) => (count === 0 ? "Filter" : `Filter (${count})`),
    noSubscriptions: "Sie haben auf kein Abonnement Zugriff",
    listLabel: "Aufträge",
    noNodes: "Nicht vorbereitet",
  },
  order: {
    readOnly:
      "Sie können diese Seite ansehen, aber nicht ändern. Bitten Sie Ihren Sicherheitsadministrator um eine Rolle wie „Data Box Contributor“.",
    kind: "Data-Box-Auftrag",
    model: "Modell",
    models: { DataBox: "Data Box", DataBoxHeavy: "Data Box Heavy" },
    transfer: "Übertragungsart",
    transfers: { ImportToAzure: "Import nach Azure", ExportFromAzure: "Export aus Azure" },
    groups: { settings: "Einstellungen", operator: "Betreiber" },
    sections: {
      overview: "Übersicht",
      activity: "Aktivität",
      deviceDetails: "Gerätedetails",
      unlock: "Entsperren",
      approvals: "Genehmigungen",
      troubleshoot: "Fehlersuche",
      encryption: "Verschlüsselung",
      keyHealth: "Schlüsselzustand",
      unlockPolicy: "Entsperrrichtlinie",
      backupKeys: "Ersatzschlüssel",
      contact: "Kontakt",
      operations: "Arbeitsschritte",
    },
    json: {
      button: "JSON-Ansicht",
      title: "JSON der Ressource",
      text: "Dieser Auftrag, wie ihn die API liefert",
    },
    resourceId: "Ressourcen-ID",
    subscriptionId: "Abonnement-ID",
    stagesTitle: "Phasen",
    nodesTitle: "Knoten",
    noNodes: "Das Gerät hat noch keine Knoten. Sie entstehen bei der Vorbereitung.",
    keyChainTitle: "Schlüsselkette",
    erasure: {
      title: "Löschzertifikat",
      text: "Der Dienst hat jede verschlüsselte Kopie des Entsperrschlüssels zerstört. Über ihn lassen sich die Datenträger nicht mehr öffnen.",
      at: "Gelöscht",
      by: "Gelöscht von",
      copies: "Zerstörte Kopien",
      nodes: "Knoten, die ihre Löschung bescheinigt haben",
      noNodes: "Keiner",
      download: "Zertifikat (signierte Datei)",
      downloadPdf: "Zertifikat (PDF)",
      verify:
        "Um die signierte Datei ohne Netz zu prüfen, speichern Sie die öffentlichen Schlüssel des Dienstes (/webhooks/v1/keys), und führen Sie aus:",
    },
    serial: "Seriennummer",
    lastSeen: "Zuletzt gesehen",
    neverSeen: "Nie",
    envelope: "Umschlag",
    generation: (generation, acknowledged) =>
      acknowledged === undefined || acknowledged === generation
        ? `Generation ${generation}`
        : `Generation ${generation}, der Knoten hat ${acknowledged}`,
    deviceKey: "Geräteschlüssel",
    deviceKeyGrade: (grade, attested) => {
      if (grade === "file") return "Durch Software geschützt";
      const place =
        grade === "tpm"
          ? "Durch das TPM geschützt"
          : "Durch das TPM geschützt, an den gemessenen Start gebunden";
      return attested ? place : `${place} (laut Knoten)`;
    },
    commands: {
      cancel: {
        button: "Auftrag stornieren",
        title: "Diesen Auftrag stornieren?",
        text: "Das Gerät wird nicht versandt. Das lässt sich nicht rückgängig machen.",
        label: () => "Grund",
      },
      delete: {
        button: "Löschen",
        title: "Diesen Auftrag löschen?",
        text: "Der Auftrag und seine Aufzeichnung werden entfernt. Das lässt sich nicht rückgängig machen.",
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
      erase: {
        button: "Überspringen und Daten löschen",
        title: "Die Daten ohne Kopie löschen?",
        text: "Die Daten auf dem Gerät werden nicht kopiert, und das Gerät wird gelöscht. Das lässt sich nicht rückgängig machen.",
        label: (name) => `Zur Bestätigung ${name} eingeben`,
      },
      clone: "Klonen",
      resume: "Fehler beheben",
    },
  },
  keyChain: {
    parts: {
      vault: "Schlüsseltresor",
      key: "Schlüssel",
      version: "Version",
      envelope: "Umschlag",
      volume: "Laufwerk",
    },
    service: {
      vault: "vom Dienst verwaltet",
      key: "von Microsoft verwaltet",
      version: "neueste",
      envelope: "",
      volume: "",
    },
    erased: "gelöscht",
    generation: (generation) => `Generation ${generation}`,
    states: {
      whole: "intakt",
      "at-risk": "gefährdet",
      broken: "gebrochen",
      unknown: "noch unbekannt",
    },
  },
  encryption: {
    intro:
      "Dieser Schlüssel schützt den Entsperrschlüssel des Geräts. Die Daten auf dem Gerät sind immer verschlüsselt.",
    oneWay: {
      title: "Sie können nicht zum von Microsoft verwalteten Schlüssel zurückkehren",
      text: "Ein Auftrag mit einem kundenseitig verwalteten Schlüssel kann nicht zurückwechseln. Gehen der Schlüssel, sein Tresor oder die Identität endgültig verloren, dann auch der Entsperrschlüssel und mit ihm die Daten auf dem Gerät. Behalten Sie den Schlüssel, bis der Auftrag beendet ist.",
      confirm: "Kundenseitig verwalteten Schlüssel nutzen",
    },
    noWayBack:
      "Der von Microsoft verwaltete Schlüssel lässt sich nicht wieder wählen, sobald ein Auftrag einen kundenseitig verwalteten Schlüssel nutzt.",
    checksFailed:
      "Speichern können Sie, wenn alle Prüfungen bestanden sind. Die fehlgeschlagene Prüfung oben sagt, wer was tun muss.",
    selectKey: "Schlüsseltresor und Schlüssel auswählen",
    selectOtherKey: "Anderen Schlüsseltresor und Schlüssel auswählen",
    selectKeyTitle: "Schlüssel aus Azure Key Vault auswählen",
    select: "Auswählen",
    cancel: "Abbrechen",
    back: "Zurück",
    save: "Speichern",
    saving: "Wird gespeichert …",
    saved: "Gespeichert. Dieser Auftrag nutzt jetzt Ihren Schlüssel.",
    keyUrl: "Schlüssel-URL",
    followsNewest: "Immer die neueste Version",
    disabledVersion: "deaktiviert",
    identityType: "Identitätstyp",
    identityHint: "Braucht auf dem Schlüssel die Rechte Get, Wrap Key und Unwrap Key.",
    systemAssigned: "Systemseitig zugewiesen",
    userAssigned: "Benutzerseitig zugewiesen",
    noSystemIdentity: "Dieser Auftrag hat noch keine systemseitig zugewiesene Identität.",
    enableSystemIdentity: "Systemseitig zugewiesene Identität einschalten",
    enabling: "Wird eingeschaltet …",
    newPrincipal:
      "Dies ist ein neues Prinzipal. Die Rechte einer früheren Identität gelten für es nicht: Erteilen Sie ihm auf dem Schlüssel Get, Wrap Key und Unwrap Key.",
    noIdentity:
      "Dieser Auftrag hat keine Identität, deshalb lässt sich sein Schlüssel nicht verwenden: Entsperrungen werden abgelehnt, und offene Datenträger schließen sich bei der nächsten Verlängerung. Schalten Sie eine Identität ein, und erteilen Sie ihr Zugriff auf den Schlüssel, um das rückgängig zu machen.",
    removeIdentity: {
      button: "Alle Identitäten entfernen",
      title: "Alle Identitäten dieses Auftrags entfernen?",
      text: "Der Dienst kann Ihren Schlüssel dann nicht mehr verwenden. Entsperrungen werden abgelehnt, und offene Datenträger schließen sich bei der nächsten Verlängerung. Die systemseitig zugewiesene Identität wird gelöscht; schalten Sie sie wieder ein, ist sie ein neues Prinzipal, das seine Rechte auf dem Schlüssel erneut braucht.",
      confirm: "Entfernen",
    },
    principalId: "Prinzipal-ID",
    selectIdentity: "Benutzeridentität auswählen",
    selectOtherIdentity: "Andere Benutzeridentität auswählen",
    userIdentities: "Benutzerseitig zugewiesene Identitäten",
    noIdentities: "Dieses Abonnement hat keine benutzerseitig zugewiesenen Identitäten.",
    create: "Erstellen",
    creating: "Wird erstellt …",
    reviewAndCreate: "Überprüfen und erstellen",
    createVault: "Neuen Schlüsseltresor erstellen",
    createKey: "Neuen Schlüssel erstellen",
    createVersion: "Neue Version erstellen",
    createVaultTitle: "Schlüsseltresor erstellen",
    createKeyTitle: "Schlüssel erstellen",
    createVersionTitle: "Version erstellen",
    createGroup: "Neue Ressourcengruppe erstellen",
    existingGroup: "Vorhandene Ressourcengruppe wählen",
    newGroup: "Neue Ressourcengruppe",
    groupNameRule:
      "1 bis 90 Buchstaben, Ziffern, Bindestriche, Unterstriche, Klammern und Punkte; kein Punkt am Ende.",
    vaultName: "Name des Schlüsseltresors",
    vaultNameRule:
      "3 bis 24 Buchstaben, Ziffern und Bindestriche; zuerst ein Buchstabe, am Ende kein Bindestrich, nie zwei hintereinander.",
    vaultNameTaken:
      "Dieser Name ist vergeben: Namen von Schlüsseltresoren sind in ganz Azure eindeutig.",
    keyNameTaken:
      "In diesem Tresor gibt es schon einen Schlüssel dieses Namens. Wählen Sie einen anderen Namen.",
    groupNameTaken: "Diese Ressourcengruppe gibt es schon. Wählen Sie sie aus der Liste.",
    keyNameRule: "1 bis 127 Buchstaben, Ziffern und Bindestriche.",
    region: "Region",
    softDelete: "Vorläufiges Löschen",
    softDeleteAlways: "Vorläufiges Löschen (immer an)",
    retention: "Aufbewahrung gelöschter Tresore (Tage)",
    days: (days) => `${days} Tage`,
    purgeProtection: "Löschschutz",
    purgeProtectionLabel: "Löschschutz einschalten (nicht umkehrbar)",
    purgeProtectionNeeded:
      "Aufträge können keinen Schlüssel aus einem Tresor ohne Löschschutz nutzen.",
    tier: "Tarif",
    tiers: { standard: "Standard", premium: "Premium (auch Schlüssel in Hardware)" },
    accessModel: "Berechtigungsmodell",
    accessModels: {
      roles: "Rollenbasierte Zugriffssteuerung von Azure (empfohlen)",
      policies: "Zugriffsrichtlinie des Tresors",
    },
    rolesTakeMinutes:
      "Sie werden „Key Vault Crypto Officer“ dieses Tresors. Bis eine Rolle in Azure gilt, können einige Minuten vergehen.",
    enabled: "Ein",
    disabled: "Aus",
    rsaSize: "RSA-Schlüssellänge",
    activation: "Aktivierungsdatum",
    activationHint: "Optional. Vorher kann der Schlüssel nicht genutzt werden.",
    expiration: "Ablaufdatum",
    expirationHint: "Optional. Danach lassen sich Geräte mit dieser Version nicht entsperren.",
    expirationRule: "Wählen Sie einen Zeitpunkt in der Zukunft, nach dem Aktivierungsdatum.",
    activationLater: "Aufträge können diesen Schlüssel erst nutzen, wenn er aktiv ist.",
    rotation: "Automatische Rotation",
    noRotation: "Nie",
    rotations: { P6M: "Alle 6 Monate", P1Y: "Jedes Jahr", P2Y: "Alle 2 Jahre" },
    setRotation: "Rotationsrichtlinie setzen",
    useKey: "Schlüssel verwenden",
    madeWithoutRotation:
      "Der Schlüssel ist erstellt, aber seine Rotationsrichtlinie ist nicht gesetzt. Versuchen Sie es erneut, oder wählen Sie „Nie“ und fahren Sie fort.",
    oldVersionStays: "Die aktuelle Version wird verwendet, bis Sie speichern.",
    grant: "Zugriff gewähren",
    granting: "Wird gewährt …",
  },
  preflight: {
    title: "Prüfungen dieses Schlüssels",
    running: "Wird geprüft …",
    next: {
      identity: {
        title: "Nächster Schritt: die systemseitig zugewiesene Identität einschalten",
        text: "Mit ihr ruft der Auftrag den Schlüsseltresor auf.",
      },
      access: {
        title: "Nächster Schritt: der Identität Zugriff auf den Schlüssel geben",
        text: "Sie erhält das Recht, den Schlüssel zu lesen und mit ihm ein- und auszupacken.",
      },
    },
    why: "Warum das nötig ist",
    again: "Erneut prüfen",
    details: "Alle Prüfungen",
    summary: (passed, all) =>
      passed === all
        ? `Alle ${all} Prüfungen bestanden`
        : `${passed} von ${all} Prüfungen bestanden`,
    unread: (names) =>
      `Der Dienst kann ${names} nicht lesen. Weisen Sie ihm dort für diese Prüfung die Rolle „Reader“ zu.`,
    statuses: { Passed: "bestanden", Failed: "nicht bestanden", NotReached: "nicht erreicht" },
    checks: {
      "url-scheme": "Die URL des Schlüssels ist https",
      "url-form": "Die URL nennt einen Schlüssel",
      "url-host": "Der Host ist ein Schlüsseltresor dieser Cloud",
      "vault-resource-id": "Der Tresor passt zur URL des Schlüssels",
      "identity-present": "Der Auftrag hat die Identität",
      "identity-usable": "Die Identität kann sich anmelden",
      "vault-tenant": "Der Tresor ist in diesem Verzeichnis",
      "vault-found": "Es gibt den Tresor",
      "vault-protection": "Vorläufiges Löschen und Löschschutz sind an",
      "vault-access": "Die Identität kann den Schlüssel nutzen",
      "key-found": "Es gibt den Schlüssel",
      "key-type": "Es ist ein RSA-Schlüssel",
      "key-size": "Er hat mindestens 2048 Bit",
      "key-operations": "Er erlaubt Ein- und Auspacken",
      "key-enabled": "Er ist eingeschaltet",
      "key-expiry": "Er ist nicht abgelaufen",
      "key-activation": "Er ist schon gültig",
      "vault-region": "Der Tresor ist in der Region der Speicherkonten",
      "wrap-and-unwrap": "Ein- und Auspacken gelingt",
    },
  },
  device: {
    intro:
      "Geben Sie den Entsperrschlüssel in die lokale Weboberfläche des Knotens ein, dessen Seriennummer Sie dort sehen.",
    serial: "Seriennummer des Geräts",
    unlockKeyCode: "QR-Code des Entsperrschlüssels",
    unlockKeyCodeHint:
      "Die Seite des Geräts kann diesen Code scannen: Passkey > Mit der Kamera scannen.",
    unlockKey: "Entsperrschlüssel",
    show: "Entsperrschlüssel anzeigen",
    showing: "Der Schlüsseltresor wird gefragt …",
    hide: "Verbergen",
    hidden: "••••••••••••",
    notAllowed:
      "Ihre Rollen erlauben nicht, den Entsperrschlüssel zu sehen. Bitten Sie Ihren Sicherheitsadministrator um eine Rolle wie „Data Box Contributor“.",
    audited:
      "Bei jedem Anzeigen wird Ihr Name aufgezeichnet. Nach einer Minute ist der Schlüssel wieder verborgen.",
    hidesIn: (seconds) => `Wieder verborgen in ${seconds} s`,
    certificateTitle: "API-Zugriff auf das Gerät",
    certificate: "Öffentlichen Schlüssel des Geräts herunterladen",
    certificateHint: "Der öffentliche Schlüssel, mit dem das Gerät unterschreibt, als JWK.",
  },
  stages: {
    DeviceOrdered: "Bestellt",
    DevicePrepared: "Vorbereitet",
    Dispatched: "Versandt",
    Delivered: "Zugestellt",
    PickedUp: "Abgeholt",
    AtAzureDC: "Eingegangen",
    DataCopy: "Daten werden kopiert",
    Completed: "Abgeschlossen",
    CompletedWithErrors: "Mit Fehlern abgeschlossen",
    CompletedWithWarnings: "Mit Warnungen abgeschlossen",
    Cancelled: "Storniert",
    Aborted: "Abgebrochen",
    Failed_IssueReportedAtCustomer: "Fehlgeschlagen: Problem beim Kunden",
    Failed_IssueDetectedAtAzureDC: "Fehlgeschlagen: Problem im Rechenzentrum",
  },
  stageStatuses: {
    None: "Nicht erreicht",
    InProgress: "Läuft",
    Succeeded: "Fertig",
    Failed: "Fehlgeschlagen",
    Cancelled: "Storniert",
    Cancelling: "Wird storniert",
    SucceededWithErrors: "Fertig mit Fehlern",
    WaitingForCustomerAction: "Wartet auf Sie",
    SucceededWithWarnings: "Fertig mit Warnungen",
    WaitingForCustomerActionForKek: "Angehalten: Schlüssel nicht verwendbar",
    WaitingForCustomerActionForCleanUp: "Wartet vor dem Bereinigen auf Sie",
    CustomerActionPerformedForCleanUp: "Bereinigung folgt",
    CustomerActionPerformed: "Sie haben gehandelt",
  },
  encryptionTypes: {
    MicrosoftManaged: "Von Microsoft verwalteter Schlüssel",
    CustomerManaged: "Kundenseitig verwalteter Schlüssel",
  },
  healthStates: {
    Healthy: "In Ordnung",
    AtRisk: "Gefährdet",
    Unusable: "Nicht verwendbar",
    Unknown: "Noch nicht geprüft",
    NotWatched: "Nicht überwacht",
  },
  lockStates: {
    notPrepared: "Nicht vorbereitet",
    locked: "Gesperrt",
    unlocked: "Entsperrt",
    grace: "Entsperrt, in der Ausfallfrist",
    revoked: "Widerrufen",
  },
};
