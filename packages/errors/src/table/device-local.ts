import type { Text } from "../row.ts";
import { invalid } from "./classes.ts";

const VOLUME_STAYS_LOCKED = {
  en: "The volume stays locked; nothing stored changes.",
  de: "Das Volume bleibt gesperrt; nichts Gespeichertes ändert sich.",
} as const satisfies Text;

/** Failures on the appliance itself, or on the machine that runs one of our programs. */
export const DEVICE_LOCAL_ERRORS = {
  VolumeRejectedKey: invalid(409, "broker-operator", {
    title: {
      en: "The volume does not open with this key",
      de: "Das Volume öffnet sich nicht mit diesem Schlüssel",
    },
    message: {
      en: "The volume does not accept the unlock key",
      de: "Das Volume nimmt den Entsperrschlüssel nicht an",
    },
    ask: {
      en: "Tell the broker's operator that the volume of node {serial} does not accept its unlock key; the key vault is not the problem.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass das Volume des Knotens {serial} seinen Entsperrschlüssel nicht annimmt; am Schlüsseltresor liegt es nicht.",
    },
    steps: [
      {
        en: "See which volume and which envelope the agent uses",
        de: "Sehen Sie nach, welches Volume und welchen Umschlag der Agent benutzt",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        en: "Make sure that it is the disk of this node; the volume's header may have been restored from another one",
        de: "Vergewissern Sie sich, dass es der Datenträger dieses Knotens ist; der Header des Volumes kann von einem anderen wiederhergestellt worden sein",
      },
      {
        en: "After a recovery in split custody, make sure that the share was this node's, and give it the right one",
        de: "Vergewissern Sie sich nach einer Wiederherstellung in geteilter Verwahrung, dass der Anteil der dieses Knotens war, und geben Sie ihm den richtigen",
        command: "databox-agent recover",
        for: "site-operator",
      },
    ],
    why: {
      en: "The broker granted the key and the envelope opened, but cryptsetup found no key slot for it.",
      de: "Der Broker hat den Schlüssel freigegeben, und der Umschlag ließ sich öffnen, aber cryptsetup fand dafür keinen Schlüsselplatz.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  VolumeHeaderRolledBack: invalid(409, "site-operator", {
    title: {
      en: "The volume has an old header",
      de: "Das Volume hat einen alten Header",
    },
    message: {
      en: "The header of the volume is older than the one that this node used last",
      de: "Der Header des Volumes ist älter als der, den dieser Knoten zuletzt benutzt hat",
    },
    ask: {
      en: "Restore the newest header of the volume of node {serial}; the one on the disk is from before its unlock key was replaced.",
      de: "Stellen Sie den neuesten Header des Volumes des Knotens {serial} wieder her; der auf dem Datenträger stammt aus der Zeit, bevor sein Entsperrschlüssel ersetzt wurde.",
    },
    steps: [
      {
        en: "See which volume the agent uses",
        de: "Sehen Sie nach, welches Volume der Agent benutzt",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        en: "Restore the header from a backup that was made after the last rekeying",
        de: "Stellen Sie den Header aus einer Sicherung wieder her, die nach dem letzten Schlüsselwechsel gemacht wurde",
        for: "site-operator",
      },
    ],
    why: {
      en: "Each rekeying removes a key slot from the header. A header from a backup still has that slot, and the old passkey would open it.",
      de: "Jeder Schlüsselwechsel entfernt einen Schlüsselplatz aus dem Header. Ein Header aus einer Sicherung hat diesen Platz noch, und der alte Passkey würde ihn öffnen.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  PasskeyRejected: invalid(403, "site-operator", {
    title: { en: "The passkey is wrong", de: "Der Passkey ist falsch" },
    message: {
      en: "The volume does not open with this passkey",
      de: "Das Volume öffnet sich nicht mit diesem Passkey",
    },
    ask: {
      en: "Type the passkey of node {serial} again, letter by letter as the portal shows it; {triesLeft} tries are left.",
      de: "Geben Sie den Passkey des Knotens {serial} noch einmal ein, Zeichen für Zeichen, wie das Portal ihn zeigt; {triesLeft} Versuche bleiben.",
    },
    steps: [
      {
        en: "Compare upper and lower case; a passkey never holds I, L, O or 0",
        de: "Achten Sie auf Groß- und Kleinbuchstaben; I, L, O und 0 kommen in einem Passkey nie vor",
      },
      {
        en: "Read the passkey of this node again (portal: order > Device details): it changes when the node is rekeyed, and each node of a Data Box Heavy has its own line",
        de: "Lesen Sie den Passkey dieses Knotens neu (Portal: Auftrag > Gerätedetails): Er ändert sich, wenn der Knoten einen neuen Schlüssel bekommt, und jeder Knoten einer Data Box Heavy hat seine eigene Zeile",
        for: "order-owner",
      },
      {
        en: "Or unlock over the network instead",
        de: "Oder entsperren Sie stattdessen über das Netz",
        command: "databox-agent unlock",
      },
    ],
    why: {
      en: "The typed passkey fits no key slot of the volume. Five wrong tries are allowed, across restarts; then there is a wait of 15 minutes.",
      de: "Der eingegebene Passkey passt zu keinem Schlüsselplatz des Volumes. Fünf falsche Versuche sind erlaubt, über Neustarts hinweg; dann folgt eine Wartezeit von 15 Minuten.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  PasskeyTriesExhausted: invalid(429, "site-operator", {
    title: { en: "Too many wrong passkeys", de: "Zu viele falsche Passkeys" },
    message: {
      en: "The passkey was wrong five times, and no further try is allowed yet",
      de: "Der Passkey war fünfmal falsch, und ein weiterer Versuch ist noch nicht erlaubt",
    },
    ask: {
      en: "Leave node {serial} switched on for {retryAfterSeconds} seconds, then type its passkey again.",
      de: "Lassen Sie den Knoten {serial} {retryAfterSeconds} Sekunden eingeschaltet, und geben Sie seinen Passkey dann noch einmal ein.",
    },
    steps: [
      {
        en: "Wait for {retryAfterSeconds} seconds; switching the node off and on restarts the wait",
        de: "Warten Sie {retryAfterSeconds} Sekunden; mit dem Aus- und Einschalten des Knotens beginnt die Wartezeit von vorn",
      },
      {
        en: "Meanwhile it can be unlocked over the network",
        de: "Inzwischen lässt er sich über das Netz entsperren",
        command: "databox-agent unlock",
      },
    ],
    why: {
      en: "Someone who has the appliance must not be able to guess its passkey.",
      de: "Wer das Gerät in der Hand hat, darf seinen Passkey nicht erraten.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  RekeyNeedsLease: invalid(409, "site-operator", {
    title: { en: "The node must be unlocked first", de: "Der Knoten muss zuerst entsperrt werden" },
    message: {
      en: "Rekeying needs a volume that was unlocked with a lease of the broker",
      de: "Ein neuer Schlüssel braucht ein Volume, das durch eine Frist des Brokers offen ist",
    },
    ask: {
      en: "Unlock node {serial} over the network, then rekey it again.",
      de: "Entsperren Sie den Knoten {serial} über das Netz, und geben Sie ihm dann noch einmal einen neuen Schlüssel.",
    },
    steps: [
      {
        en: "Unlock over the network",
        de: "Entsperren Sie über das Netz",
        command: "databox-agent unlock",
      },
      {
        en: "Then rekey",
        de: "Geben Sie ihm dann einen neuen Schlüssel",
        command: "databox-agent rekey",
      },
    ],
    why: {
      en: "The lease proves the decision to release the key. A volume that is locked, or that a passkey opened before the broker answered, has none.",
      de: "Die Frist belegt die Entscheidung, den Schlüssel freizugeben. Ein Volume, das gesperrt ist oder das ein Passkey öffnete, bevor der Broker antwortete, hat keine.",
    },
    meanwhile: {
      en: "The broker is not called; the volume keeps its key.",
      de: "Der Broker wird um nichts gebeten; das Volume behält seinen Schlüssel.",
    },
  }),
  LocalSignInRequired: invalid(401, "site-operator", {
    title: { en: "Sign in first", de: "Melden Sie sich zuerst an" },
    message: {
      en: "You must sign in at the appliance to do this",
      de: "Das darf nur, wer sich am Gerät angemeldet hat",
    },
    ask: {
      en: "Sign in with the passkey of node {serial}; the portal shows it to people who are allowed to see it.",
      de: "Melden Sie sich mit dem Passkey des Knotens {serial} an; das Portal zeigt ihn denen, die ihn sehen dürfen.",
    },
    steps: [
      {
        en: "Sign in with the passkey (portal: order > Device details)",
        de: "Melden Sie sich mit dem Passkey an (Portal: Auftrag > Gerätedetails)",
      },
    ],
    why: {
      en: "The session has ended, or there was none: it ends after 15 minutes without use, and with a restart of the agent.",
      de: "Die Sitzung ist beendet, oder es gab keine: Sie endet nach 15 Minuten ohne Benutzung und mit einem Neustart des Agenten.",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
  LocalRequestForbidden: invalid(403, "site-operator", {
    title: {
      en: "The request did not come from this appliance's page",
      de: "Die Anforderung kam nicht von der Seite dieses Geräts",
    },
    message: {
      en: "The local UI accepts requests only from its own page",
      de: "Die lokale Oberfläche nimmt nur Anforderungen ihrer eigenen Seite an",
    },
    ask: {
      en: "Open the appliance's page by its IP address, then try again.",
      de: "Öffnen Sie die Seite des Geräts unter seiner IP-Adresse, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Open https:// and the appliance's IP address, and use that page",
        de: "Öffnen Sie https:// und die IP-Adresse des Geräts, und arbeiten Sie auf dieser Seite",
      },
    ],
    reasons: {
      host: {
        message: {
          en: "The appliance was called by a name that is not its own",
          de: "Das Gerät wurde unter einem Namen aufgerufen, der nicht seiner ist",
        },
      },
      "cross-site": {
        message: {
          en: "Another site sent the request",
          de: "Eine andere Website hat die Anforderung gesendet",
        },
      },
      token: {
        message: {
          en: "The request does not carry the token of its session",
          de: "Die Anforderung enthält nicht das Token ihrer Sitzung",
        },
      },
    },
    why: {
      en: "Another site that is open in the same browser must not control this appliance, not even through a name that was pointed at its address (DNS rebinding).",
      de: "Eine andere Website, die im selben Browser geöffnet ist, darf dieses Gerät nicht steuern, auch nicht über einen Namen, der auf seine Adresse gelenkt wurde (DNS-Rebinding).",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
  LocalRequestMalformed: invalid(400, "site-operator", {
    title: {
      en: "The request is not valid",
      de: "Die Anforderung ist ungültig",
    },
    message: {
      en: "The local UI cannot read the request",
      de: "Die lokale Oberfläche kann die Anforderung nicht lesen",
    },
    ask: {
      en: "Reload the appliance's page, then try again.",
      de: "Laden Sie die Seite des Geräts neu, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Reload the page; programs: see docs/reference/local-ui-api.md",
        de: "Laden Sie die Seite neu; für Programme: siehe docs/reference/local-ui-api.md",
      },
    ],
    reasons: {
      route: {
        message: {
          en: "There is no such address or method",
          de: "Diese Adresse oder Methode gibt es nicht",
        },
      },
      body: {
        message: {
          en: "The body is not what this address expects",
          de: "Der Textkörper ist nicht der, den diese Adresse erwartet",
        },
      },
      size: { message: { en: "The body is too large", de: "Der Textkörper ist zu groß" } },
      type: { message: { en: "The body must be JSON", de: "Der Textkörper muss JSON sein" } },
    },
    why: {
      en: "It came from a program, or from a page of another version of the agent.",
      de: "Ein Programm hat sie gesendet, oder eine Seite einer anderen Version des Agenten.",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
  LocalRequestTooMany: invalid(429, "site-operator", {
    title: { en: "Too many requests", de: "Zu viele Anforderungen" },
    message: {
      en: "The appliance received too many requests",
      de: "Das Gerät hat zu viele Anforderungen erhalten",
    },
    ask: {
      en: "Wait for {retryAfterSeconds} seconds, then try again.",
      de: "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann noch einmal.",
    },
    steps: [
      {
        en: "Wait for {retryAfterSeconds} seconds",
        de: "Warten Sie {retryAfterSeconds} Sekunden lang",
      },
    ],
    why: {
      en: "Requests that are slow or use the network are limited to a few per minute.",
      de: "Anforderungen, die langsam sind oder das Netz benutzen, sind auf wenige pro Minute begrenzt.",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
  CertificateUnusable: invalid(400, "site-operator", {
    title: { en: "The certificate cannot be used", de: "Das Zertifikat ist nicht benutzbar" },
    message: {
      en: "The file is not a certificate that the local UI can use",
      de: "Die Datei ist kein Zertifikat, das die lokale Oberfläche benutzen kann",
    },
    ask: {
      en: "Provide a .pfx file with the certificate, its key and its chain, and the file's password.",
      de: "Stellen Sie eine .pfx-Datei mit dem Zertifikat, seinem Schlüssel und seiner Kette sowie das Passwort der Datei bereit.",
    },
    steps: [
      {
        en: "Check the file",
        de: "Sehen Sie sich die Datei an",
        command: "openssl pkcs12 -in certificate.pfx -info -nokeys",
      },
      {
        en: "If it uses too many iterations, create it again with fewer",
        de: "Verlangt sie zu viele Iterationen, schreiben Sie sie mit weniger neu",
        command:
          "openssl pkcs12 -in certificate.pfx -out certificate.pem && openssl pkcs12 -export -iter 2048 -in certificate.pem -out new.pfx",
      },
      {
        en: "Provide a server certificate that is valid now, names this appliance, and includes its key (EC, or RSA of 2048 bits or more) and its chain",
        de: "Bringen Sie ein Zertifikat für Server mit, das jetzt gültig ist, dieses Gerät nennt und seinen Schlüssel (EC, oder RSA mit 2048 Bit oder mehr) und seine Kette enthält",
      },
    ],
    why: {
      en: "Every certificate is checked before it is used: key, chain, time, purpose, names. With a wrong one, this page could no longer be reached.",
      de: "Jedes Zertifikat wird geprüft, bevor es benutzt wird: Schlüssel, Kette, Zeit, Zweck, Namen. Mit einem falschen wäre diese Seite nicht mehr erreichbar.",
    },
    meanwhile: {
      en: "The certificate in use stays in use.",
      de: "Das benutzte Zertifikat bleibt in Benutzung.",
    },
  }),
  ShutDownUnavailable: invalid(409, "site-operator", {
    title: { en: "Shutting down is not set up", de: "Das Ausschalten ist nicht eingerichtet" },
    message: {
      en: "This appliance was not set up to be shut down from its page",
      de: "Dieses Gerät wurde nicht so eingerichtet, dass es sich von seiner Seite ausschalten lässt",
    },
    ask: {
      en: "Shut the appliance down with its own switch; shutting down locks the volume.",
      de: "Schalten Sie das Gerät an seinem eigenen Schalter aus; das Herunterfahren sperrt das Volume.",
    },
    steps: [
      {
        en: "Use the appliance's power switch",
        de: "Benutzen Sie den Netzschalter des Geräts",
      },
      {
        en: "Or have the agent started with --shut-down-command",
        de: "Oder lassen Sie den Agenten mit --shut-down-command starten",
      },
    ],
    why: {
      en: "The agent runs only commands that were configured at its start.",
      de: "Der Agent führt nur Befehle aus, die bei seinem Start eingestellt wurden.",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
  VolumeNotFound: invalid(404, "site-operator", {
    title: { en: "The volume was not found", de: "Das Volume wurde nicht gefunden" },
    message: {
      en: "There is no volume at the configured path",
      de: "Am eingestellten Pfad gibt es kein Volume",
    },
    ask: {
      en: "Check that the disk is connected, then try again.",
      de: "Prüfen Sie, ob der Datenträger angeschlossen ist, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See which path the agent uses",
        de: "Sehen Sie nach, welchen Pfad der Agent benutzt",
        command: "databox-agent status",
      },
      {
        en: "Connect the disk, or correct the path with databox-agent prepare --volume",
        de: "Schließen Sie den Datenträger an, oder berichtigen Sie den Pfad mit databox-agent prepare --volume",
      },
    ],
    why: {
      en: "The path given at preparation does not exist.",
      de: "Den Pfad, der bei der Vorbereitung angegeben wurde, gibt es nicht.",
    },
    meanwhile: {
      en: "The broker is not called; nothing is changed.",
      de: "Der Broker wird um nichts gebeten; nichts ist geändert.",
    },
  }),
  VolumeUnavailable: invalid(409, "site-operator", {
    title: { en: "The volume cannot be used", de: "Das Volume ist nicht benutzbar" },
    message: {
      en: "The volume is in use, damaged or not readable",
      de: "Das Volume ist in Benutzung, beschädigt oder nicht lesbar",
    },
    ask: {
      en: "Check that nothing else uses the volume and that the agent may read it, then try again.",
      de: "Prüfen Sie, dass nichts anderes das Volume benutzt und dass der Agent es lesen darf, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See what uses the volume",
        de: "Sehen Sie nach, was das Volume benutzt",
        command: "lsblk --fs",
      },
      {
        en: "Run the agent as a user that may read and write the volume",
        de: "Lassen Sie den Agenten unter einem Benutzer laufen, der das Volume lesen und schreiben darf",
      },
    ],
    why: {
      en: "Opening it failed for another reason than the key: a lock, missing permissions, a damaged header, or device-mapper is missing.",
      de: "Das Öffnen schlug aus einem anderen Grund als dem Schlüssel fehl: eine Sperre, fehlende Rechte, ein beschädigter Header, oder device-mapper fehlt.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
    reasons: {
      generation: {
        message: {
          en: "The volume's header has a generation that this agent cannot read",
          de: "Der Header des Volumes hat eine Generation, die dieser Agent nicht lesen kann",
        },
        ask: {
          en: "Find out whether a newer agent has used the volume of node {serial}; if so, install that version again.",
          de: "Klären Sie, ob ein neuerer Agent das Volume des Knotens {serial} benutzt hat; wenn ja, installieren Sie diese Version wieder.",
        },
        steps: [
          {
            en: "Compare the agent's version with the one that last opened the volume, and install the newer one",
            de: "Vergleichen Sie die Version des Agenten mit der, die das Volume zuletzt geöffnet hat, und installieren Sie die neuere",
            command: "databox-agent --version",
          },
          {
            en: "If no newer agent was used, the header is damaged: restore it from a backup that was made after the last rekeying",
            de: "War kein neuerer Agent im Einsatz, ist der Header beschädigt: Stellen Sie ihn aus einer Sicherung wieder her, die nach dem letzten Schlüsselwechsel gemacht wurde",
          },
        ],
        why: "LUKS2 token 1 is there and is not of the form that this agent writes. Whether the header is old cannot be told, so no key is given to it.",
      },
    },
  }),
  CryptsetupMissing: invalid(501, "site-operator", {
    title: { en: "cryptsetup is not installed", de: "cryptsetup ist nicht installiert" },
    message: {
      en: "The program cryptsetup cannot be found",
      de: "Das Programm cryptsetup ist nicht zu finden",
    },
    ask: {
      en: "Install cryptsetup on the appliance, then try again.",
      de: "Installieren Sie cryptsetup auf dem Gerät, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Install it (Debian and Ubuntu)",
        de: "Installieren Sie es (Debian und Ubuntu)",
        command: "apt-get install cryptsetup-bin",
      },
      {
        en: "Or prepare a portable volume instead: databox-agent prepare --volume-kind file",
        de: "Oder bereiten Sie stattdessen ein portables Volume vor: databox-agent prepare --volume-kind file",
      },
    ],
    why: {
      en: "A LUKS2 volume is opened by cryptsetup, which is not in the search path.",
      de: "Ein LUKS2-Volume wird von cryptsetup geöffnet, das nicht im Suchpfad ist.",
    },
    meanwhile: {
      en: "The broker is not called; nothing is changed.",
      de: "Der Broker wird um nichts gebeten; nichts ist geändert.",
    },
  }),
  AgentNotPrepared: invalid(409, "site-operator", {
    title: { en: "The agent is not prepared", de: "Der Agent ist nicht vorbereitet" },
    message: {
      en: "The agent has not been prepared for an order",
      de: "Der Agent wurde für keinen Auftrag vorbereitet",
    },
    ask: {
      en: "Prepare the agent first, or name the state folder that it was prepared in.",
      de: "Bereiten Sie zuerst den Agenten vor, oder nennen Sie den Zustandsordner, in dem er vorbereitet wurde.",
    },
    steps: [
      {
        en: "If it was prepared in another folder than {stateDir}, name that one as FOLDER",
        de: "Wurde er in einem anderen Ordner als {stateDir} vorbereitet, nennen Sie diesen als FOLDER",
        command: "databox-agent --state-dir FOLDER status",
      },
      {
        en: "Or prepare the agent; this lists what that needs",
        de: "Oder bereiten Sie den Agenten vor; das listet auf, was dazu nötig ist",
        command: "databox-agent prepare --help",
      },
    ],
    why: {
      en: "The state folder holds no settings: preparation was never done, or was done in another folder.",
      de: "Der Zustandsordner enthält keine Einstellungen: Vorbereitet wurde nie oder in einem anderen Ordner.",
    },
    meanwhile: {
      en: "The broker is not called; nothing is changed.",
      de: "Der Broker wird um nichts gebeten; nichts ist geändert.",
    },
  }),
  BootStateChanged: invalid(409, "order-owner", {
    title: { en: "The node has started differently", de: "Der Knoten ist anders gestartet" },
    message: {
      en: "The TPM does not let the device key sign: the measurements of this boot differ from those that the key is bound to",
      de: "Das TPM lässt den Geräteschlüssel nicht signieren: Die Messung dieses Starts ist eine andere als die, an die der Schlüssel gebunden ist",
    },
    ask: {
      en: "Do not unlock node {serial} before it is known why it started differently; tell the order's owner, who decides whether it gets a new device key.",
      de: "Entsperren Sie den Knoten {serial} nicht, bevor bekannt ist, warum er anders gestartet ist; sagen Sie es dem Besitzer des Auftrags, der entscheidet, ob er einen neuen Geräteschlüssel bekommt.",
    },
    steps: [
      {
        en: "Check the measurements, and compare them with the changes to firmware, Secure Boot and boot loader",
        de: "Sehen Sie sich an, was gemessen wurde, und vergleichen Sie es mit dem, was sich geändert hat: Firmware, Secure Boot, Bootloader",
        command: "tpm2 pcrread sha256:0,2,4,7",
        for: "site-operator",
      },
      {
        en: "If the change was not intended, undo it and restart: the key signs as before",
        de: "War die Änderung nicht gewollt, machen Sie sie rückgängig, und starten Sie neu: Der Schlüssel signiert wie zuvor",
        for: "site-operator",
      },
      {
        en: "If it was intended, replace the device of the node {serial} (portal: order > Device details > Replace device), which gives a new enrolment code",
        de: "War sie gewollt, ersetzen Sie das Gerät des Knotens {serial} (Portal: Auftrag > Gerätedetails > Gerät ersetzen); das ergibt einen neuen Anmeldecode",
      },
      {
        en: "Move the old state away",
        de: "Legen Sie den alten Zustand beiseite",
        command: "mv {stateDir} {stateDir}.replaced",
        for: "site-operator",
      },
      {
        en: "Bind a new key to the current boot state, with the options of the first preparation; the data is not changed",
        de: "Binden Sie einen neuen Schlüssel an den Start, wie er jetzt ist, mit den Optionen der ersten Vorbereitung und ohne die Daten anzutasten",
        command: "databox-agent prepare --keep-volume --device-key tpm",
        for: "site-operator",
      },
      {
        en: "In split custody, give the node its share again, which the owner's recovery key opens",
        de: "Bei geteilter Verwahrung geben Sie dem Knoten seinen Anteil zurück, den der Wiederherstellungsschlüssel des Besitzers öffnet",
        command: "databox-agent recover",
        for: "site-operator",
      },
      {
        en: "In escrow custody, the passkey opens the volume meanwhile if the order's owner provides it",
        de: "Bei hinterlegtem Passkey öffnet dieser inzwischen das Volume, wenn der Besitzer des Auftrags ihn herausgibt",
        command: "databox-agent passkey",
        for: "site-operator",
      },
    ],
    why: {
      en: "The device key was made with a policy on platform configuration registers. Firmware, Secure Boot or the software that it allows has changed since, through an update or an attack.",
      de: "Der Geräteschlüssel wurde mit einer Richtlinie über Plattformkonfigurationsregister (PCR) erzeugt. Firmware, Secure Boot oder was es zulässt hat sich seither geändert, durch eine Aktualisierung oder durch jemanden, der den Schlüssel will.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  DeviceKeyUnavailable: invalid(500, "site-operator", {
    title: { en: "The TPM does not sign", de: "Das TPM signiert nicht" },
    message: {
      en: "The TPM that holds the device key does not answer as expected",
      de: "Das TPM, das den Geräteschlüssel hat, antwortet nicht, wie es muss",
    },
    ask: {
      en: "Make sure that node {serial} has its TPM and that tpm2-tools are installed, then try again.",
      de: "Vergewissern Sie sich, dass der Knoten {serial} sein TPM hat und dass tpm2-tools installiert ist, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See whether the TPM answers",
        de: "Sehen Sie nach, ob das TPM antwortet",
        command: "tpm2 getrandom --hex 8",
      },
      {
        en: "Install its tools if they are missing",
        de: "Installieren Sie seine Werkzeuge, wo sie fehlen",
        command: "apt-get install tpm2-tools",
      },
      {
        en: "See whether the firmware has the TPM switched on; then start again",
        de: "Sehen Sie nach, ob das TPM in der Firmware eingeschaltet ist; starten Sie dann neu",
      },
    ],
    reasons: {
      "other-tpm": {
        message: {
          en: "The device key was made by another TPM, or this one was cleared",
          de: "Der Geräteschlüssel wurde von einem anderen TPM erzeugt, oder dieses wurde zurückgesetzt",
        },
        who: "order-owner",
        ask: {
          en: "Put the disks of node {serial} back into its own machine; if that is not possible, ask the order's owner to replace the device.",
          de: "Setzen Sie die Datenträger des Knotens {serial} wieder in ihre eigene Maschine ein; soll das nicht sein, bitten Sie den Besitzer des Auftrags, das Gerät zu ersetzen.",
        },
        steps: [
          {
            en: "Put the disks back into the machine whose TPM made the key",
            de: "Setzen Sie die Datenträger wieder in die Maschine ein, deren TPM den Schlüssel erzeugt hat",
            for: "site-operator",
          },
          {
            en: "If that is not possible, replace the device of node {serial} (portal: order > Device details > Replace device), and prepare it with --keep-volume",
            de: "Soll das nicht sein, ersetzen Sie das Gerät des Knotens {serial} (Portal: Auftrag > Gerätedetails > Gerät ersetzen), und bereiten Sie es mit --keep-volume vor",
          },
        ],
      },
    },
    why: {
      en: "There is no TPM where preparation found it, it is switched off, or tpm2-tools are missing.",
      de: "An der Stelle, die die Vorbereitung vermerkt hat, gibt es kein TPM, es ist ausgeschaltet, oder tpm2-tools fehlt.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  AgentStateUnreadable: invalid(500, "site-operator", {
    title: {
      en: "The agent's state cannot be read",
      de: "Der Zustand des Agenten ist nicht lesbar",
    },
    message: {
      en: "A file of the agent's state is missing, damaged or not readable",
      de: "Eine Datei des Zustands des Agenten fehlt, ist beschädigt oder nicht lesbar",
    },
    ask: {
      en: "Check that the agent may read its state folder {stateDir}; if a file is damaged, tell the broker's operator.",
      de: "Prüfen Sie, ob der Agent seinen Zustandsordner {stateDir} lesen darf; ist eine Datei beschädigt, sagen Sie es dem Betreiber des Dienstes.",
    },
    steps: [
      {
        en: "See who may read the folder; it must belong to the agent's user alone",
        de: "Sehen Sie nach, wer den Ordner lesen darf; er muss dem Benutzer des Agenten allein gehören",
        command: "ls -la {stateDir}",
      },
      {
        en: "If a file is damaged, have the node prepared again; never copy state from another node",
        de: "Ist eine Datei beschädigt, lassen Sie den Knoten neu vorbereiten; kopieren Sie nie den Zustand eines anderen Knotens",
        for: "broker-operator",
      },
    ],
    why: {
      en: "The files are checked strictly: wrong owner, wrong permissions or wrong content stop the agent rather than mislead it.",
      de: "Die Dateien werden streng geprüft: Falscher Besitzer, falsche Rechte oder falscher Inhalt halten den Agenten an, statt ihn in die Irre zu führen.",
    },
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  AgentStateUnwritable: invalid(500, "site-operator", {
    title: {
      en: "The agent's state cannot be written",
      de: "Der Zustand des Agenten ist nicht schreibbar",
    },
    message: {
      en: "The agent cannot write to its state folder",
      de: "Der Agent kann nicht in seinen Zustandsordner schreiben",
    },
    ask: {
      en: "Make the state folder {stateDir} writable for the agent, then try again.",
      de: "Machen Sie den Zustandsordner {stateDir} für den Agenten schreibbar, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See who may write to the folder and whether its file system is read-only",
        de: "Sehen Sie nach, wer in den Ordner schreiben darf und ob sein Dateisystem schreibgeschützt ist",
        command: "ls -ld {stateDir}",
      },
      {
        en: "Mount it writable, or name another folder with --state-dir",
        de: "Hängen Sie es schreibbar ein, oder nennen Sie mit --state-dir einen anderen Ordner",
      },
    ],
    why: {
      en: "A counter must be stored before each message, so the agent sends nothing when it cannot write.",
      de: "Vor jeder Nachricht muss ein Zähler gespeichert werden; daher sendet der Agent nichts, wenn er nicht schreiben kann.",
    },
    meanwhile: {
      en: "The broker is not called; the volume does not change.",
      de: "Der Broker wird um nichts gebeten; das Volume bleibt, wie es ist.",
    },
  }),
  AgentBusy: invalid(409, "site-operator", {
    title: { en: "Another agent is running", de: "Ein anderer Agent ist am Werk" },
    message: {
      en: "Another agent process uses the same state folder",
      de: "Ein anderer Agentenprozess benutzt denselben Zustandsordner",
    },
    ask: {
      en: "Wait until the other agent process is done, then try again.",
      de: "Warten Sie, bis der andere Agentenprozess fertig ist, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Wait for the other process, or see what it does",
        de: "Warten Sie auf den anderen Prozess, oder sehen Sie nach, was er tut",
        command: "databox-agent --state-dir {stateDir} status",
      },
    ],
    reasons: {
      service: {
        message: {
          en: "The agent's service uses the same state folder",
          de: "Der Dienst des Agenten benutzt denselben Zustandsordner",
        },
        ask: {
          en: "Stop the agent's service, then try again.",
          de: "Halten Sie den Dienst des Agenten an, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Stop the service; it does not end by itself",
            de: "Halten Sie den Dienst an; von selbst endet er nicht",
            command: "systemctl stop databox-agent",
          },
          { en: "Repeat the command", de: "Wiederholen Sie den Befehl" },
        ],
        why: "An erasure destroys the files that the service uses, and two services would use counters twice.",
      },
    },
    why: {
      en: "Two agents with one state would use counters twice; the second one stops.",
      de: "Zwei Agenten mit einem Zustand würden Zähler zweimal benutzen; der zweite hält an.",
    },
    meanwhile: {
      en: "The first process continues.",
      de: "Der erste Prozess läuft ungestört weiter.",
    },
  }),
  DiskFull: invalid(507, "site-operator", {
    title: { en: "The disk is full", de: "Der Datenträger ist voll" },
    message: {
      en: "There is no space left on the disk",
      de: "Auf dem Datenträger ist kein Platz mehr",
    },
    ask: {
      en: "Free space on the disk that holds {stateDir}, then try again.",
      de: "Schaffen Sie Platz auf dem Datenträger, auf dem {stateDir} liegt, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See which file system is full and free some space",
        de: "Sehen Sie nach, welches Dateisystem voll ist, und schaffen Sie Platz",
        command: "df -h {stateDir}",
      },
    ],
    why: {
      en: "A write failed for lack of space. Files are replaced as a whole, so the old one is still there.",
      de: "Ein Schreibvorgang schlug mangels Platz fehl. Dateien werden als Ganzes ersetzt, daher ist die alte noch da.",
    },
    meanwhile: {
      en: "The old state stays valid; nothing is half written.",
      de: "Der alte Zustand bleibt gültig; nichts ist halb geschrieben.",
    },
  }),
  PortInUse: invalid(500, "site-operator", {
    title: { en: "The port is in use", de: "Der Port ist belegt" },
    message: {
      en: "Another program listens on the port",
      de: "Ein anderes Programm lauscht auf dem Port",
    },
    ask: {
      en: "Stop the program that uses port {port}, or choose another port.",
      de: "Beenden Sie das Programm, das den Port {port} benutzt, oder wählen Sie einen anderen Port.",
    },
    steps: [
      {
        en: "See which program uses the port",
        de: "Sehen Sie nach, welches Programm den Port benutzt",
        command: "ss -ltnp 'sport = :{port}'",
      },
      {
        en: "Stop it, or start with another port",
        de: "Beenden Sie es, oder starten Sie mit einem anderen Port",
      },
    ],
    why: {
      en: "A port belongs to one program at a time; often an earlier start still runs.",
      de: "Ein Port gehört immer nur einem Programm; oft läuft noch ein früherer Start.",
    },
    meanwhile: {
      en: "The program ends; nothing is changed.",
      de: "Das Programm endet; nichts ist geändert.",
    },
  }),
  Misuse: invalid(400, "site-operator", {
    title: { en: "The command is not valid", de: "Der Befehl ist nicht richtig" },
    message: { en: "The command line is not valid", de: "Die Befehlszeile ist ungültig" },
    ask: {
      en: "Correct the command; --help shows its syntax.",
      de: "Berichtigen Sie den Befehl; --help zeigt, wie er geschrieben wird.",
    },
    steps: [
      {
        en: "Show the syntax of the command",
        de: "Sehen Sie nach, wie der Befehl geschrieben wird",
        command: "databox-agent --help",
      },
    ],
    why: {
      en: "An argument is missing, unknown or out of range.",
      de: "Ein Argument fehlt, ist unbekannt oder außerhalb seines Bereichs.",
    },
    meanwhile: { en: "Nothing is done.", de: "Nichts wird getan." },
  }),
};
