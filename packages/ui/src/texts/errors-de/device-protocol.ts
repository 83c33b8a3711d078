import type { Phrases } from "../../explanation/translate.ts";

export const deviceProtocol: Phrases = {
  "The message cannot be read": "Die Nachricht ist nicht lesbar",
  "The device message is not of the agreed form":
    "Die Nachricht des Geräts hat nicht die vereinbarte Form",
  "Tell the broker's operator that the agent and the broker do not understand each other (correlation id {correlationId}).":
    "Sagen Sie dem Betreiber des Dienstes, dass Agent und Broker einander nicht verstehen (Korrelations-ID {correlationId}).",
  "A member is missing, unknown, of the wrong type or out of range, or the envelope of the message is not a compact JWS (RFC 7515).":
    "Ein Element fehlt, ist unbekannt, vom falschen Typ oder außerhalb seines Bereichs, oder die Hülle der Nachricht ist keine kompakte JWS (RFC 7515).",
  "The message is dropped before any call to the vault and noted in the audit trail. A volume that is open is not touched.":
    "Die Nachricht wird vor jedem Aufruf des Tresors verworfen und im Prüfprotokoll vermerkt. Ein offenes Volume wird nicht angetastet.",
  "See the agent's version and update it to one that fits the broker":
    "Sehen Sie nach, welche Version der Agent hat, und aktualisieren Sie ihn auf eine, die zum Broker passt",
  "The message is too large": "Die Nachricht ist zu groß",
  "The device message is larger than 16 KiB": "Die Nachricht des Geräts ist größer als 16 KiB",
  "Update the agent on the appliance, then try again; its message is too large.":
    "Aktualisieren Sie den Agenten auf dem Gerät, und versuchen Sie es dann erneut; seine Nachricht ist zu groß.",
  "No message of the protocol comes near the cap, so this is no message of an agent.":
    "Keine Nachricht des Protokolls kommt der Obergrenze nahe, also ist dies keine Nachricht eines Agenten.",
  "The appliance is not known by this key": "Das Gerät ist unter diesem Schlüssel nicht bekannt",
  "The appliance cannot be authenticated": "Das Gerät kann nicht authentifiziert werden",
  "Tell the broker's operator that node {serial} is not recognised.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} nicht erkannt wird.",
  "The serial is unknown, another key is enrolled for it, or the signature is wrong. The answer does not say which, so that nobody can probe for serial numbers.":
    "Die Seriennummer ist unbekannt, ein anderer Schlüssel ist für sie angemeldet, oder die Signatur ist falsch. Die Antwort sagt nicht, welches davon, damit niemand Seriennummern erraten kann.",
  "Compare the serial number and the order of the agent with the enrolment":
    "Vergleichen Sie Seriennummer und Auftrag des Agenten mit der Anmeldung des Knotens",
  "Look in the audit trail for the correlation id {correlationId}; it tells an unknown device from a wrong signature":
    "Suchen Sie im Prüfprotokoll nach der Korrelations-ID {correlationId}; es unterscheidet ein unbekanntes Gerät von einer falschen Signatur",
  "The enrolment code is not valid": "Der Anmeldecode ist ungültig",
  "The enrolment code is wrong, used or expired":
    "Der Anmeldecode ist falsch, verbraucht oder abgelaufen",
  "Ask the broker's operator for a new enrolment code for node {serial}.":
    "Bitten Sie den Betreiber des Dienstes um einen neuen Anmeldecode für den Knoten {serial}.",
  "Each code binds one node to one order, once, within its time. A code is never told apart as wrong, used or expired.":
    "Jeder Code bindet einen Knoten an einen Auftrag, einmal, innerhalb seiner Zeit. Ob ein Code falsch, verbraucht oder abgelaufen ist, wird nie unterschieden.",
  "Prepare the order again to get a new code: POST /operator/v1{orderId}/prepare":
    "Bereiten Sie den Auftrag erneut vor, um einen neuen Code zu bekommen: POST /operator/v1{orderId}/prepare",
  "Run databox-agent prepare with the new code from standard input":
    "Führen Sie databox-agent prepare mit dem neuen Code von der Standardeingabe aus",
  "The node is enrolled with another key": "Der Knoten ist mit einem anderen Schlüssel angemeldet",
  "The node is already enrolled with another device key":
    "Der Knoten ist bereits mit einem anderen Geräteschlüssel angemeldet",
  "Ask the broker's operator to find out why node {serial} is enrolled already.":
    "Bitten Sie den Betreiber des Dienstes herauszufinden, warum der Knoten {serial} bereits angemeldet ist.",
  "An enrolment cannot be changed: else whoever has a code could take a node over.":
    "Eine Anmeldung lässt sich nicht ändern: Sonst könnte, wer einen Code hat, einen Knoten übernehmen.",
  "The first enrolment stays valid.": "Die erste Anmeldung bleibt gültig.",
  "Find out whether the node's state was lost or somebody else enrolled it":
    "Finden Sie heraus, ob der Zustand des Knotens verloren ging oder ob jemand anderes ihn angemeldet hat",
  "Prepare a new order for the node; an enrolment is never overwritten":
    "Bereiten Sie einen neuen Auftrag für den Knoten vor; eine Anmeldung wird nie überschrieben",
  "The challenge is not the broker's": "Die Aufgabe ist nicht die des Brokers",
  "The challenge in the message was not made by this broker for this node":
    "Die Aufgabe in der Nachricht wurde nicht von diesem Broker für diesen Knoten gestellt",
  "Try again; if it happens again, tell the broker's operator.":
    "Versuchen Sie es erneut; geschieht es wieder, sagen Sie es dem Betreiber des Dienstes.",
  "Its authentication code is wrong: it was changed, made for another serial, or made by a broker with another secret.":
    "Ihr Authentifizierungscode ist falsch: Sie wurde geändert, für eine andere Seriennummer gestellt oder von einem Broker mit einem anderen Geheimnis.",
  "The challenge has expired": "Die Aufgabe ist abgelaufen",
  "The challenge in the message has expired": "Die Aufgabe in der Nachricht ist abgelaufen",
  "Try again; the appliance took too long to answer.":
    "Versuchen Sie es erneut; das Gerät hat zu lange für die Antwort gebraucht.",
  "A challenge is good for a short time, so that an old message cannot be used later.":
    "Eine Aufgabe gilt für kurze Zeit, damit eine alte Nachricht später nicht benutzt werden kann.",
  "The message was used before": "Die Nachricht wurde schon benutzt",
  "The challenge in the message was used before by another message":
    "Die Aufgabe in der Nachricht wurde schon von einer anderen Nachricht benutzt",
  "Try again; if it happens again, tell the broker's operator that messages of node {serial} are being repeated.":
    "Versuchen Sie es erneut; geschieht es wieder, sagen Sie dem Betreiber des Dienstes, dass Nachrichten des Knotens {serial} wiederholt werden.",
  "A challenge serves one message. The very same message may be repeated for 60 seconds and gets the same answer; another one may not.":
    "Eine Aufgabe dient einer Nachricht. Genau dieselbe Nachricht darf 60 Sekunden lang wiederholt werden und bekommt dieselbe Antwort; eine andere nicht.",
  "If you did not repeat it, look in the audit trail for who sent the message first":
    "Haben nicht Sie sie wiederholt, sehen Sie im Prüfprotokoll nach, wer die Nachricht zuerst gesendet hat",
  "The appliance has gone back in time": "Das Gerät ist in der Zeit zurückgegangen",
  "The appliance's counter is not higher than the last one that the broker saw":
    "Der Zähler des Geräts ist nicht höher als der letzte, den der Broker gesehen hat",
  "Tell the broker's operator that the state of node {serial} was restored from a copy.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Zustand des Knotens {serial} aus einer Kopie wiederhergestellt wurde.",
  "The counter only ever rises. A lower one means an old copy of the state: a restored backup, or a clone.":
    "Der Zähler steigt immer nur. Ein niedrigerer bedeutet eine alte Kopie des Zustands: eine wiederhergestellte Sicherung oder einen Klon.",
  "Find out whether the node's state was restored from a backup or the node was cloned":
    "Finden Sie heraus, ob der Zustand des Knotens aus einer Sicherung wiederhergestellt oder der Knoten geklont wurde",
  "If a clone cannot be excluded, revoke the order's unlocks and have the node prepared again":
    "Lässt sich ein Klon nicht ausschließen, widerrufen Sie die Entsperrungen des Auftrags, und lassen Sie den Knoten neu vorbereiten",
  "The appliance belongs to another order": "Das Gerät gehört zu einem anderen Auftrag",
  "The message names another order than the node is enrolled for":
    "Die Nachricht nennt einen anderen Auftrag als den, für den der Knoten angemeldet ist",
  "Tell the broker's operator that node {serial} names an order that it does not belong to.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} einen Auftrag nennt, zu dem er nicht gehört.",
  "A node can only unlock for the order it was enrolled for.":
    "Ein Knoten kann nur für den Auftrag entsperren, für den er angemeldet wurde.",
  "See which order the agent was prepared for":
    "Sehen Sie nach, für welchen Auftrag der Agent vorbereitet wurde",
  "The appliance offers weaker cryptography than it enrolled with":
    "Das Gerät bietet schwächere Kryptografie an als bei seiner Anmeldung",
  "The message offers a weaker key exchange than the node enrolled with":
    "Die Nachricht bietet einen schwächeren Schlüsselaustausch an als der Knoten bei seiner Anmeldung",
  "Tell the broker's operator that node {serial} offers weaker cryptography than before.":
    "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} schwächere Kryptografie anbietet als zuvor.",
  "A node that enrolled with X-Wing is never answered with X25519: somebody could otherwise force the weaker one.":
    "Einem Knoten, der sich mit X-Wing angemeldet hat, wird nie mit X25519 geantwortet: Sonst könnte jemand das schwächere erzwingen.",
  "The purpose is not allowed now": "Der Zweck ist jetzt nicht erlaubt",
  "The stage of the order does not allow unlocking for this purpose":
    "Die Phase des Auftrags erlaubt kein Entsperren zu diesem Zweck",
  "Ask the owner of order {orderName} in which stage it is; the appliance may not be unlocked for this purpose now.":
    "Fragen Sie den Besitzer des Auftrags {orderName}, in welcher Phase er ist; zu diesem Zweck darf das Gerät jetzt nicht entsperrt werden.",
  "Preparing is for the time before dispatch, unlocking for the customer's site, ingesting for the datacenter.":
    "Vorbereiten gehört in die Zeit vor dem Versand, Entsperren an den Standort des Kunden, Einlesen ins Rechenzentrum.",
  "See in which stage the order is": "Sehen Sie nach, in welcher Phase der Auftrag ist",
  "The lease is not valid": "Die Frist ist ungültig",
  "The lease is unknown, ended or not this node's":
    "Die Frist ist unbekannt, beendet oder nicht die dieses Knotens",
  "Unlock the appliance again.": "Entsperren Sie das Gerät erneut.",
  "A lease is renewed by the node that has it, in sequence, before it ends.":
    "Eine Frist verlängert der Knoten, der sie hat, der Reihe nach, bevor sie endet.",
  "The volume stays open within the time of the last lease and its outage grace, and is closed at its end.":
    "Das Volume bleibt innerhalb der letzten Frist und ihrer Ausfallfrist offen und wird an deren Ende geschlossen.",
  "Unlock again to get a new lease": "Entsperren Sie erneut, um eine neue Frist zu bekommen",
};
