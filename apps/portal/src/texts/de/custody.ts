import type { custody as english } from "../en/custody.ts";

export const custody: typeof english = {
  title: "Verwahrung",
  label: "Zugang zum Gerät",
  hint: "Geteilte Verwahrung lässt sich nicht rückgängig machen. Ein vorbereitetes Gerät wechselt mit seinem nächsten neuen Schlüssel.",
  needsOwnKey:
    "Geteilte Verwahrung braucht einen kundenseitig verwalteten Schlüssel. Wählen Sie oben einen.",
  splitOnly:
    "Dieses Abonnement erlaubt nur geteilte Verwahrung: Sein Besitzer hat eine Richtlinie gesetzt.",
  kinds: {
    escrow: "Hinterlegung: auch der Dienst kann es öffnen und seinen Passkey zeigen",
    split: "Geteilt: nur das Gerät, mit seinem Anteil und einem, den Ihr Schlüssel freigibt",
  },
  recovery:
    "Fügen Sie unter Ersatzschlüssel einen Wiederherstellungsschlüssel hinzu, bevor das Gerät vorbereitet wird. Er stellt den Anteil des Geräts wieder her, wenn dessen Hauptplatine oder Systemdatenträger ausfällt.",
  acceptNoRecovery:
    "Das Gerät ohne Wiederherstellungsschlüssel senden; ein Defekt verliert dann die Daten",
  names: {
    escrow: "Hinterlegung",
    split: "Geteilt",
    vault: "Ihr Schlüsseltresor",
    serviceKey: "Der Schlüssel des Dienstes",
    service: "Der Dienst",
    appliance: "Das Gerät",
    unlockKey: "Der Entsperrschlüssel",
    owner: "Sie, offline",
  },
  serviceKey: "Er entschlüsselt die Kopie des Dienstes. Sie können ihn nicht deaktivieren.",
  escrow: {
    key: "Ihr Schlüssel. Er entschlüsselt die Kopie des Dienstes, und Sie können ihn deaktivieren.",
    sentence:
      "Bei Hinterlegung kann auch der Dienst das Volume öffnen, ebenso alle, die den Passkey kennen.",
    holders: {
      service: "Den ganzen Entsperrschlüssel, verschlüsselt.",
      appliance: "Nichts, was es öffnet.",
      unlockKey:
        "Wird bei jeder Entsperrung an das Gerät gesendet und im Portal als Passkey gezeigt.",
      owner: "Ein Wiederherstellungsschlüssel öffnet das Gerät ohne den Dienst.",
    },
    losses: [
      {
        lost: "Die Daten des Dienstes",
        consequence:
          "Kein Verlust, wenn Sie die Umschläge exportiert und einen Wiederherstellungsschlüssel haben.",
      },
      {
        lost: "Der Schlüssel",
        consequence: "Ein Ersatzschlüssel ersetzt ihn. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Die Hauptplatine des Geräts",
        consequence: "Kein Verlust: Der Passkey öffnet das Volume.",
      },
    ],
  },
  split: {
    key: "Ihr Schlüssel. Er entschlüsselt den Anteil des Dienstes, und Sie können ihn deaktivieren.",
    sentence:
      "Bei geteilter Verwahrung können weder der Dienst noch das Gerät das Volume allein öffnen.",
    holders: {
      service: "Einen Anteil, verschlüsselt.",
      appliance:
        "Den anderen Anteil, in seinem TPM oder einer privaten Datei. Er verlässt es nie im Klartext.",
      unlockKey: "Entsteht aus beiden Anteilen, nur auf dem Gerät. Es gibt keinen Passkey.",
      owner: "Ein Wiederherstellungsschlüssel stellt den Anteil des Geräts wieder her.",
    },
    losses: [
      {
        lost: "Die Daten des Dienstes",
        consequence:
          "Kein Verlust, wenn Sie die Umschläge exportiert und einen Wiederherstellungsschlüssel haben.",
      },
      {
        lost: "Der Schlüssel",
        consequence: "Ein Ersatzschlüssel ersetzt ihn. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Die Hauptplatine oder der Systemdatenträger des Geräts",
        consequence:
          "Ein Wiederherstellungsschlüssel stellt seinen Anteil wieder her. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Der Wiederherstellungsschlüssel",
        consequence:
          "Noch kein Verlust. Fügen Sie einen anderen hinzu, und geben Sie dem Gerät einen neuen Schlüssel mit dessen Fingerabdruck (--recovery-keys).",
      },
    ],
  },
  noPasskey: "Bei geteilter Verwahrung gibt es keinen Passkey.",
  change: "Entsperrrichtlinie: wer was hat, und was wann verloren ist",
  lossTitle: "Wenn etwas verloren geht",
  who: {
    title: "Wer entsperren kann",
    escrow:
      "Das Gerät und der Dienst, solange der Schlüssel es erlaubt; alle, die den Passkey kennen",
    split: "Nur das Gerät, solange der Schlüssel es erlaubt",
    place: "Der Anteil des Geräts",
    places: {
      file: "In einer privaten Datei (Angabe des Knotens)",
      tpm: "Versiegelt von seinem TPM (Angabe des Knotens)",
      "tpm-measured-boot":
        "Versiegelt von seinem TPM, an den gemessenen Start gebunden (Angabe des Knotens)",
    },
    recovery: "Wiederherstellung",
    copied:
      "Vorbereitet. Das Gerät hat seinen Anteil für diese Wiederherstellungsschlüssel kopiert:",
    compare: "Vergleichen Sie die Fingerabdrücke mit Ihren eigenen Wiederherstellungsschlüsseln.",
    none: "Nicht vorbereitet: Fällt die Hauptplatine oder der Systemdatenträger aus, sind die Daten verloren.",
  },
};
