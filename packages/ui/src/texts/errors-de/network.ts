import type { Phrases } from "../../explanation/translate.ts";

export const network: Phrases = {
  "The vault does not answer": "Der Tresor antwortet nicht",
  "The key vault cannot be reached": "Der Schlüsseltresor ist nicht erreichbar",
  "Nobody has refused the key: key vault {vaultName} does not answer the broker. Wait and try again.":
    "Niemand hat den Schlüssel verweigert: Der Schlüsseltresor {vaultName} antwortet dem Broker nicht. Warten Sie, und versuchen Sie es erneut.",
  "The network between the broker and the vault, or the vault itself, is down.":
    "Das Netz zwischen Broker und Tresor oder der Tresor selbst ist ausgefallen.",
  "Nobody with authority has said no, so nothing re-locks and nothing stored changes. The broker repeats a call that broke once, and asks anew at the next try.":
    "Niemand mit Befugnis hat Nein gesagt, daher sperrt sich nichts wieder, und nichts Gespeichertes ändert sich. Der Broker wiederholt einen abgebrochenen Aufruf einmal und fragt beim nächsten Versuch neu.",
  "Wait a minute: an outage ends by itself, and the broker asks anew at each try":
    "Warten Sie eine Minute: Ein Ausfall endet von selbst, und der Broker fragt bei jedem Versuch neu",
  "The name of the key vault cannot be resolved":
    "Der Name des Schlüsseltresors lässt sich nicht auflösen",
  "No connection to the key vault can be made":
    "Zum Schlüsseltresor lässt sich keine Verbindung herstellen",
  "The key vault did not answer in time": "Der Schlüsseltresor hat nicht rechtzeitig geantwortet",
  "The key vault answered that it has a fault of its own":
    "Der Schlüsseltresor hat geantwortet, dass er selbst eine Störung hat",
  "The key vault's certificate is not trusted":
    "Dem Zertifikat des Schlüsseltresors wird nicht vertraut",
  "Tell the broker's operator that the certificate of key vault {vaultName} is not trusted; nobody has refused the key.":
    "Sagen Sie dem Betreiber des Dienstes, dass dem Zertifikat des Schlüsseltresors {vaultName} nicht vertraut wird; niemand hat den Schlüssel verweigert.",
  "Look at the certificate that the broker sees; somebody may be intercepting the connection":
    "Sehen Sie sich das Zertifikat an, das der Broker sieht; vielleicht fängt jemand die Verbindung ab",
  "Correct the trusted authorities or the proxy of the broker; never turn verification off":
    "Berichtigen Sie die vertrauten Zertifizierungsstellen oder den Proxy des Brokers; schalten Sie die Prüfung nie aus",
  "The vault is busy": "Der Tresor ist ausgelastet",
  "The key vault takes no more requests at the moment":
    "Der Schlüsseltresor nimmt im Augenblick keine weiteren Anforderungen an",
  "Wait {retryAfterSeconds} seconds, then try again; the vault is busy and nobody has refused the key.":
    "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann erneut; der Tresor ist ausgelastet, und niemand hat den Schlüssel verweigert.",
  "The vault answered 429: it allows 4,000 RSA-2048 operations in ten seconds, and other users of the vault count too.":
    "Der Tresor hat mit 429 geantwortet: Er erlaubt 4.000 RSA-2048-Vorgänge in zehn Sekunden, und andere Benutzer des Tresors zählen mit.",
  "Nobody with authority has said no, so nothing re-locks and nothing stored changes. The broker repeats a call that broke once, and asks anew at the next try. A busy vault is asked up to three times, with pauses of one and two seconds and jitter, since it does not always say how long to wait.":
    "Niemand mit Befugnis hat Nein gesagt, daher sperrt sich nichts wieder, und nichts Gespeichertes ändert sich. Der Broker wiederholt einen abgebrochenen Aufruf einmal und fragt beim nächsten Versuch neu. Ein ausgelasteter Tresor wird bis zu dreimal gefragt, mit Pausen von einer und zwei Sekunden und etwas Zufall, da er nicht immer sagt, wie lange zu warten ist.",
  "The vault gave an answer that makes no sense":
    "Der Tresor gab eine Antwort, die keinen Sinn ergibt",
  "The key vault's answer cannot be understood":
    "Die Antwort des Schlüsseltresors ist nicht zu verstehen",
  "Tell the broker's operator the correlation id {correlationId}; nobody has refused the key.":
    "Nennen Sie dem Betreiber des Dienstes die Korrelations-ID {correlationId}; niemand hat den Schlüssel verweigert.",
  "The answer is not the vault's JSON: a proxy's page, half a body, an unknown status. It proves nothing, so it is not a refusal.":
    "Die Antwort ist nicht das JSON des Tresors: die Seite eines Proxys, ein halber Textkörper, ein unbekannter Status. Sie beweist nichts, daher ist sie keine Verweigerung.",
  "Look for a proxy between the broker and the vault that answers in its place":
    "Suchen Sie nach einem Proxy zwischen Broker und Tresor, der an dessen Stelle antwortet",
  "Sign-in does not answer": "Die Anmeldung antwortet nicht",
  "The identity provider cannot be reached": "Der Identitätsanbieter ist nicht erreichbar",
  "Nobody has refused the key: the broker cannot sign in at the moment. Wait and try again.":
    "Niemand hat den Schlüssel verweigert: Der Broker kann sich im Augenblick nicht anmelden. Warten Sie, und versuchen Sie es erneut.",
  "The broker needs a token to ask the vault and cannot get one.":
    "Der Broker braucht ein Token, um den Tresor zu fragen, und bekommt keines.",
  "Microsoft Entra ID cannot be reached": "Microsoft Entra ID ist nicht erreichbar",
  "The machine's identity service cannot be reached":
    "Der Identitätsdienst der Maschine ist nicht erreichbar",
  "Resource Manager does not answer": "Resource Manager antwortet nicht",
  "Azure Resource Manager cannot be reached": "Azure Resource Manager ist nicht erreichbar",
  "Wait a minute, then try again; nobody has refused the key.":
    "Warten Sie eine Minute, und versuchen Sie es dann erneut; niemand hat den Schlüssel verweigert.",
  "The broker asks Resource Manager for vaults, regions and identities, and got no authoritative answer.":
    "Der Broker fragt Resource Manager nach Tresoren, Regionen und Identitäten und bekam keine maßgebliche Antwort.",
  "Repeat the change of the order if it was not made":
    "Wiederholen Sie die Änderung des Auftrags, wenn sie nicht vorgenommen wurde",
  "The broker does not answer": "Der Broker antwortet nicht",
  "The broker cannot be reached from the appliance":
    "Der Broker ist vom Gerät aus nicht erreichbar",
  "Check the appliance's network cable, network settings and proxy, then try again; nobody has refused the key.":
    "Prüfen Sie Netzwerkkabel, Netzwerkeinstellungen und Proxy des Geräts, und versuchen Sie es dann erneut; niemand hat den Schlüssel verweigert.",
  "The network between the appliance and the broker, or the broker itself, is down.":
    "Das Netz zwischen Gerät und Broker oder der Broker selbst ist ausgefallen.",
  "A locked volume stays locked, and the outage by itself locks none that is open. What the agent could not tell the broker waits in its journal.":
    "Ein gesperrtes Volume bleibt gesperrt, und der Ausfall an sich sperrt keines, das offen ist. Was der Agent dem Broker nicht sagen konnte, wartet in seinem Journal.",
  "See whether the broker's name resolves and answers from the appliance's network":
    "Sehen Sie nach, ob sich der Name des Brokers aus dem Netz des Geräts auflösen lässt und ob der Broker antwortet",
  "The name of the broker cannot be resolved": "Der Name des Brokers lässt sich nicht auflösen",
  "Check the DNS server in the appliance's network settings, and that the name in {brokerUrl} is right":
    "Prüfen Sie den DNS-Server in den Netzwerkeinstellungen des Geräts und ob der Name in {brokerUrl} stimmt",
  "No connection to the broker can be made": "Zum Broker lässt sich keine Verbindung herstellen",
  "Check the cable, the gateway and that the site's firewall lets the appliance reach {brokerUrl}":
    "Prüfen Sie das Kabel, das Gateway und dass die Firewall des Standorts das Gerät {brokerUrl} erreichen lässt",
  "The broker did not answer in time": "Der Broker hat nicht rechtzeitig geantwortet",
  "The broker's certificate is not trusted": "Dem Zertifikat des Brokers wird nicht vertraut",
  "Compare the appliance's date with today's and set it if it is wrong: by a wrong date every certificate has expired or is not valid yet":
    "Vergleichen Sie das Datum des Geräts mit dem heutigen, und stellen Sie es, wenn es falsch ist: Bei falschem Datum ist jedes Zertifikat abgelaufen oder noch nicht gültig",
  "See whether the site's proxy intercepts HTTPS and have the broker exempted; never turn verification off":
    "Sehen Sie nach, ob der Proxy des Standorts HTTPS abfängt, und lassen Sie den Broker davon ausnehmen; schalten Sie die Prüfung nie aus",
  "If the broker has a new authority, prepare the agent with its certificate: databox-agent prepare --ca-file":
    "Hat der Broker eine neue Zertifizierungsstelle, bereiten Sie den Agenten mit deren Zertifikat vor: databox-agent prepare --ca-file",
  "The answer was not signed by the broker": "Die Antwort war nicht vom Broker signiert",
  "Something between the appliance and the broker answered in its place; ask your network team to let {brokerUrl} through, then try again.":
    "Etwas zwischen Gerät und Broker hat an dessen Stelle geantwortet; bitten Sie Ihr Netzwerkteam, {brokerUrl} durchzulassen, und versuchen Sie es dann erneut.",
  "Have the site's proxy let {brokerUrl} through unchanged":
    "Lassen Sie den Proxy des Standorts {brokerUrl} unverändert durchlassen",
  "The network asks for a sign-in before it lets the appliance through":
    "Das Netz verlangt eine Anmeldung, bevor es das Gerät durchlässt",
  "Sign in to the site's network for this appliance, or ask your network team to exempt it, then try again.":
    "Melden Sie sich für dieses Gerät im Netz des Standorts an, oder bitten Sie Ihr Netzwerkteam, es auszunehmen, und versuchen Sie es dann erneut.",
  "Sign in to the site's network, or have the appliance exempted from it":
    "Melden Sie sich im Netz des Standorts an, oder lassen Sie das Gerät davon ausnehmen",
  "The broker is busy": "Der Broker ist ausgelastet",
  "The broker cannot take the request now": "Der Broker kann die Anfrage jetzt nicht annehmen",
  "Wait[ {retryAfterSeconds} seconds], then try again; nobody has refused the key.":
    "Warten Sie[ {retryAfterSeconds} Sekunden], und versuchen Sie es dann erneut; niemand hat den Schlüssel verweigert.",
  "The broker has more work than it may hold, or this customer has its share of it, or the broker is shutting down.":
    "Der Broker hat mehr Arbeit, als er annehmen darf, oder dieser Kunde hat seinen Anteil daran, oder der Broker fährt herunter.",
  "Nothing is decided and nothing re-locks; the answer says how long to wait.":
    "Nichts wird entschieden, und nichts sperrt sich wieder; die Antwort sagt, wie lange zu warten ist.",
};
