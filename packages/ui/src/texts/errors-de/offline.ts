import type { Phrases } from "../../explanation/translate.ts";

export const offline: Phrases = {
  "Unlocking without network is not allowed": "Entsperren ohne Netz ist nicht erlaubt",
  "Unlocking without network is not allowed for this order":
    "Entsperren ohne Netz ist für diesen Auftrag nicht erlaubt",
  "Connect the appliance to a network, or ask your security administrator to allow unlocks of order {orderName} without one.":
    "Verbinden Sie das Gerät mit einem Netz, oder bitten Sie Ihren Sicherheitsadministrator, Entsperrungen des Auftrags {orderName} ohne Netz zu erlauben.",
  "A person brought the challenge of an appliance, and the rules of its order do not allow to answer it.":
    "Jemand hat die Anfrage eines Geräts überbracht, und die Regeln seines Auftrags erlauben nicht, sie zu beantworten.",
  "The challenge is not used up and no vault is asked; the volume stays locked.":
    "Die Anfrage wird nicht verbraucht, und kein Tresor wird gefragt; das Volume bleibt gesperrt.",
  "See what the order's unlock policy says of offline unlocks, and change it if that is wanted":
    "Sehen Sie nach, was die Entsperrrichtlinie des Auftrags zum Entsperren ohne Netz sagt, und ändern Sie sie, wenn das gewünscht ist",
  "The order's unlock policy allows no unlock without network":
    "Die Entsperrrichtlinie des Auftrags erlaubt keine Entsperrung ohne Netz",
  "The order has used up its unlocks without network of this day":
    "Der Auftrag hat seine Entsperrungen ohne Netz für diesen Tag verbraucht",
  "Connect the appliance to a network, or try again tomorrow (UTC): the unlocks of order {orderName} without network are used up for today.":
    "Verbinden Sie das Gerät mit einem Netz, oder versuchen Sie es morgen (UTC) erneut: Die Entsperrungen des Auftrags {orderName} ohne Netz sind für heute verbraucht.",
  "See who unlocked which node without network":
    "Sehen Sie nach, wer welchen Knoten ohne Netz entsperrt hat",
  "Wait for the next day (UTC), or have OFFLINE_UNLOCKS_PER_DAY raised by the broker's operator":
    "Warten Sie auf den nächsten Tag (UTC), oder lassen Sie OFFLINE_UNLOCKS_PER_DAY vom Betreiber des Dienstes erhöhen",
  "There is no open challenge for this answer": "Zu dieser Antwort gibt es keine offene Anfrage",
  "This node has no challenge that the answer could open":
    "Dieser Knoten hat keine Anfrage, die die Antwort öffnen könnte",
  "Make a new challenge at the appliance and have it answered.":
    "Erstellen Sie am Gerät eine neue Anfrage, und lassen Sie sie beantworten.",
  "An answer opens once, on the node and for the challenge that it was made for.":
    "Eine Antwort öffnet einmal, auf dem Knoten und für die Anfrage, für die sie gemacht wurde.",
  "The volume stays locked. Nothing of the answer is kept.":
    "Das Volume bleibt gesperrt. Von der Antwort wird nichts behalten.",
  "Make a new challenge": "Erstellen Sie eine neue Anfrage",
  "Have it answered in the portal, at the order's page, by somebody with the right to unlock":
    "Lassen Sie sie im Portal, auf der Seite des Auftrags, von jemandem beantworten, der entsperren darf",
  "Give the answer to the appliance": "Geben Sie dem Gerät die Antwort",
  "No challenge is open on this node": "Auf diesem Knoten ist keine Anfrage offen",
  "The challenge of this node has expired": "Die Anfrage dieses Knotens ist abgelaufen",
  "The challenge ended with the boot in which it was made":
    "Die Anfrage endete mit dem Start, in dem sie erstellt wurde",
  "The appliance's journal does not continue what it delivered before":
    "Das Journal des Geräts setzt nicht fort, was es zuvor geliefert hat",
  "The rows do not follow the last row that the broker countersigned":
    "Die Zeilen schließen nicht an die letzte an, die der Broker gegengezeichnet hat",
  "Tell the broker's operator that the journal of node {serial} was cut or changed; unlocking still works.":
    "Sagen Sie dem Betreiber des Dienstes, dass das Journal des Knotens {serial} gekürzt oder geändert wurde; das Entsperren funktioniert weiter.",
  "Each row of a journal names the hash of the one before, and the broker signed the last one that it took.":
    "Jede Zeile eines Journals nennt den Hash der vorigen, und der Broker hat die letzte signiert, die er angenommen hat.",
  "The rows are not taken and the fact stands in the audit trail. Unlocks and leases go on.":
    "Die Zeilen werden nicht angenommen, und das steht im Prüfprotokoll. Entsperrungen und Fristen gehen weiter.",
  "Check the journal on the appliance against the broker's countersignature":
    "Prüfen Sie das Journal auf dem Gerät gegen die Gegenzeichnung des Brokers",
  "Find out whether the node's state was restored from a copy or the node was cloned":
    "Finden Sie heraus, ob der Zustand des Knotens aus einer Kopie wiederhergestellt oder der Knoten geklont wurde",
  "Rows between the last one that was delivered and these are missing":
    "Zwischen der letzten gelieferten Zeile und diesen fehlen Zeilen",
  "Another row was delivered before in the same place":
    "An derselben Stelle wurde zuvor eine andere Zeile geliefert",
};
