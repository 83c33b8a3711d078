import type { Phrases } from "../../explanation/translate.ts";

export const deviceEnvelope: Phrases = {
  "The appliance has another envelope": "Das Gerät hat einen anderen Umschlag",
  "The message names an envelope that is not the node's":
    "Die Nachricht nennt einen Umschlag, der nicht der des Knotens ist",
  "Tell the broker's operator that node {serial} holds an envelope that is not its own.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} einen Umschlag hat, der nicht sein eigener ist.",
  "Each node has one envelope, with an id. Another id belongs to another node or another preparation.":
    "Jeder Knoten hat einen Umschlag mit einer ID. Eine andere ID gehört zu einem anderen Knoten oder einer anderen Vorbereitung.",
  "The message is dropped before any call to the vault and noted in the audit trail.":
    "Die Nachricht wird vor jedem Aufruf des Tresors verworfen und im Prüfprotokoll vermerkt.",
  "Compare the envelope id of the agent with the node's":
    "Vergleichen Sie die Umschlag-ID des Agenten mit der des Knotens",
  "If the database was restored from before a rekeying, have the node's envelope.jws sent, which is no secret, and put it back in force":
    "Wurde die Datenbank auf einen Stand vor einem neuen Schlüssel des Knotens wiederhergestellt, lassen Sie sich die envelope.jws des Knotens senden, die kein Geheimnis ist, und setzen Sie sie wieder in Kraft",
  "The appliance names a generation that never was":
    "Das Gerät nennt eine Generation, die es nie gab",
  "The message names a higher envelope generation than the broker has":
    "Die Nachricht nennt eine höhere Generation des Umschlags, als der Broker hat",
  "Tell the broker's operator that the broker is older than the envelope of node {serial}.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Broker älter ist als der Umschlag des Knotens {serial}.",
  "Generations only rise, and the broker makes them. A device with a higher one shows that the broker has lost data.":
    "Generationen steigen nur, und der Broker macht sie. Ein Gerät mit einer höheren zeigt, dass der Broker Daten verloren hat.",
  "The unlock is not decided; nothing is changed on either side.":
    "Über die Entsperrung wird nicht entschieden; auf keiner Seite ist etwas geändert.",
  "Find out whether the broker's database was restored from an old backup":
    "Finden Sie heraus, ob die Datenbank des Brokers aus einer alten Sicherung wiederhergestellt wurde",
  "Restore the newest backup; re-wraps since the older one are missing":
    "Stellen Sie die neueste Sicherung wieder her; was seit der älteren neu umhüllt wurde, fehlt",
  "Where there is no newer one, have the node's envelope.jws sent, which is no secret, and put it back in force":
    "Gibt es keine neuere, lassen Sie sich die envelope.jws des Knotens senden, die kein Geheimnis ist, und setzen Sie sie wieder in Kraft",
  "The broker's grant is not valid": "Die Freigabe des Brokers ist ungültig",
  "The grant does not belong to this request or its signature is wrong":
    "Die Freigabe gehört nicht zu dieser Anfrage, oder ihre Signatur ist falsch",
  "Try again; if it happens again, tell the broker's operator that its grants are not accepted by node {serial}.":
    "Versuchen Sie es erneut; geschieht es wieder, sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} dessen Freigaben nicht annimmt.",
  "A grant must be signed by a key that the agent learned at its enrolment and name the hash of the agent's own request.":
    "Eine Freigabe muss mit einem Schlüssel signiert sein, den der Agent bei seiner Anmeldung kennengelernt hat, und den Hash der eigenen Anfrage des Agenten nennen.",
  "The volume stays locked and the grant is thrown away.":
    "Das Volume bleibt gesperrt, und die Freigabe wird verworfen.",
  "The envelope is not valid": "Der Umschlag ist ungültig",
  "The envelope is foreign, older than the one in place, or cannot be opened":
    "Der Umschlag ist fremd, älter als der vorhandene, oder lässt sich nicht öffnen",
  "Tell the broker's operator that the envelope of node {serial} cannot be opened.":
    "Sagen Sie dem Betreiber des Dienstes, dass sich der Umschlag des Knotens {serial} nicht öffnen lässt.",
  "The envelope must carry the broker's signature, this order and this node, a generation that does not go down, and open with the granted key. Which of these failed is not said.":
    "Der Umschlag muss die Signatur des Brokers, diesen Auftrag und diesen Knoten tragen, eine Generation, die nicht sinkt, und sich mit dem freigegebenen Schlüssel öffnen. Was davon fehlschlug, wird nicht gesagt.",
  "The volume stays locked; the envelope in place is kept.":
    "Das Volume bleibt gesperrt; der vorhandene Umschlag wird behalten.",
  "Compare the node's envelope id and generation with the broker's, and send the stored envelope again":
    "Vergleichen Sie ID und Generation des Umschlags des Knotens mit denen des Brokers, und senden Sie den gespeicherten Umschlag erneut",
};
