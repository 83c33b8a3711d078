import type { Phrases } from "../../explanation/translate.ts";

export const deviceLocal: Phrases = {
  "The volume does not open with this key": "Das Volume öffnet sich nicht mit diesem Schlüssel",
  "The volume does not accept the unlock key": "Das Volume nimmt den Entsperrschlüssel nicht an",
  "Tell the broker's operator that the volume of node {serial} does not accept its unlock key; the key vault is not the problem.":
    "Sagen Sie dem Betreiber des Dienstes, dass das Volume des Knotens {serial} seinen Entsperrschlüssel nicht annimmt; am Schlüsseltresor liegt es nicht.",
  "The broker granted the key and the envelope opened, but cryptsetup found no key slot for it.":
    "Der Broker hat den Schlüssel freigegeben, und der Umschlag ließ sich öffnen, aber cryptsetup fand dafür keinen Schlüsselplatz.",
  "The volume stays locked; what is stored stays as it is.":
    "Das Volume bleibt gesperrt; was gespeichert ist, bleibt, wie es ist.",
  "See which volume and which envelope the agent uses":
    "Sehen Sie nach, welches Volume und welchen Umschlag der Agent benutzt",
  "Make sure that it is the disk of this node; the volume's header may have been restored from another one":
    "Vergewissern Sie sich, dass es der Datenträger dieses Knotens ist; der Header des Volumes kann von einem anderen wiederhergestellt worden sein",
  "The passkey is wrong": "Der Passkey ist falsch",
  "The volume does not open with this passkey": "Das Volume öffnet sich nicht mit diesem Passkey",
  "Type the passkey of node {serial} again, letter by letter as the portal shows it; {triesLeft} tries are left.":
    "Geben Sie den Passkey des Knotens {serial} noch einmal ein, Zeichen für Zeichen, wie das Portal ihn zeigt; {triesLeft} Versuche bleiben.",
  "No key slot of the volume takes what was typed. Five wrong tries are allowed, across boots, then one must wait for 15 minutes.":
    "Kein Schlüsselplatz des Volumes nimmt an, was eingegeben wurde. Fünf falsche Versuche sind erlaubt, über Neustarts hinweg; dann muss man 15 Minuten warten.",
  "Compare upper and lower case; a passkey never holds I, L, O or 0":
    "Achten Sie auf Groß- und Kleinbuchstaben; I, L, O und 0 kommen in einem Passkey nie vor",
  "Read the passkey of this node again (portal: order > Device details): it changes when the node is rekeyed, and each node of a Data Box Heavy has its own line":
    "Lesen Sie den Passkey dieses Knotens neu (Portal: Auftrag > Gerätedetails): Er ändert sich, wenn der Knoten einen neuen Schlüssel bekommt, und jeder Knoten einer Data Box Heavy hat seine eigene Zeile",
  "Or unlock by the network instead": "Oder entsperren Sie stattdessen über das Netz",
  "Too many wrong passkeys": "Zu viele falsche Passkeys",
  "The passkey was wrong five times, and no further try is allowed yet":
    "Der Passkey war fünfmal falsch, und ein weiterer Versuch ist noch nicht erlaubt",
  "Leave node {serial} switched on for {retryAfterSeconds} seconds, then type its passkey again.":
    "Lassen Sie den Knoten {serial} {retryAfterSeconds} Sekunden eingeschaltet, und geben Sie seinen Passkey dann noch einmal ein.",
  "Whoever holds the appliance must not guess its passkey.":
    "Wer das Gerät in der Hand hat, darf seinen Passkey nicht erraten.",
  "Wait for {retryAfterSeconds} seconds; to switch the node off and on begins the wait anew":
    "Warten Sie {retryAfterSeconds} Sekunden; mit dem Aus- und Einschalten des Knotens beginnt die Wartezeit von vorn",
  "Meanwhile it can be unlocked by the network":
    "Inzwischen lässt er sich über das Netz entsperren",
  "The node must be unlocked first": "Der Knoten muss zuerst entsperrt werden",
  "Rekeying needs a volume that is open by a lease of the broker":
    "Ein neuer Schlüssel braucht ein Volume, das durch eine Frist des Brokers offen ist",
  "Unlock node {serial} by the network, then rekey it again.":
    "Entsperren Sie den Knoten {serial} über das Netz, und geben Sie ihm dann noch einmal einen neuen Schlüssel.",
  "The lease stands for the decision to release the key. A volume that is locked, or that a passkey opened before the broker answered, has none.":
    "Die Frist steht für die Entscheidung, den Schlüssel freizugeben. Ein Volume, das gesperrt ist oder das ein Passkey öffnete, bevor der Broker antwortete, hat keine.",
  "Nothing is asked of the broker; the volume keeps its key.":
    "Der Broker wird um nichts gebeten; das Volume behält seinen Schlüssel.",
  "Unlock by the network": "Entsperren Sie über das Netz",
  "Then rekey": "Geben Sie ihm dann einen neuen Schlüssel",
  "Sign in first": "Melden Sie sich zuerst an",
  "This needs somebody who has signed in at the appliance":
    "Das darf nur, wer sich am Gerät angemeldet hat",
  "Sign in with the passkey of node {serial}, which the portal shows to whoever may see it.":
    "Melden Sie sich mit dem Passkey des Knotens {serial} an; das Portal zeigt ihn denen, die ihn sehen dürfen.",
  "The session has ended, or there was none: it ends after 15 minutes without use, and with a restart of the agent.":
    "Die Sitzung ist beendet, oder es gab keine: Sie endet nach 15 Minuten ohne Benutzung und mit einem Neustart des Agenten.",
  "Nothing is done.": "Nichts wird getan.",
  "Sign in with the passkey (portal: order > Device details)":
    "Melden Sie sich mit dem Passkey an (Portal: Auftrag > Gerätedetails)",
  "The request did not come from this appliance's page":
    "Die Anforderung kam nicht von der Seite dieses Geräts",
  "The local UI takes requests from its own page only":
    "Die lokale Oberfläche nimmt nur Anforderungen ihrer eigenen Seite an",
  "Open the appliance's page by its IP address, then try again.":
    "Öffnen Sie die Seite des Geräts unter seiner IP-Adresse, und versuchen Sie es dann erneut.",
  "A page of somebody else's, open in the same browser, must not work this appliance; a foreign name that was pointed at its address (DNS rebinding) neither.":
    "Eine fremde Seite, im selben Browser geöffnet, darf dieses Gerät nicht bedienen; ein fremder Name, der auf seine Adresse gelenkt wurde (DNS-Rebinding), auch nicht.",
  "Open https:// and the appliance's IP address, and work in that page":
    "Öffnen Sie https:// und die IP-Adresse des Geräts, und arbeiten Sie auf dieser Seite",
  "The appliance was called by a name that is not its own":
    "Das Gerät wurde unter einem Namen aufgerufen, der nicht seiner ist",
  "Another site sent the request": "Eine andere Website hat die Anforderung gesendet",
  "The request does not carry the token of its session":
    "Die Anforderung enthält nicht das Token ihrer Sitzung",
  "The request is not as it must be": "Die Anforderung ist nicht, wie sie sein muss",
  "The local UI cannot read the request": "Die lokale Oberfläche kann die Anforderung nicht lesen",
  "Load the appliance's page again, then try again.":
    "Laden Sie die Seite des Geräts neu, und versuchen Sie es dann erneut.",
  "A program sent it, or a page of another version of the agent.":
    "Ein Programm hat sie gesendet, oder eine Seite einer anderen Version des Agenten.",
  "Load the page again; programs: see docs/reference/local-ui-api.md":
    "Laden Sie die Seite neu; für Programme: siehe docs/reference/local-ui-api.md",
  "There is no such address or method": "Diese Adresse oder Methode gibt es nicht",
  "The body is not what this address takes": "Der Textkörper ist nicht, was diese Adresse erwartet",
  "The body is too large": "Der Textkörper ist zu groß",
  "The body must be JSON": "Der Textkörper muss JSON sein",
  "The appliance was asked too often": "Das Gerät wurde zu oft gefragt",
  "Wait for {retryAfterSeconds} seconds, then try again.":
    "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann noch einmal.",
  "What is slow or reaches the network may be asked for a few times a minute.":
    "Was langsam ist oder ins Netz geht, darf nur wenige Male in der Minute verlangt werden.",
  "Wait for {retryAfterSeconds} seconds": "Warten Sie {retryAfterSeconds} Sekunden lang",
  "The certificate cannot be used": "Das Zertifikat ist nicht benutzbar",
  "The file is no certificate that the local UI can use":
    "Die Datei ist kein Zertifikat, das die lokale Oberfläche benutzen kann",
  "Bring a .pfx file with the certificate, its key and its chain, and the file's password.":
    "Bringen Sie eine .pfx-Datei mit dem Zertifikat, seinem Schlüssel und seiner Kette sowie das Passwort der Datei mit.",
  "Every certificate is judged before it is used: key, chain, time, purpose, names. With a wrong one nobody would reach this page any more.":
    "Jedes Zertifikat wird beurteilt, bevor es benutzt wird: Schlüssel, Kette, Zeit, Zweck, Namen. Mit einem falschen würde niemand diese Seite mehr erreichen.",
  "The certificate in use stays in use.": "Das benutzte Zertifikat bleibt in Benutzung.",
  "Look at the file": "Sehen Sie sich die Datei an",
  "Where it asks for too many iterations, write it again with fewer":
    "Verlangt sie zu viele Iterationen, schreiben Sie sie mit weniger neu",
  "Bring a certificate for servers that is valid now, names this appliance, and holds its key (EC, or RSA of 2048 bits or more) and its chain":
    "Bringen Sie ein Zertifikat für Server mit, das jetzt gültig ist, dieses Gerät nennt und seinen Schlüssel (EC, oder RSA mit 2048 Bit oder mehr) und seine Kette enthält",
  "Shutting down is not set up": "Das Ausschalten ist nicht eingerichtet",
  "This appliance was not set up to be shut down from its page":
    "Dieses Gerät wurde nicht so eingerichtet, dass es sich von seiner Seite ausschalten lässt",
  "Shut the appliance down by its own switch; a shut down locks the volume.":
    "Schalten Sie das Gerät an seinem eigenen Schalter aus; das Herunterfahren sperrt das Volume.",
  "The agent runs no command that it was not told at its start.":
    "Der Agent führt keinen Befehl aus, der ihm nicht bei seinem Start genannt wurde.",
  "Use the appliance's power switch": "Benutzen Sie den Netzschalter des Geräts",
  "Or have the agent started with --shut-down-command":
    "Oder lassen Sie den Agenten mit --shut-down-command starten",
  "The volume was not found": "Das Volume wurde nicht gefunden",
  "There is no volume at the configured path": "Am eingestellten Pfad gibt es kein Volume",
  "Check that the disk is connected, then try again.":
    "Prüfen Sie, ob der Datenträger angeschlossen ist, und versuchen Sie es dann erneut.",
  "The path given at preparation does not exist.":
    "Den Pfad, der bei der Vorbereitung angegeben wurde, gibt es nicht.",
  "Nothing is asked of the broker; nothing is changed.":
    "Der Broker wird um nichts gebeten; nichts ist geändert.",
  "See which path the agent uses": "Sehen Sie nach, welchen Pfad der Agent benutzt",
  "Connect the disk, or correct the path with databox-agent prepare --volume":
    "Schließen Sie den Datenträger an, oder berichtigen Sie den Pfad mit databox-agent prepare --volume",
  "The volume cannot be used": "Das Volume ist nicht benutzbar",
  "The volume is in use, damaged or not readable":
    "Das Volume ist in Benutzung, beschädigt oder nicht lesbar",
  "Check that nothing else uses the volume and that the agent may read it, then try again.":
    "Prüfen Sie, dass nichts anderes das Volume benutzt und dass der Agent es lesen darf, und versuchen Sie es dann erneut.",
  "Opening it failed for another reason than the key: a lock, missing permissions, a damaged header, or device-mapper is missing.":
    "Das Öffnen schlug aus einem anderen Grund als dem Schlüssel fehl: eine Sperre, fehlende Rechte, ein beschädigter Header, oder device-mapper fehlt.",
  "See what uses the volume": "Sehen Sie nach, was das Volume benutzt",
  "Run the agent as a user that may read and write the volume":
    "Lassen Sie den Agenten unter einem Benutzer laufen, der das Volume lesen und schreiben darf",
  "cryptsetup is not installed": "cryptsetup ist nicht installiert",
  "The program cryptsetup cannot be found": "Das Programm cryptsetup ist nicht zu finden",
  "Install cryptsetup on the appliance, then try again.":
    "Installieren Sie cryptsetup auf dem Gerät, und versuchen Sie es dann erneut.",
  "A LUKS2 volume is opened by cryptsetup, which is not in the search path.":
    "Ein LUKS2-Volume wird von cryptsetup geöffnet, das nicht im Suchpfad ist.",
  "Install it (Debian and Ubuntu)": "Installieren Sie es (Debian und Ubuntu)",
  "Or prepare a portable volume instead: databox-agent prepare --volume-kind file":
    "Oder bereiten Sie stattdessen ein portables Volume vor: databox-agent prepare --volume-kind file",
  "The agent is not prepared": "Der Agent ist nicht vorbereitet",
  "The agent has not been prepared for an order": "Der Agent wurde für keinen Auftrag vorbereitet",
  "Prepare the agent first, or name the state folder that it was prepared in.":
    "Bereiten Sie zuerst den Agenten vor, oder nennen Sie den Zustandsordner, in dem er vorbereitet wurde.",
  "The state folder holds no settings: preparation was never done, or was done in another folder.":
    "Der Zustandsordner enthält keine Einstellungen: Vorbereitet wurde nie oder in einem anderen Ordner.",
  "Name the state folder, if it is another one than {stateDir}":
    "Nennen Sie den Zustandsordner, wenn es ein anderer als {stateDir} ist",
  "Or prepare the agent: databox-agent prepare --help":
    "Oder bereiten Sie den Agenten vor: databox-agent prepare --help",
  "The node has started differently": "Der Knoten ist anders gestartet",
  "The TPM does not let the device key sign: this boot was measured otherwise than the key is bound to":
    "Das TPM lässt den Geräteschlüssel nicht signieren: Die Messung dieses Starts ist eine andere als die, an die der Schlüssel gebunden ist",
  "Do not unlock node {serial} before it is known why it started differently; tell the order's owner, who decides whether it gets a new device key.":
    "Entsperren Sie den Knoten {serial} nicht, bevor bekannt ist, warum er anders gestartet ist; sagen Sie es dem Besitzer des Auftrags, der entscheidet, ob er einen neuen Geräteschlüssel bekommt.",
  "The device key was made with a policy on platform configuration registers. Firmware, Secure Boot or what it admits has changed since, by an update or by somebody who wants the key.":
    "Der Geräteschlüssel wurde mit einer Richtlinie über Plattformkonfigurationsregister (PCR) erzeugt. Firmware, Secure Boot oder was es zulässt hat sich seither geändert, durch eine Aktualisierung oder durch jemanden, der den Schlüssel will.",
  "See what was measured, and compare with what changed: firmware, Secure Boot, boot loader":
    "Sehen Sie sich an, was gemessen wurde, und vergleichen Sie es mit dem, was sich geändert hat: Firmware, Secure Boot, Bootloader",
  "If the change was not meant, undo it and start again: the key signs as before":
    "War die Änderung nicht gewollt, machen Sie sie rückgängig, und starten Sie neu: Der Schlüssel signiert wie zuvor",
  "If it was meant, replace the device of the node {serial} (portal: order > Device details > Replace device), which gives a new enrolment code":
    "War sie gewollt, ersetzen Sie das Gerät des Knotens {serial} (Portal: Auftrag > Gerätedetails > Gerät ersetzen); das ergibt einen neuen Anmeldecode",
  "Put the old state aside": "Legen Sie den alten Zustand beiseite",
  "Bind a new key to the boot as it is now, with the options of the first preparation, and without touching the data":
    "Binden Sie einen neuen Schlüssel an den Start, wie er jetzt ist, mit den Optionen der ersten Vorbereitung und ohne die Daten anzutasten",
  "Meanwhile the passkey opens the volume, if the order's owner gives it":
    "Inzwischen öffnet der Passkey das Volume, wenn der Besitzer des Auftrags ihn herausgibt",
  "The TPM does not sign": "Das TPM signiert nicht",
  "The TPM that holds the device key does not answer as it must":
    "Das TPM, das den Geräteschlüssel hat, antwortet nicht, wie es muss",
  "Make sure that node {serial} has its TPM and that tpm2-tools are installed, then try again.":
    "Vergewissern Sie sich, dass der Knoten {serial} sein TPM hat und dass tpm2-tools installiert ist, und versuchen Sie es dann erneut.",
  "There is no TPM at the place that preparation noted, it is switched off, or tpm2-tools are missing.":
    "An der Stelle, die die Vorbereitung vermerkt hat, gibt es kein TPM, es ist ausgeschaltet, oder tpm2-tools fehlt.",
  "See whether the TPM answers": "Sehen Sie nach, ob das TPM antwortet",
  "Install its tools where they are missing": "Installieren Sie seine Werkzeuge, wo sie fehlen",
  "See whether the firmware has the TPM switched on; then start again":
    "Sehen Sie nach, ob das TPM in der Firmware eingeschaltet ist; starten Sie dann neu",
  "The device key was made by another TPM, or this one was cleared":
    "Der Geräteschlüssel wurde von einem anderen TPM erzeugt, oder dieses wurde zurückgesetzt",
  "Put the disks of node {serial} back into its own machine; if that is not to be, ask the order's owner to replace the device.":
    "Setzen Sie die Datenträger des Knotens {serial} wieder in ihre eigene Maschine ein; soll das nicht sein, bitten Sie den Besitzer des Auftrags, das Gerät zu ersetzen.",
  "Put the disks back into the machine whose TPM made the key":
    "Setzen Sie die Datenträger wieder in die Maschine ein, deren TPM den Schlüssel erzeugt hat",
  "If that is not to be, replace the device of node {serial} (portal: order > Device details > Replace device), and prepare it with --keep-volume":
    "Soll das nicht sein, ersetzen Sie das Gerät des Knotens {serial} (Portal: Auftrag > Gerätedetails > Gerät ersetzen), und bereiten Sie es mit --keep-volume vor",
  "The agent's state cannot be read": "Der Zustand des Agenten ist nicht lesbar",
  "A file of the agent's state is missing, damaged or not readable":
    "Eine Datei des Zustands des Agenten fehlt, ist beschädigt oder nicht lesbar",
  "Check that the agent may read its state folder {stateDir}; if a file is damaged, tell the broker's operator.":
    "Prüfen Sie, ob der Agent seinen Zustandsordner {stateDir} lesen darf; ist eine Datei beschädigt, sagen Sie es dem Betreiber des Dienstes.",
  "The files are checked strictly: wrong owner, wrong permissions or wrong content stop the agent rather than mislead it.":
    "Die Dateien werden streng geprüft: Falscher Besitzer, falsche Rechte oder falscher Inhalt halten den Agenten an, statt ihn in die Irre zu führen.",
  "See who may read the folder; it must belong to the agent's user alone":
    "Sehen Sie nach, wer den Ordner lesen darf; er muss dem Benutzer des Agenten allein gehören",
  "If a file is damaged, have the node prepared again; never copy state from another node":
    "Ist eine Datei beschädigt, lassen Sie den Knoten neu vorbereiten; kopieren Sie nie den Zustand eines anderen Knotens",
  "The agent's state cannot be written": "Der Zustand des Agenten ist nicht schreibbar",
  "The agent cannot write to its state folder":
    "Der Agent kann nicht in seinen Zustandsordner schreiben",
  "Make the state folder {stateDir} writable for the agent, then try again.":
    "Machen Sie den Zustandsordner {stateDir} für den Agenten schreibbar, und versuchen Sie es dann erneut.",
  "A counter must be stored before each message, so the agent sends nothing when it cannot write.":
    "Vor jeder Nachricht muss ein Zähler gespeichert werden; daher sendet der Agent nichts, wenn er nicht schreiben kann.",
  "Nothing is asked of the broker; the volume stays as it is.":
    "Der Broker wird um nichts gebeten; das Volume bleibt, wie es ist.",
  "See who may write to the folder and whether its file system is read-only":
    "Sehen Sie nach, wer in den Ordner schreiben darf und ob sein Dateisystem schreibgeschützt ist",
  "Mount it writable, or name another folder with --state-dir":
    "Hängen Sie es schreibbar ein, oder nennen Sie mit --state-dir einen anderen Ordner",
  "Another agent is at work": "Ein anderer Agent ist am Werk",
  "Another agent process uses the same state folder":
    "Ein anderer Agentenprozess benutzt denselben Zustandsordner",
  "Wait until the other agent process is done, then try again.":
    "Warten Sie, bis der andere Agentenprozess fertig ist, und versuchen Sie es dann erneut.",
  "Two agents with one state would use counters twice; the second one stops.":
    "Zwei Agenten mit einem Zustand würden Zähler zweimal benutzen; der zweite hält an.",
  "The first process goes on undisturbed.": "Der erste Prozess läuft ungestört weiter.",
  "Wait for the other process, or see what it does":
    "Warten Sie auf den anderen Prozess, oder sehen Sie nach, was er tut",
  "The disk is full": "Der Datenträger ist voll",
  "There is no space left on the disk": "Auf dem Datenträger ist kein Platz mehr",
  "Free space on the disk that holds {stateDir}, then try again.":
    "Schaffen Sie Platz auf dem Datenträger, auf dem {stateDir} liegt, und versuchen Sie es dann erneut.",
  "A write failed for lack of space. Files are replaced as a whole, so the old one is still there.":
    "Ein Schreibvorgang schlug mangels Platz fehl. Dateien werden als Ganzes ersetzt, daher ist die alte noch da.",
  "The old state stays valid; nothing is half written.":
    "Der alte Zustand bleibt gültig; nichts ist halb geschrieben.",
  "See which file system is full and free some space":
    "Sehen Sie nach, welches Dateisystem voll ist, und schaffen Sie Platz",
  "The port is in use": "Der Port ist belegt",
  "Another program listens on the port": "Ein anderes Programm lauscht auf dem Port",
  "Stop the program that uses port {port}, or choose another port.":
    "Beenden Sie das Programm, das den Port {port} benutzt, oder wählen Sie einen anderen Port.",
  "A port belongs to one program at a time; often an earlier start still runs.":
    "Ein Port gehört immer nur einem Programm; oft läuft noch ein früherer Start.",
  "The program ends; nothing is changed.": "Das Programm endet; nichts ist geändert.",
  "See which program uses the port": "Sehen Sie nach, welches Programm den Port benutzt",
  "Stop it, or start with another port": "Beenden Sie es, oder starten Sie mit einem anderen Port",
  "The command is not right": "Der Befehl ist nicht richtig",
  "The command line is not valid": "Die Befehlszeile ist ungültig",
  "Correct the command; --help shows how it is written.":
    "Berichtigen Sie den Befehl; --help zeigt, wie er geschrieben wird.",
  "An argument is missing, unknown or out of range.":
    "Ein Argument fehlt, ist unbekannt oder außerhalb seines Bereichs.",
  "See how the command is written": "Sehen Sie nach, wie der Befehl geschrieben wird",
};
