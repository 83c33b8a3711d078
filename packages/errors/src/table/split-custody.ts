import type { Step, Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

const ADD_RECOVERY_KEY = {
  en: "Add a recovery key before the appliance is prepared (portal: order > Backup keys; docs/customer/backup-keys.md)",
  de: "Fügen Sie einen Wiederherstellungsschlüssel hinzu, bevor das Gerät vorbereitet wird (Portal: Auftrag > Ersatzschlüssel; docs/customer/backup-keys.md)",
  for: "order-owner",
} as const satisfies Step<Text>;

const COMPUTE_THUMBPRINT = {
  en: "Compute the thumbprints from your own key files, not from a page of the service (docs/customer/split-custody.md)",
  de: "Berechnen Sie die Fingerabdrücke aus Ihren eigenen Schlüsseldateien, nicht von einer Seite des Dienstes (docs/customer/split-custody.md)",
  for: "order-owner",
} as const satisfies Step<Text>;

const EXPORT_SHARES = {
  en: "Export the envelopes of the order: deviceShare is the share of each node, for your recovery key",
  de: "Exportieren Sie die Umschläge des Auftrags: deviceShare ist der Anteil jedes Knotens, für Ihren Wiederherstellungsschlüssel",
  command:
    'az rest --method get --url "{orderId}/envelopes?api-version=2022-12-01" --query "value[].deviceShare"',
  for: "order-owner",
} as const satisfies Step<Text>;

/** Split custody: the broker alone cannot open the appliance, and neither can the appliance. */
export const SPLIT_CUSTODY_ERRORS = {
  PasskeyNotInEscrow: refused(403, "site-operator", {
    title: {
      en: "The order has no passkey",
      de: "Der Auftrag hat keinen Passkey",
    },
    message: {
      en: "The order is in split custody, so no passkey opens its appliance and the broker has none to show",
      de: "Der Auftrag ist in geteilter Verwahrung: Kein Passkey öffnet sein Gerät, und der Broker hat keinen zu zeigen",
    },
    recoverable: "no",
    ask: {
      en: "Unlock the appliance over the network, or offline by challenge and answer.",
      de: "Entsperren Sie das Gerät über das Netz, oder ohne Netz durch Anfrage und Antwort.",
    },
    steps: [
      UNLOCK_AGAIN,
      {
        en: "Without a network, start a challenge at the appliance and have it answered in the portal",
        de: "Ohne Netz beginnen Sie eine Anfrage am Gerät und lassen sie im Portal beantworten",
        command: "databox-agent challenge",
      },
    ],
    why: {
      en: "In split custody the unlock key is derived from a share of the broker's and a share that only the appliance has. Only the appliance can put them together.",
      de: "Bei geteilter Verwahrung wird der Entsperrschlüssel aus einem Anteil des Brokers und einem Anteil abgeleitet, den nur das Gerät hat. Nur das Gerät kann sie zusammensetzen.",
    },
    meanwhile: {
      en: "Unlocking over the network and offline works as before.",
      de: "Das Entsperren über das Netz und ohne Netz geht wie zuvor.",
    },
  }),
  CustodyRevertForbidden: refused(400, "order-owner", {
    title: {
      en: "Split custody cannot be undone",
      de: "Geteilte Verwahrung lässt sich nicht rückgängig machen",
    },
    message: {
      en: "An order in split custody cannot go back to escrow",
      de: "Ein Auftrag in geteilter Verwahrung kann nicht zurück zur Hinterlegung",
    },
    recoverable: "no",
    ask: {
      en: "Ask the owner of order {orderName} to leave its custody as it is.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, seine Verwahrung zu lassen, wie sie ist.",
    },
    steps: [
      {
        en: "Write the unlock policy without the member custody, which leaves it as it is",
        de: "Schreiben Sie die Entsperrrichtlinie ohne das Feld custody; dann bleibt es, wie es ist",
      },
    ],
    why: {
      en: "An attacker who controls the broker could otherwise obtain the whole key at the next re-key.",
      de: "Sonst könnte, wer den Broker beherrscht, ihm beim nächsten neuen Schlüssel den ganzen Schlüssel verschaffen.",
    },
    meanwhile: {
      en: "The policy in force stays.",
      de: "Die geltende Richtlinie bleibt.",
    },
  }),
  RequestDisallowedByPolicy: refused(403, "order-owner", {
    title: {
      en: "The subscription allows only split custody",
      de: "Das Abonnement erlaubt nur geteilte Verwahrung",
    },
    message: {
      en: "The order asks for escrow, and a policy of its subscription allows only split custody",
      de: "Der Auftrag will die Hinterlegung, und eine Richtlinie seines Abonnements erlaubt nur geteilte Verwahrung",
    },
    ask: {
      en: "Ask the owner of order {orderName} to place it in split custody.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, ihn mit geteilter Verwahrung zu erteilen.",
    },
    steps: [
      {
        en: "Place the order in split custody: write it into properties.custody, or leave that member out (docs/customer/split-custody.md)",
        de: "Erteilen Sie den Auftrag mit geteilter Verwahrung: Schreiben Sie sie in properties.custody, oder lassen Sie das Feld weg (docs/customer/split-custody.md)",
      },
    ],
    why: {
      en: "An owner of the subscription has set its custody policy, so that the service can open no new appliance of it.",
      de: "Ein Besitzer des Abonnements hat dessen Verwahrungsrichtlinie gesetzt, damit der Dienst keines seiner neuen Geräte öffnen kann.",
    },
    meanwhile: {
      en: "Nothing is placed. Orders that exist keep their custody.",
      de: "Nichts wird erteilt. Bestehende Aufträge behalten ihre Verwahrung.",
    },
  }),
  RecoveryKeyMissing: refused(409, "order-owner", {
    title: {
      en: "The appliance could not be recovered",
      de: "Das Gerät ließe sich nicht wiederherstellen",
    },
    message: {
      en: "The order is in split custody, and no recovery key of its owner could replace the appliance's own share",
      de: "Der Auftrag ist in geteilter Verwahrung, und kein Wiederherstellungsschlüssel seines Besitzers könnte den Anteil des Geräts ersetzen",
    },
    ask: {
      en: "Ask the owner of order {orderName} to add a recovery key, or to accept in the unlock policy that there is none.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, einen Wiederherstellungsschlüssel hinzuzufügen oder in der Entsperrrichtlinie hinzunehmen, dass es keinen gibt.",
    },
    steps: [
      ADD_RECOVERY_KEY,
      {
        en: "Or set custody.acceptNoRecovery to true in the unlock policy: a broken mainboard then loses the data",
        de: "Oder setzen Sie custody.acceptNoRecovery in der Entsperrrichtlinie auf true: Eine defekte Hauptplatine verliert dann die Daten",
        for: "order-owner",
      },
    ],
    why: {
      en: "The appliance's share exists on the appliance only. Without a copy for a recovery key, a broken TPM or disk of the system loses the data.",
      de: "Den Anteil des Geräts gibt es nur auf dem Gerät. Ohne eine Kopie für einen Wiederherstellungsschlüssel verliert ein defektes TPM oder ein defekter Systemdatenträger die Daten.",
    },
    meanwhile: {
      en: "The order stays in its stage; nothing is dispatched.",
      de: "Der Auftrag bleibt in seiner Phase; nichts wird versandt.",
    },
  }),
  RecoveryKeyUnconfirmed: refused(409, "order-owner", {
    title: {
      en: "The recovery keys are not confirmed",
      de: "Die Wiederherstellungsschlüssel sind nicht bestätigt",
    },
    message: {
      en: "The broker names other recovery keys than this node knows or was given, so the node makes no copy of its share",
      de: "Der Broker nennt andere Wiederherstellungsschlüssel, als dieser Knoten kennt oder genannt bekam; deshalb kopiert der Knoten seinen Anteil nicht",
    },
    ask: {
      en: "Ask the owner of order {orderName} for the thumbprints of their recovery keys, and compare them with the one that is shown.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName} um die Fingerabdrücke seiner Wiederherstellungsschlüssel, und vergleichen Sie sie mit dem angezeigten.",
    },
    steps: [
      COMPUTE_THUMBPRINT,
      {
        en: "If you added, replaced or removed a recovery key, or replaced the device, re-key with the thumbprints of all your keys as KEYS, separated by commas",
        de: "Haben Sie einen Wiederherstellungsschlüssel hinzugefügt, ersetzt oder entfernt oder das Gerät ersetzt, geben Sie dem Knoten einen neuen Schlüssel mit den Fingerabdrücken aller Ihrer Schlüssel als KEYS, durch Kommas getrennt",
        command: "databox-agent rekey --recovery-keys KEYS",
        for: "site-operator",
      },
      {
        en: "If the key is not yours, remove it (portal: order > Backup keys), and tell your security administrator: its owner could read the appliance's share",
        de: "Ist der Schlüssel nicht Ihrer, entfernen Sie ihn (Portal: Auftrag > Ersatzschlüssel), und sagen Sie es Ihrem Sicherheitsadministrator: Sein Besitzer könnte den Anteil des Geräts lesen",
        for: "order-owner",
      },
    ],
    why: {
      en: "The holder of a recovery key gets a copy of the appliance's share. A broker that was taken over could name a key of its own, and open the appliance with it.",
      de: "Der Besitzer eines Wiederherstellungsschlüssels erhält eine Kopie des Anteils des Geräts. Ein Broker in fremder Hand könnte einen eigenen Schlüssel nennen und das Gerät damit öffnen.",
    },
    meanwhile: {
      en: "Nothing changes: a prepared node keeps its key, its share and the copy of the share that exists.",
      de: "Nichts ändert sich: Ein vorbereiteter Knoten behält seinen Schlüssel, seinen Anteil und die Kopie des Anteils, die es gibt.",
    },
    reasons: {
      interrupted: {
        message: {
          en: "An interrupted re-key was finished, and its copy of the share is for other recovery keys than those that were given now",
          de: "Ein unterbrochener Schlüsselwechsel wurde abgeschlossen, und seine Kopie des Anteils ist für andere Wiederherstellungsschlüssel als die jetzt genannten",
        },
        who: "site-operator",
        steps: [
          {
            en: "Re-key once more with the thumbprints of all your keys as KEYS, separated by commas",
            de: "Geben Sie dem Knoten noch einmal einen neuen Schlüssel mit den Fingerabdrücken aller Ihrer Schlüssel als KEYS, durch Kommas getrennt",
            command: "databox-agent rekey --recovery-keys KEYS",
          },
        ],
        meanwhile: "The volume has its new key, and the copy opens its share.",
      },
      prepare: {
        message: {
          en: "The recovery keys of the order are not those that were given to the preparation",
          de: "Die Wiederherstellungsschlüssel des Auftrags sind nicht die, die der Vorbereitung genannt wurden",
        },
        steps: [
          COMPUTE_THUMBPRINT,
          {
            en: "If the given thumbprints are right, add these keys to the order and remove every other one (portal: order > Backup keys); then prepare again with the same options",
            de: "Stimmen die genannten Fingerabdrücke, fügen Sie diese Schlüssel dem Auftrag hinzu und entfernen Sie jeden anderen (Portal: Auftrag > Ersatzschlüssel); bereiten Sie dann mit denselben Optionen noch einmal vor",
            for: "order-owner",
          },
          {
            en: "If the node was enrolled before without them, move its state away, replace the device (portal: order > Device details > Replace device), and prepare with the new code",
            de: "Wurde der Knoten zuvor ohne sie angemeldet, legen Sie seinen Zustand beiseite, ersetzen Sie das Gerät (Portal: Auftrag > Gerätedetails > Gerät ersetzen), und bereiten Sie mit dem neuen Code vor",
            command: "mv {stateDir} {stateDir}.replaced",
            for: "site-operator",
          },
          {
            en: "If it is prepared already, unlock it and re-key it with the thumbprints of your keys as KEYS, separated by commas",
            de: "Ist er schon vorbereitet, entsperren Sie ihn, und geben Sie ihm einen neuen Schlüssel mit den Fingerabdrücken Ihrer Schlüssel als KEYS, durch Kommas getrennt",
            command: "databox-agent rekey --recovery-keys KEYS",
            for: "site-operator",
          },
        ],
      },
    },
  }),
  DeviceShareMissing: invalid(500, "order-owner", {
    title: {
      en: "The appliance's share of the key is missing",
      de: "Der Anteil des Geräts am Schlüssel fehlt",
    },
    message: {
      en: "This machine does not have its own share of the unlock key",
      de: "Diese Maschine hat ihren eigenen Anteil am Entsperrschlüssel nicht",
    },
    ask: {
      en: "Ask the owner of order {orderName} for the share of node {serial}, which their recovery key opens.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName} um den Anteil des Knotens {serial}, den sein Wiederherstellungsschlüssel öffnet.",
    },
    steps: [
      EXPORT_SHARES,
      {
        en: "Open it with the recovery key, and give the result to the appliance on standard input (docs/customer/split-custody.md)",
        de: "Öffnen Sie ihn mit dem Wiederherstellungsschlüssel, und geben Sie das Ergebnis dem Gerät über die Standardeingabe (docs/customer/split-custody.md)",
        command: "databox-agent recover",
        for: "site-operator",
      },
      TRY_AGAIN,
    ],
    why: {
      en: "The share lies in the state folder, or in the machine's TPM. It is gone after the disk of the system, the mainboard or the TPM was replaced or cleared.",
      de: "Der Anteil liegt im Zustandsordner oder im TPM der Maschine. Er ist weg, wenn der Systemdatenträger, die Hauptplatine oder das TPM ersetzt oder zurückgesetzt wurde.",
    },
    meanwhile: {
      en: "The volume stays locked. Nothing is lost as long as a recovery key of the owner exists.",
      de: "Das Volume bleibt gesperrt. Nichts ist verloren, solange es einen Wiederherstellungsschlüssel des Besitzers gibt.",
    },
  }),
};
