import type { Phrases } from "../../explanation/translate.ts";

export const unlockDecision: Phrases = {
  "The unlock waits for an approval": "Die Entsperrung wartet auf eine Genehmigung",
  "The unlock must be approved and is not yet":
    "Die Entsperrung muss genehmigt werden und ist es noch nicht",
  "Ask your security administrator to approve the unlock of node {serial}.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Entsperrung des Knotens {serial} zu genehmigen.",
  "The order's unlock policy asks for one or more approvals of each unlock.":
    "Die Entsperrrichtlinie des Auftrags verlangt für jede Entsperrung eine oder mehrere Genehmigungen.",
  "The volume stays locked until enough people have approved. The request, and with it the approval, ends when its time is over, when the order's stage or key changes, when unlocking is revoked, when the node restarts, or when somebody drops it at the node.":
    "Das Volume bleibt gesperrt, bis genug Personen genehmigt haben. Die Anfrage, und mit ihr die Genehmigung, endet, wenn ihre Zeit um ist, wenn sich Phase oder Schlüssel des Auftrags ändern, wenn das Entsperren widerrufen wird, wenn der Knoten neu startet oder wenn jemand sie am Knoten verwirft.",
  "See which unlocks of the order wait, and what was decided":
    "Sehen Sie nach, welche Entsperrungen des Auftrags warten und was entschieden wurde",
  "Approve the request, or reject it in the same way":
    "Genehmigen Sie die Anfrage, oder lehnen Sie sie auf dieselbe Weise ab",
  "Leave the unlock waiting; if it ends before they have decided, the next one goes on with the same request":
    "Lassen Sie die Entsperrung warten; endet sie, bevor entschieden ist, setzt die nächste dieselbe Anfrage fort",
  "If it is not wanted any more, drop the request":
    "Wird sie nicht mehr gewünscht, verwerfen Sie die Anfrage",
  "The unlock was rejected": "Die Entsperrung wurde abgelehnt",
  "The unlock was rejected by an approver":
    "Die Entsperrung wurde von einem Genehmigenden abgelehnt",
  "Ask your security administrator why the unlock of node {serial} was rejected.":
    "Fragen Sie Ihren Sicherheitsadministrator, warum die Entsperrung des Knotens {serial} abgelehnt wurde.",
  "A person with the right to decide said no, with a reason.":
    "Eine Person, die entscheiden darf, hat Nein gesagt, mit einem Grund.",
  "The volume stays locked. A new request opens a new approval.":
    "Das Volume bleibt gesperrt. Eine neue Anfrage eröffnet eine neue Genehmigung.",
  "See who rejected the request, and why":
    "Sehen Sie nach, wer die Anfrage abgelehnt hat und warum",
  "The approval has ended": "Die Genehmigung ist beendet",
  "The request for an approval has ended before a key was released for it":
    "Die Anfrage um eine Genehmigung endete, bevor ein Schlüssel für sie freigegeben wurde",
  "Unlock node {serial} again: that asks for a new approval.":
    "Entsperren Sie den Knoten {serial} erneut: Das fragt um eine neue Genehmigung.",
  "An approval is for one request under the circumstances that its approvers were shown, and for a limited time.":
    "Eine Genehmigung gilt für eine Anfrage unter den Umständen, die ihren Genehmigenden gezeigt wurden, und für begrenzte Zeit.",
  "The volume stays locked. The approvers see the request as ended.":
    "Das Volume bleibt gesperrt. Die Genehmigenden sehen die Anfrage als beendet.",
  "Nobody decided about the request in the time that the policy gives":
    "In der Zeit, die die Richtlinie gibt, hat niemand über die Anfrage entschieden",
  "The order went to another stage while the request waited":
    "Der Auftrag ging in eine andere Phase, während die Anfrage wartete",
  "The key of the order changed while the request waited":
    "Der Schlüssel des Auftrags änderte sich, während die Anfrage wartete",
  "Unlocking was switched off while the request waited":
    "Das Entsperren wurde ausgeschaltet, während die Anfrage wartete",
  "The node asked anew, and only its newest request can be approved":
    "Der Knoten hat neu gefragt, und nur seine neueste Anfrage lässt sich genehmigen",
  "Another command at the node was told the decision, or dropped the request":
    "Einem anderen Befehl am Knoten wurde die Entscheidung mitgeteilt, oder er hat die Anfrage verworfen",
  "Another node was faster to use the release that stood for one unlock":
    "Ein anderer Knoten hat die Freigabe, die für eine Entsperrung galt, schneller benutzt",
  "The request is not open any more": "Die Anfrage ist nicht mehr offen",
  "The request for an approval was decided or has ended already":
    "Über die Anfrage um eine Genehmigung wurde schon entschieden, oder sie ist schon beendet",
  "Nobody has to act: the request was decided before.":
    "Niemand muss handeln: Über die Anfrage wurde schon entschieden.",
  "Each request is decided once. Somebody else was faster, its time was over, or the order's stage or key has changed.":
    "Über jede Anfrage wird einmal entschieden. Jemand anderes war schneller, ihre Zeit war um, oder Phase oder Schlüssel des Auftrags haben sich geändert.",
  "What was decided before holds.": "Was zuvor entschieden wurde, gilt.",
  "Somebody else must decide": "Jemand anderes muss entscheiden",
  "The caller may not decide about this request":
    "Der Aufrufer darf über diese Anfrage nicht entscheiden",
  "Ask another approver of order {orderName} to decide.":
    "Bitten Sie einen anderen Genehmigenden des Auftrags {orderName} zu entscheiden.",
  "The right by role is there, but the order's unlock policy or the request itself excludes the caller.":
    "Das Recht durch die Rolle besteht, aber die Entsperrrichtlinie des Auftrags oder die Anfrage selbst schließt den Aufrufer aus.",
  "The request waits on.": "Die Anfrage wartet weiter.",
  "Let another approver decide about the request":
    "Lassen Sie einen anderen Genehmigenden über die Anfrage entscheiden",
  "The caller brought this request, and nobody approves their own":
    "Der Aufrufer hat diese Anfrage gestellt, und niemand genehmigt seine eigene",
  "The unlock policy of the order names its approvers, and the caller is none of them":
    "Die Entsperrrichtlinie des Auftrags nennt seine Genehmigenden, und der Aufrufer ist keiner von ihnen",
  "Break-glass is not allowed": "Der Notzugriff ist nicht erlaubt",
  "The unlock policy of the order does not allow break-glass":
    "Die Entsperrrichtlinie des Auftrags erlaubt keinen Notzugriff",
  "Ask your security administrator to approve the unlock, or to change the unlock policy of order {orderName}.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Entsperrung zu genehmigen oder die Entsperrrichtlinie des Auftrags {orderName} zu ändern.",
  "Whether one person may release an unlock alone is a decision of the order's owner, and it is off unless switched on.":
    "Ob eine Person allein eine Entsperrung freigeben darf, entscheidet der Besitzer des Auftrags; es ist aus, solange es niemand einschaltet.",
  "Nothing is released.": "Nichts wird freigegeben.",
  "Look at the unlock policy of the order": "Sehen Sie sich die Entsperrrichtlinie des Auftrags an",
  "Approve the unlock as the policy asks, or change the policy (release.breakGlass)":
    "Genehmigen Sie die Entsperrung, wie die Richtlinie es verlangt, oder ändern Sie die Richtlinie (release.breakGlass)",
  "Outside the hours of the unlock policy": "Außerhalb der Zeitfenster der Entsperrrichtlinie",
  "The unlock policy releases no key at this time":
    "Die Entsperrrichtlinie gibt zu dieser Zeit keinen Schlüssel frei",
  "Unlock node {serial} again at {nextOpening}, or ask your security administrator for an exception.":
    "Entsperren Sie den Knoten {serial} ab {nextOpening} erneut, oder bitten Sie Ihren Sicherheitsadministrator um eine Ausnahme.",
  "The order's owner has said at which hours keys are released (release.windows).":
    "Der Besitzer des Auftrags hat gesagt, zu welchen Zeiten Schlüssel freigegeben werden (release.windows).",
  "A locked volume stays locked; one that is open stays open.":
    "Ein gesperrtes Volume bleibt gesperrt; eines, das offen ist, bleibt offen.",
  "Wait until {nextOpening}, then unlock again":
    "Warten Sie bis {nextOpening}, und entsperren Sie dann erneut",
  "In an emergency release one unlock, where the policy allows it":
    "Geben Sie im Notfall eine Entsperrung frei, wo die Richtlinie es erlaubt",
  "The unlock policy withholds the passkey": "Die Entsperrrichtlinie hält den Passkey zurück",
  "The unlock policy of the order keeps its passkey from being shown now":
    "Die Entsperrrichtlinie des Auftrags verhindert, dass sein Passkey jetzt gezeigt wird",
  "Ask your security administrator to unlock the appliance of order {orderName} over the network or offline.":
    "Bitten Sie Ihren Sicherheitsadministrator, das Gerät des Auftrags {orderName} über das Netz oder ohne Netz zu entsperren.",
  "Whoever holds the passkey needs no release: what holds for releases must hold for showing it.":
    "Wer den Passkey hat, braucht keine Freigabe: Was für Freigaben gilt, muss auch für sein Anzeigen gelten.",
  "The passkey is not shown, and the vault is not asked.":
    "Der Passkey wird nicht gezeigt, und der Tresor wird nicht gefragt.",
  "Unlock the appliance over the network, or offline by challenge and answer":
    "Entsperren Sie das Gerät über das Netz, oder ohne Netz durch Anfrage und Antwort",
  "In an emergency allow the passkey to be shown once, where the policy allows it":
    "Erlauben Sie im Notfall, den Passkey einmal zu zeigen, wo die Richtlinie es erlaubt",
  "The unlock policy asks for approvals, and a passkey would pass them by":
    "Die Entsperrrichtlinie verlangt Genehmigungen, und ein Passkey würde sie umgehen",
  "The unlock policy releases no key at this time, nor a passkey":
    "Die Entsperrrichtlinie gibt zu dieser Zeit keinen Schlüssel frei, auch keinen Passkey",
  "Unlocking is switched off": "Das Entsperren ist ausgeschaltet",
  "Unlocking was switched off for this order":
    "Für diesen Auftrag wurde das Entsperren ausgeschaltet",
  "Ask your security administrator to switch unlocking of order {orderName} on again.":
    "Bitten Sie Ihren Sicherheitsadministrator, das Entsperren des Auftrags {orderName} wieder einzuschalten.",
  "Somebody threw the order's kill switch, for instance since the appliance was stolen.":
    "Jemand hat den Notschalter des Auftrags gesetzt, zum Beispiel weil das Gerät gestohlen wurde.",
  "All unlocks of the order are refused, and a node that is still open closes when it asks again.":
    "Alle Entsperrungen des Auftrags werden verweigert, und ein Knoten, der noch offen ist, schließt sich, wenn er wieder fragt.",
  "Find out who threw the switch, and why":
    "Finden Sie heraus, wer den Notschalter gesetzt hat und warum",
  "Switch unlocking on again; where one node was switched off, name it in the body: serial":
    "Schalten Sie das Entsperren wieder ein; wurde ein einzelner Knoten ausgeschaltet, nennen Sie ihn im Textkörper: serial",
  "Too many tries": "Zu viele Versuche",
  "The appliance has tried too often": "Das Gerät hat es zu oft versucht",
  "Each node has a budget of tries, so that one cannot use up the vault for the others.":
    "Jeder Knoten hat ein Budget an Versuchen, damit keiner den Tresor für die anderen aufbraucht.",
  "The message is dropped before any call to the vault. A volume that is open is not touched.":
    "Die Nachricht wird vor jedem Aufruf des Tresors verworfen. Ein offenes Volume wird nicht angetastet.",
  "Wait {retryAfterSeconds} seconds": "Warten Sie {retryAfterSeconds} Sekunden",
};
