import type {
  LocalCertificate,
  LocalCertificateJudgement,
  LocalNetworkTest,
  LocalOperation,
  LocalOperationName,
  LocalState,
} from "@databox-cmk/protocol";
import { uiTextsEn } from "@databox-cmk/ui";

type Unlocked = Extract<LocalState["lock"], { kind: "unlocked" }>;
type CertificateCheck = LocalCertificateJudgement["checks"][number];
type NetworkCheck = LocalNetworkTest["checks"][number];

/** English texts of the appliance's page. */
export const en = {
  ui: uiTextsEn,
  shell: {
    skipToContent: "Skip to the content",
    pages: "Pages",
    signOut: "Sign out",
    notFoundTitle: "There is no such page",
    toOverview: "To the overview",
    brokenTitle: "This page broke",
    broken:
      "Nothing happened to the appliance. Load the page again; if it breaks again, restart it.",
    reload: "Load the page again",
  },
  connection: {
    connecting: "Connecting to the appliance …",
    lostTitle: "The appliance does not answer",
    lost: "What is shown here may be old. Check that this device is on the appliance's network and that the appliance is switched on; the page goes on by itself.",
  },
  node: {
    title: "This node",
    serial: "Serial number",
    compare:
      "Compare it with the portal (order > Device details) before you type the passkey. Each node of a Data Box Heavy has its own number and its own page.",
    model: "Model",
    order: "Order",
    broker: "Broker",
    volume: "Volume",
    volumes: { luks2: "LUKS2, by cryptsetup", file: "Portable file" } as Record<
      NonNullable<LocalState["node"]["volume"]>,
      string
    >,
    generation: "Envelope generation",
    agent: "Agent",
  },
  lock: {
    title: "Lock state",
    locked: "Locked",
    unlocked: "Unlocked",
    readyToShip: "Locked, ready to ship",
    readyToShipHint:
      "The volume is closed. Switch the appliance off, pack it and hand it to the carrier. Unlocking it ends this; then prepare it again.",
    since: "Since",
    by: "Unlocked by",
    ways: {
      network: "The network",
      passkey: "The passkey",
      "carried-answer": "A carried answer",
    } as Record<Unlocked["by"], string>,
    answered: "Broker last answered",
    answeredAgo: (duration: string) => `${duration} ago`,
    neverAnswered: "Not since it was unlocked",
    grace: "Locks itself",
    graceLeft: (duration: string) => `in ${duration}, unless the broker answers`,
    noGrace: "With the next restart",
    graceNow: "Now",
  },
  unlock: {
    title: "Unlock",
    ways: { network: "Network", passkey: "Passkey", carried: "QR code" },
    network: {
      hint: "The appliance asks the broker, and the broker the owner's key vault. It needs a network, and no passkey.",
      button: "Unlock by network",
      reason: "Reason",
      reasonHint: "Optional. Those who must approve are shown it, where the order asks somebody.",
    },
    passkey: {
      label: "Passkey",
      hint: "The portal shows it to the owner: order > Device details.",
      show: "Show the passkey",
      hide: "Hide the passkey",
      button: "Unlock",
      alsoUnlock: "Unlock the volume too",
      triesLeft: (left: number) =>
        left === 1 ? "1 try is left, then 15 minutes' wait" : `${left} tries are left`,
      waitTitle: "Too many wrong passkeys",
      wait: (duration: string) =>
        `Try again in ${duration}. Unlocking by network or QR code is still possible.`,
    },
    carried: {
      hint: "For an appliance without a network: carry its challenge to the portal, and the portal's answer back.",
      challengeTitle: "1. Take the challenge to the portal",
      challengeHint:
        "There: order > Unlock. Photograph the code, or take the file or the text along.",
      make: "Show the challenge",
      makeNew: "Make a new challenge",
      makeNewHint: "The answer to the old one then opens nothing.",
      picture: "QR code of the challenge",
      text: "Challenge as text",
      download: "Save as file",
      answerTitle: "2. Bring the answer back",
      answer: "Answer of the portal",
      send: "Unlock with this answer",
    },
  },
  waiting: {
    title: "Waiting for approval",
    hint: "The order asks people to approve this unlock: portal > Main menu > Approvals waiting for me. Once enough have approved, the node unlocks by itself.",
    notAsked:
      "Nobody waits here for the answer. Go on waiting to have the node unlock once enough have approved.",
    approved: "Approved",
    count: (given: number, required: number) => `${given} of ${required}`,
    approvedBy: "By",
    reason: "Reason",
    since: "Asked",
    left: "Ends",
    leftIn: (duration: string) => `in ${duration}, if nobody decides`,
    leftNow: "Now, if nobody has decided",
    goOn: "Go on waiting",
    signIn: "To drop the request, sign in.",
    cancel: {
      button: "Drop the request",
      title: "Drop the request?",
      text: "What was approved of it counts no more. The next unlock by network asks anew.",
      confirm: "Drop it",
    },
  },
  signIn: {
    title: "Sign in",
    button: "Sign in",
    buttonWithUnlock: "Sign in and unlock",
    hint: "Signing in shows the journal and the certificates, and allows to lock, to prepare to ship and to switch off.",
  },
  operation: {
    names: {
      unlock: "Unlocking by network",
      passkey: "Unlocking by passkey",
      answer: "Unlocking with the carried answer",
      lock: "Locking",
      prepareToShip: "Preparing to ship",
      networkTest: "Testing the network",
    } satisfies Record<LocalOperationName, string> as Record<LocalOperationName, string>,
    outcomes: {
      running: "running",
      waiting: "waiting for approval",
      done: "done",
      failed: "failed",
    } satisfies Record<LocalOperation["outcome"], string> as Record<
      LocalOperation["outcome"],
      string
    >,
    steps: {
      asked: "Ask the broker",
      challenge: "The broker's challenge",
      answer: "The broker's answer",
      approval: "Wait for approval",
      unlockKey: "Open the unlock key",
      accepted: "Offer the key to the volume",
      receipt: "Receipt to the broker",
      locked: "Close the volume",
    } as Record<string, string>,
    stepStates: { done: "done", running: "running", failed: "failed", waiting: "not yet" },
    after: (milliseconds: number) => `after ${(milliseconds / 1000).toFixed(2)} s`,
    notes: "Notes",
    lastFailure: "What went wrong",
    relocked: "An open volume was closed because of this.",
  },
  commands: {
    title: "Commands",
    lock: "Lock",
    prepareToShip: {
      button: "Prepare to ship",
      title: "Prepare this node to ship?",
      text: "The volume is closed and marked as ready to ship. What still copies to it fails. Each node of a Data Box Heavy is prepared on its own page.",
      confirm: "Lock and prepare",
    },
    shutDown: {
      button: "Shut down",
      title: "Shut this node down?",
      text: "The volume is locked, then the node switches itself off. To switch it on again, somebody must press its power button.",
      confirm: "Lock and shut down",
      goingTitle: "This node is shutting down",
      going: "The volume is locked. Wait until the lights are off before you unplug it.",
    },
    cancel: "Cancel",
  },
  overview: {
    title: "Overview",
    activity: "Last activity",
    allActivity: "Whole journal",
  },
  journal: {
    title: "Journal",
    hint: "What happened on this node, newest first; each entry is chained to the one before. databox-agent journal --verify checks the chain.",
    newest: "Entries",
    shown: (count: number) => `${count} entries`,
    more: "Show 1000 entries",
    empty: "Nothing has happened yet",
    head: "Head of the chain",
    events: {
      enrolled: "Enrolled at the broker",
      formatted: "Volume formatted",
      prepared: "Prepared",
      "signed-in": "Somebody signed in here",
      unlocked: "Unlocked",
      locked: "Locked",
      relocked: "Locked by the broker or for want of its answer",
      "prepared-to-ship": "Prepared to ship",
      "challenge-made": "Challenge made for the portal",
      "answer-rejected": "Carried answer rejected",
      "passkey-rejected": "Wrong passkey",
      "unlock-denied": "Unlock refused",
      "approval-waiting": "Approval asked for",
      "approval-dropped": "Request for approval dropped",
      "unlock-failed": "Unlock failed",
      "grant-unused": "Released key not used",
      "receipt-undelivered": "Receipt not delivered",
      "offline-lease-dead": "Lease of a carried answer ended",
      "broker-keys": "The broker's signing keys changed",
      "volume-kept": "Volume kept as it was",
      "rekey-added": "New unlock key added",
      "rekey-confirming": "New unlock key being confirmed",
      "rekey-overtaken": "New unlock key overtaken by another",
      rekeyed: "Unlock key replaced",
    } as Record<string, string>,
  },
  certificates: {
    title: "Certificates",
    current: "Certificate of this page",
    source: "Made by",
    sources: { appliance: "The appliance itself", customer: "You brought it" } as Record<
      LocalCertificate["source"],
      string
    >,
    subject: "Subject",
    issuer: "Issuer",
    names: "Names",
    validFrom: "Valid from",
    validTo: "Valid until",
    fingerprint: "SHA-256 fingerprint",
    endsSoonTitle: "This certificate ends soon",
    endsSoon: (days: number) =>
      `It ends in ${days} days. Bring a new one before; with an ended certificate browsers refuse this page.`,
    ended: "It has ended. Bring a new one, or go back to the appliance's own.",
    revert: {
      button: "Back to the appliance's own",
      title: "Go back to the appliance's own certificate?",
      text: "Your certificate and its key are removed from this node. Browsers will ask again whether to trust the page.",
      confirm: "Remove mine",
    },
    bring: "Bring your own",
    bringHint:
      "A .pfx file with certificate, chain and private key, for a name by which this node is reached.",
    file: "Choose a .pfx file",
    noFile: "No file chosen",
    fileTooLarge: "This file is larger than 64 KiB; a certificate with its chain is smaller.",
    password: "Password of the file",
    check: "Check",
    apply: "Check and use",
    judgement: "What the checks found",
    checks: {
      key: "Key",
      chain: "Chain",
      time: "Validity",
      purpose: "Purpose",
      names: "Names",
      "this-address": "This address",
    } satisfies Record<CertificateCheck["name"], string> as Record<
      CertificateCheck["name"],
      string
    >,
    statuses: { passed: "passed", warning: "warning", failed: "failed" } satisfies Record<
      CertificateCheck["status"],
      string
    > as Record<CertificateCheck["status"], string>,
    usable: "It can be used.",
    unusable: "It cannot be used: get a certificate in which the failed checks are mended.",
    changedTitle: "The certificate has changed",
    changed:
      "New connections use it. Load the page again, and compare the fingerprint if the browser asks.",
  },
  network: {
    title: "Network",
    hint: "Tries everything that unlocking by network needs, in its order, without unlocking.",
    button: "Test the network",
    running: "Testing …",
    statuses: { passed: "passed", failed: "failed", "not-reached": "not reached" } satisfies Record<
      NetworkCheck["status"],
      string
    > as Record<NetworkCheck["status"], string>,
    allPassed: "Everything that an unlock needs is there.",
    checks: "What the test found",
  },
};

export type Texts = typeof en;
