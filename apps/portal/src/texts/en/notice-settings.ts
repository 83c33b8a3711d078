import type { NoticeChoices } from "@databox-cmk/protocol";

type Kind = NoticeChoices["kinds"][number];

export const noticeSettings = {
  title: "What I get",
  intro:
    "The bell shows everything that your roles allow. In addition, the service sends messages to the channels of groups, and e-mails to you.",
  address: (address: string) =>
    `E-mails go to ${address}, the name that you sign in with. Before each one, the service checks that a role assignment still gives you the right to the order. Requests that others must decide are not sent to you.`,
  noAddress:
    "The name that you sign in with is not an e-mail address, so the service cannot write to you.",
  noMailServer:
    "This service sends no e-mails to people, because its operator has set up no mail server.",
  kinds: {
    "com.databox-cmk.key-health.changed": "A key became healthy, at risk or unusable",
    "com.databox-cmk.approval.waiting": "An approval waits, and I may decide",
    "com.databox-cmk.approval.decided": "A request was approved or rejected",
    "com.databox-cmk.break-glass.opened": "Emergency access is active",
    "com.databox-cmk.emergency.used": "Emergency access was used",
    "com.databox-cmk.access.revoked": "Unlocking of an order was revoked",
    "com.databox-cmk.policy.changed": "An unlock policy changed, or an owner overrides it",
    "com.databox-cmk.drill.finished": "A revocation drill has finished",
    "com.databox-cmk.campaign.finished": "A campaign has finished",
  } satisfies Record<Kind["type"], string> as Record<Kind["type"], string>,
  channels: (names: string) => `Sent to groups: ${names}`,
  channel: (name: string, kind: Kind["channels"][number]["kind"]) =>
    `${name} (${{ teams: "Teams", slack: "Slack", email: "e-mail" }[kind]})`,
  noChannels: "Sent to no group.",
  groupsOnly: "Campaigns are reported to groups only.",
  notAllowed: "No role of yours allows you to get this by e-mail.",
  readBySignIn:
    "You have this right by a role of your sign-in, which the service cannot look up later. To get e-mails, ask an owner of the subscription for a role assignment:",
  approveBySignIn:
    "You may approve by a role of your sign-in, which the service cannot look up later. Ask the operator to send these messages to a channel of the approvers.",
  mailMe: "E-mail me",
  language: "Language of my e-mails",
};
