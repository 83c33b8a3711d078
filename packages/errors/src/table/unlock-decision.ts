import type { Step, Text } from "../row.ts";
import { invalid, pending, refused, unreachable } from "./classes.ts";
import { TRY_AGAIN, UNLOCK_AGAIN } from "./steps.ts";

/** Each row names the entry to search for. */
const SHOW_ACTIVITY = {
  command:
    'az rest --method get --url "{orderId}/activity?api-version=2022-12-01" --query "value[-10:].row"',
} as const satisfies Omit<Step, "text">;

const SHOW_APPROVALS = {
  en: "See the waiting unlocks of the order and the decisions about them",
  de: "Sehen Sie nach, welche Entsperrungen des Auftrags warten und was entschieden wurde",
  command: 'az rest --method get --url "{orderId}/approvals?api-version=2022-12-01"',
} as const satisfies Step<Text>;
const APPROVE = {
  en: "Approve the request, or reject it in the same way",
  de: "Genehmigen Sie die Anfrage, oder lehnen Sie sie auf dieselbe Weise ab",
  command:
    'az rest --method post --url "{orderId}/approvals/{approvalId}/approve?api-version=2022-12-01" --body \'{"reason":"seen on site"}\'',
} as const satisfies Step<Text>;
const SHOW_POLICY = {
  en: "Check the unlock policy of the order",
  de: "Sehen Sie sich die Entsperrrichtlinie des Auftrags an",
  command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
} as const satisfies Step<Text>;
const ASK_FOR_APPROVAL =
  'az rest --method put --url "{orderId}/unlockPolicy?api-version=2022-12-01" --body \'{"outageGrace":"P1D","leaseTtlSeconds":60,"offline":{"allowed":false,"lease":{"kind":"boots","boots":1}},"release":{"windows":[],"approvals":{"required":1,"approvers":[],"expiresAfterSeconds":3600},"breakGlass":true}}\'';

/** Decisions of people and policies about an unlock, and the broker's limits. */
export const UNLOCK_DECISION_ERRORS = {
  ApprovalPending: pending(202, "security-administrator", {
    title: {
      en: "The unlock waits for an approval",
      de: "Die Entsperrung wartet auf eine Genehmigung",
    },
    message: {
      en: "The unlock must be approved first",
      de: "Die Entsperrung muss zuerst genehmigt werden",
    },
    ask: {
      en: "Ask your security administrator to approve the unlock of node {serial}.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, die Entsperrung des Knotens {serial} zu genehmigen.",
    },
    steps: [
      SHOW_APPROVALS,
      APPROVE,
      {
        en: "Leave the unlock waiting; if it ends before the decision, the next one continues with the same request",
        de: "Lassen Sie die Entsperrung warten; endet sie, bevor entschieden ist, setzt die nächste dieselbe Anfrage fort",
        command: "databox-agent unlock",
        for: "site-operator",
      },
      {
        en: "If it is no longer needed, withdraw the request",
        de: "Wenn sie nicht mehr gebraucht wird, ziehen Sie die Anfrage zurück",
        command: "databox-agent unlock --cancel",
        for: "site-operator",
      },
    ],
    why: {
      en: "The order's unlock policy requires one or more approvals for each unlock.",
      de: "Die Entsperrrichtlinie des Auftrags verlangt für jede Entsperrung eine oder mehrere Genehmigungen.",
    },
    meanwhile: {
      en: "The volume stays locked until enough people have approved. The request and its approvals end when the request expires, when the order's stage or key changes, when unlocking is revoked, when the node restarts, or when someone withdraws the request at the node.",
      de: "Das Volume bleibt gesperrt, bis genug Personen genehmigt haben. Die Anfrage und ihre Genehmigungen enden, wenn die Anfrage abläuft, wenn sich die Phase oder der Schlüssel des Auftrags ändert, wenn das Entsperren widerrufen wird, wenn der Knoten neu startet oder wenn jemand die Anfrage am Knoten zurückzieht.",
    },
    reproduce: ASK_FOR_APPROVAL,
  }),
  ApprovalRejected: refused(403, "security-administrator", {
    title: { en: "The unlock was rejected", de: "Die Entsperrung wurde abgelehnt" },
    message: {
      en: "The unlock was rejected by an approver",
      de: "Die Entsperrung wurde von einem Genehmigenden abgelehnt",
    },
    ask: {
      en: "Ask your security administrator why the unlock of node {serial} was rejected.",
      de: "Fragen Sie Ihren Sicherheitsadministrator, warum die Entsperrung des Knotens {serial} abgelehnt wurde.",
    },
    steps: [
      {
        ...SHOW_ACTIVITY,
        en: "See who rejected the request, and why",
        de: "Sehen Sie nach, wer die Anfrage abgelehnt hat und warum",
      },
      UNLOCK_AGAIN,
    ],
    why: {
      en: "An approver rejected the request and gave a reason.",
      de: "Eine genehmigende Person hat die Anfrage abgelehnt und einen Grund genannt.",
    },
    meanwhile: {
      en: "The volume stays locked. A new request opens a new approval.",
      de: "Das Volume bleibt gesperrt. Eine neue Anfrage eröffnet eine neue Genehmigung.",
    },
    reproduce:
      'az rest --method post --url "{orderId}/approvals/{approvalId}/reject?api-version=2022-12-01" --body \'{"reason":"nobody is on site"}\'',
  }),
  ApprovalExpired: invalid(409, "site-operator", {
    title: { en: "The approval has ended", de: "Die Genehmigung ist beendet" },
    message: {
      en: "The approval request ended before a key was released",
      de: "Die Anfrage um eine Genehmigung endete, bevor ein Schlüssel für sie freigegeben wurde",
    },
    ask: {
      en: "Unlock node {serial} again: that asks for a new approval.",
      de: "Entsperren Sie den Knoten {serial} erneut: Das fragt um eine neue Genehmigung.",
    },
    steps: [{ ...UNLOCK_AGAIN, for: "site-operator" }],
    reasons: {
      time: {
        message: {
          en: "No approver decided about the request before it expired",
          de: "Niemand hat über die Anfrage entschieden, bevor sie ablief",
        },
        why: "The policy of the order limits how long a request waits (approvals.expiresAfterSeconds).",
      },
      stage: {
        message: {
          en: "The order moved to another stage while the request waited",
          de: "Der Auftrag ging in eine andere Phase, während die Anfrage wartete",
        },
        why: "The circumstances of the request have changed: the appliance is somewhere else now.",
      },
      key: {
        message: {
          en: "The key of the order changed while the request waited",
          de: "Der Schlüssel des Auftrags änderte sich, während die Anfrage wartete",
        },
        why: "An approval is for one key version, which the approvers were shown.",
      },
      revoked: {
        message: {
          en: "Unlocking was switched off while the request waited",
          de: "Das Entsperren wurde ausgeschaltet, während die Anfrage wartete",
        },
        why: "A revocation ends every approval, even if the revocation is turned off again.",
      },
      superseded: {
        message: {
          en: "The node sent a newer request, and only the newest one can be approved",
          de: "Der Knoten hat eine neuere Anfrage gesendet, und nur die neueste kann genehmigt werden",
        },
        why: "The key is sealed to a one-use key of the request: the answer to an older request could not be opened.",
      },
      dropped: {
        message: {
          en: "Another command at the node received the decision, or withdrew the request",
          de: "Ein anderer Befehl am Knoten hat die Entscheidung erhalten oder die Anfrage zurückgezogen",
        },
        why: "databox-agent unlock --cancel and locking the volume by hand end a request. If several unlocks wait with one request, the first to ask receives the decision.",
      },
      "break-glass": {
        message: {
          en: "Another node used the emergency access first; it allows only one unlock",
          de: "Ein anderer Knoten hat den Notzugriff zuerst genutzt; er erlaubt nur eine Entsperrung",
        },
        why: "Emergency access allows one unlock.",
      },
    },
    why: {
      en: "An approval is for one request under the circumstances that its approvers were shown, and for a limited time.",
      de: "Eine Genehmigung gilt für eine Anfrage unter den Umständen, die ihren Genehmigenden gezeigt wurden, und für begrenzte Zeit.",
    },
    meanwhile: {
      en: "The volume stays locked. The approvers see the request as ended.",
      de: "Das Volume bleibt gesperrt. Die Genehmigenden sehen die Anfrage als beendet.",
    },
  }),
  ApprovalClosed: invalid(409, "nobody", {
    title: { en: "The request is no longer open", de: "Die Anfrage ist nicht mehr offen" },
    message: {
      en: "The approval request was already decided or has ended",
      de: "Über die Anfrage um eine Genehmigung wurde schon entschieden, oder sie ist schon beendet",
    },
    recoverable: "no",
    ask: {
      en: "No action is needed: the request was decided before.",
      de: "Niemand muss handeln: Über die Anfrage wurde schon entschieden.",
    },
    steps: [SHOW_APPROVALS],
    why: {
      en: "Each request is decided once. Someone else was faster, the request expired, or the order's stage or key has changed.",
      de: "Über jede Anfrage wird einmal entschieden. Jemand anders war schneller, die Anfrage ist abgelaufen, oder die Phase oder der Schlüssel des Auftrags hat sich geändert.",
    },
    meanwhile: {
      en: "The earlier decision still applies.",
      de: "Die frühere Entscheidung gilt weiter.",
    },
  }),
  ChangeNeedsApproval: pending(409, "security-administrator", {
    title: {
      en: "The change waits for an approval",
      de: "Die Änderung wartet auf eine Genehmigung",
    },
    message: {
      en: "The change loosens the protection of the order and is not approved yet",
      de: "Die Änderung lockert den Schutz des Auftrags und ist noch nicht genehmigt",
    },
    ask: {
      en: "Ask the approvers of the order to approve the change, then make the same change again.",
      de: "Bitten Sie die Genehmigenden des Auftrags, die Änderung zu genehmigen, und nehmen Sie dieselbe Änderung dann noch einmal vor.",
    },
    steps: [
      SHOW_APPROVALS,
      APPROVE,
      {
        en: "Once enough people have approved, send exactly the same change again",
        de: "Senden Sie genau dieselbe Änderung noch einmal, sobald genug Personen genehmigt haben",
      },
    ],
    why: {
      en: "The order's unlock policy asks for approvals. A change that allows more than before needs the same approvals, so that one person cannot lift the rule alone.",
      de: "Die Entsperrrichtlinie des Auftrags verlangt Genehmigungen. Eine Änderung, die mehr erlaubt als zuvor, braucht dieselben Genehmigungen, damit niemand die Regel allein aufheben kann.",
    },
    meanwhile: {
      en: "Nothing has changed. The protection that was in force before stays in force.",
      de: "Es hat sich nichts geändert. Der bisherige Schutz gilt weiter.",
    },
  }),
  ApprovalForbidden: refused(403, "security-administrator", {
    title: { en: "Someone else must decide", de: "Jemand anderes muss entscheiden" },
    message: {
      en: "The caller may not decide about this request",
      de: "Der Aufrufer darf über diese Anfrage nicht entscheiden",
    },
    ask: {
      en: "Ask another approver of order {orderName} to decide.",
      de: "Bitten Sie einen anderen Genehmigenden des Auftrags {orderName} zu entscheiden.",
    },
    steps: [
      {
        en: "Ask another approver to decide about the request",
        de: "Bitten Sie eine andere genehmigende Person, über die Anfrage zu entscheiden",
      },
    ],
    reasons: {
      self: {
        message: {
          en: "The caller submitted this request and cannot approve it",
          de: "Der Aufrufer hat diese Anfrage eingereicht und kann sie nicht selbst genehmigen",
        },
        why: "Two people are needed: one who asks and one who approves.",
      },
      "not-named": {
        message: {
          en: "The unlock policy of the order names its approvers, and the caller is not one of them",
          de: "Die Entsperrrichtlinie des Auftrags nennt seine Genehmigenden, und der Aufrufer ist keiner von ihnen",
        },
        why: "A list of approvers in the policy (release.approvals.approvers) restricts who may approve, in addition to the role.",
      },
    },
    why: {
      en: "The caller's role allows it, but the order's unlock policy or the request itself excludes the caller.",
      de: "Die Rolle des Aufrufers erlaubt es, aber die Entsperrrichtlinie des Auftrags oder die Anfrage selbst schließt ihn aus.",
    },
    meanwhile: { en: "The request continues to wait.", de: "Die Anfrage wartet weiter." },
  }),
  ApproverUnknown: invalid(409, "security-administrator", {
    title: { en: "An approver may not approve", de: "Eine genannte Person darf nicht genehmigen" },
    message: {
      en: "The policy names a person of whom the broker cannot see that they may approve",
      de: "Die Richtlinie nennt eine Person, von der der Broker nicht sehen kann, dass sie genehmigen darf",
    },
    ask: {
      en: "Ask the order's owner to give the person the role Data Box Approver, or to correct the object id.",
      de: "Bitten Sie den Besitzer des Auftrags, der Person die Rolle Data Box Approver zu geben oder die Objekt-ID zu berichtigen.",
    },
    steps: [
      {
        en: "Compare the object id that the error names with that of the person in Entra ID",
        de: "Vergleichen Sie die Objekt-ID, die der Fehler nennt, mit der der Person in Entra ID",
      },
      {
        en: "Give the person a role that allows to approve, on the order or above it, and write the policy again",
        de: "Geben Sie der Person am Auftrag oder darüber eine Rolle, die das Genehmigen erlaubt, und schreiben Sie die Richtlinie noch einmal",
      },
      {
        en: "If the person has the right by an app role of Entra ID, which the broker cannot look up, write the policy with acceptUnknownApprovers: true",
        de: "Wenn die Person das Recht durch eine App-Rolle in Entra ID hat, die der Broker nicht nachschlagen kann, schreiben Sie die Richtlinie mit acceptUnknownApprovers: true",
      },
    ],
    why: {
      en: "If the named people do not exist or may not approve, nobody can unlock the order, and nobody can approve a change of its policy.",
      de: "Wenn die genannten Personen nicht existieren oder nicht genehmigen dürfen, kann niemand den Auftrag entsperren und niemand eine Änderung seiner Richtlinie genehmigen.",
    },
    meanwhile: {
      en: "The policy did not change.",
      de: "Die Richtlinie hat sich nicht geändert.",
    },
  }),
  BreakGlassForbidden: refused(403, "security-administrator", {
    title: { en: "Emergency access is not allowed", de: "Der Notzugriff ist nicht erlaubt" },
    message: {
      en: "The unlock policy of the order does not allow emergency access",
      de: "Die Entsperrrichtlinie des Auftrags erlaubt keinen Notzugriff",
    },
    ask: {
      en: "Ask your security administrator to approve the unlock, or to change the unlock policy of order {orderName}.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, die Entsperrung zu genehmigen oder die Entsperrrichtlinie des Auftrags {orderName} zu ändern.",
    },
    steps: [
      SHOW_POLICY,
      {
        en: "Approve the unlock as the policy requires, or change the policy (release.breakGlass)",
        de: "Genehmigen Sie die Entsperrung, wie die Richtlinie es verlangt, oder ändern Sie die Richtlinie (release.breakGlass)",
      },
    ],
    why: {
      en: "The order's owner decides whether one person may release an unlock alone. It is off by default.",
      de: "Der Besitzer des Auftrags entscheidet, ob eine Person allein eine Entsperrung freigeben darf. Standardmäßig ist es ausgeschaltet.",
    },
    meanwhile: { en: "Nothing is released.", de: "Nichts wird freigegeben." },
    reproduce:
      'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"drill"}\'',
  }),
  ReleaseWindowClosed: pending(409, "security-administrator", {
    title: {
      en: "Outside the unlock hours",
      de: "Außerhalb der Entsperrzeiten",
    },
    message: {
      en: "The unlock policy does not allow unlocks at this time",
      de: "Die Entsperrrichtlinie erlaubt zu dieser Zeit keine Entsperrungen",
    },
    recoverable: "until-date",
    ask: {
      en: "Unlock node {serial} again at {nextOpening}, or ask your security administrator for an exception.",
      de: "Entsperren Sie den Knoten {serial} ab {nextOpening} erneut, oder bitten Sie Ihren Sicherheitsadministrator um eine Ausnahme.",
    },
    steps: [
      {
        en: "Wait until {nextOpening}, then unlock again",
        de: "Warten Sie bis {nextOpening}, und entsperren Sie dann erneut",
        for: "site-operator",
      },
      SHOW_POLICY,
      {
        en: "In an emergency, release one unlock if the policy allows it",
        de: "Geben Sie im Notfall eine Entsperrung frei, wo die Richtlinie es erlaubt",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    why: {
      en: "The order's owner has set the hours in which keys are released (release.windows).",
      de: "Der Besitzer des Auftrags hat gesagt, zu welchen Zeiten Schlüssel freigegeben werden (release.windows).",
    },
    meanwhile: {
      en: "A locked volume stays locked; one that is open stays open.",
      de: "Ein gesperrtes Volume bleibt gesperrt; eines, das offen ist, bleibt offen.",
    },
  }),
  CredentialsWithheld: refused(403, "security-administrator", {
    title: {
      en: "The unlock policy withholds the passkey",
      de: "Die Entsperrrichtlinie hält den Passkey zurück",
    },
    message: {
      en: "The unlock policy of the order does not allow its passkey to be shown now",
      de: "Die Entsperrrichtlinie des Auftrags verhindert, dass sein Passkey jetzt gezeigt wird",
    },
    ask: {
      en: "Ask your security administrator to unlock the appliance of order {orderName} over the network or offline.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, das Gerät des Auftrags {orderName} über das Netz oder ohne Netz zu entsperren.",
    },
    steps: [
      SHOW_POLICY,
      {
        en: "Unlock the appliance over the network, or offline by challenge and answer",
        de: "Entsperren Sie das Gerät über das Netz, oder ohne Netz durch Anfrage und Antwort",
      },
      {
        en: "In an emergency, allow the passkey to be shown once if the policy allows it",
        de: "Erlauben Sie im Notfall, den Passkey einmal zu zeigen, wo die Richtlinie es erlaubt",
        command:
          'az rest --method post --url "{orderId}/breakGlass?api-version=2022-12-01" --body \'{"reason":"why"}\'',
      },
    ],
    reasons: {
      approvals: {
        message: {
          en: "The unlock policy requires approvals, and a passkey would bypass them",
          de: "Die Entsperrrichtlinie verlangt Genehmigungen, und ein Passkey würde sie umgehen",
        },
        why: "A passkey opens the volume without another approval, so one person must not get it alone.",
      },
      window: {
        message: {
          en: "The unlock policy does not allow unlocks at this time, and so no passkey",
          de: "Die Entsperrrichtlinie erlaubt zu dieser Zeit keine Entsperrungen und daher auch keinen Passkey",
        },
        why: "A passkey opens the volume at any hour.",
      },
      network: {
        message: {
          en: "The unlock policy allows unlocks only from the networks that it names, and so no passkey",
          de: "Die Entsperrrichtlinie erlaubt Entsperrungen nur aus den Netzen, die sie nennt, und daher keinen Passkey",
        },
        why: "A passkey opens the volume in any network, and also in a later stage of the order.",
      },
    },
    why: {
      en: "With the passkey, no release is needed, so showing it follows the same rules as a release.",
      de: "Mit dem Passkey ist keine Freigabe nötig; deshalb gelten für das Anzeigen dieselben Regeln wie für eine Freigabe.",
    },
    meanwhile: {
      en: "The passkey is not shown, and the vault is not called.",
      de: "Der Passkey wird nicht gezeigt, und der Tresor wird nicht gefragt.",
    },
  }),
  UnlockRevoked: refused(403, "security-administrator", {
    title: { en: "Unlocking is switched off", de: "Das Entsperren ist ausgeschaltet" },
    message: {
      en: "Unlocking was switched off for this order",
      de: "Für diesen Auftrag wurde das Entsperren ausgeschaltet",
    },
    ask: {
      en: "Ask your security administrator to switch unlocking of order {orderName} on again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, das Entsperren des Auftrags {orderName} wieder einzuschalten.",
    },
    steps: [
      {
        ...SHOW_ACTIVITY,
        en: "Find out who activated the kill switch, and why",
        de: "Finden Sie heraus, wer den Notschalter aktiviert hat und warum",
      },
      {
        en: "Switch unlocking on again; if only one node was switched off, name it in the body: serial",
        de: "Schalten Sie das Entsperren wieder ein; wurde ein einzelner Knoten ausgeschaltet, nennen Sie ihn im Textkörper: serial",
        command:
          'az rest --method post --url "{orderId}/restoreAccess?api-version=2022-12-01" --body {}',
      },
      UNLOCK_AGAIN,
    ],
    why: {
      en: "Someone activated the order's kill switch, for example because the appliance was stolen.",
      de: "Jemand hat den Notschalter des Auftrags aktiviert, zum Beispiel weil das Gerät gestohlen wurde.",
    },
    meanwhile: {
      en: "All unlocks of the order are refused, and an open node closes when it next contacts the broker.",
      de: "Alle Entsperrungen des Auftrags werden verweigert, und ein offener Knoten schließt sich, wenn er sich das nächste Mal beim Broker meldet.",
    },
    reproduce:
      'az rest --method post --url "{orderId}/revoke?api-version=2022-12-01" --body \'{"reason":"stolen"}\'',
  }),
  RateLimited: unreachable(429, "nobody", {
    title: { en: "Too many tries", de: "Zu viele Versuche" },
    message: { en: "The appliance has tried too often", de: "Das Gerät hat es zu oft versucht" },
    ask: {
      en: "Wait {retryAfterSeconds} seconds, then try again.",
      de: "Warten Sie {retryAfterSeconds} Sekunden, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Wait {retryAfterSeconds} seconds",
        de: "Warten Sie {retryAfterSeconds} Sekunden",
        for: "site-operator",
      },
      TRY_AGAIN,
    ],
    why: {
      en: "Each node has a limit of tries, so that one node cannot use up the vault for the others.",
      de: "Jeder Knoten hat ein Budget an Versuchen, damit keiner den Tresor für die anderen aufbraucht.",
    },
    meanwhile: {
      en: "The message is dropped before any call to the vault. A volume that is open is not touched.",
      de: "Die Nachricht wird vor jedem Aufruf des Tresors verworfen. Ein offenes Volume wird nicht angetastet.",
    },
  }),
};
