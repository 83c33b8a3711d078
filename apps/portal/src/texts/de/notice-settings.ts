import type { noticeSettings as english } from "../en/notice-settings.ts";

export const noticeSettings: typeof english = {
  title: "Was ich bekomme",
  intro:
    "Die Glocke zeigt alles, was Ihre Rollen erlauben. Außerdem sendet der Dienst Nachrichten an die Kanäle von Gruppen und E-Mails an Sie.",
  address: (address) =>
    `E-Mails gehen an ${address}, den Namen, mit dem Sie sich anmelden. Vor jeder prüft der Dienst, ob Ihnen eine Rollenzuweisung noch das Recht an dem Auftrag gibt. Anfragen, die andere entscheiden müssen, bekommen Sie nicht.`,
  noAddress:
    "Der Name, mit dem Sie sich anmelden, ist keine E-Mail-Adresse. Der Dienst kann Ihnen deshalb nicht schreiben.",
  noMailServer:
    "Dieser Dienst sendet keine E-Mails an Personen, weil sein Betreiber keinen Mailserver eingerichtet hat.",
  kinds: {
    "com.databox-cmk.key-health.changed":
      "Ein Schlüssel ist in Ordnung, gefährdet oder unbrauchbar geworden",
    "com.databox-cmk.approval.waiting": "Eine Genehmigung steht aus, und ich darf entscheiden",
    "com.databox-cmk.approval.decided": "Eine Anfrage wurde genehmigt oder abgelehnt",
    "com.databox-cmk.break-glass.opened": "Der Notzugriff ist aktiv",
    "com.databox-cmk.access.revoked": "Die Entsperrung eines Auftrags wurde widerrufen",
    "com.databox-cmk.policy.changed":
      "Eine Entsperrrichtlinie wurde geändert, oder ein Besitzer setzt sie außer Kraft",
    "com.databox-cmk.drill.finished": "Eine Widerrufsübung ist beendet",
    "com.databox-cmk.campaign.finished": "Eine Kampagne ist beendet",
  },
  channels: (names) => `Geht an Gruppen: ${names}`,
  channel: (name, kind) => `${name} (${{ teams: "Teams", slack: "Slack", email: "E-Mail" }[kind]})`,
  noChannels: "Geht an keine Gruppe.",
  groupsOnly: "Kampagnen werden nur Gruppen gemeldet.",
  notAllowed: "Keine Ihrer Rollen erlaubt Ihnen, dies per E-Mail zu bekommen.",
  readBySignIn:
    "Sie haben dieses Recht durch eine Rolle Ihrer Anmeldung, die der Dienst später nicht nachschlagen kann. Bitten Sie für E-Mails einen Eigentümer des Abonnements um eine Rollenzuweisung:",
  approveBySignIn:
    "Sie dürfen durch eine Rolle Ihrer Anmeldung genehmigen, die der Dienst später nicht nachschlagen kann. Bitten Sie den Betreiber, diese Nachrichten an einen Kanal der Genehmigenden zu senden.",
  mailMe: "E-Mail an mich",
  language: "Sprache meiner E-Mails",
};
