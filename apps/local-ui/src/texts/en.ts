import type {
  JournalEvent,
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
    pages: "Pages",
    signOut: "Sign out",
    notFoundTitle: "Page not found",
    toOverview: "Go to Overview",
    broken:
      "The appliance is not affected. Reload the page. If it fails again, restart the appliance.",
  },
  connection: {
    connecting: "Connecting to the appliance …",
    lostTitle: "The appliance does not answer",
    lost: "The information shown here may be outdated. Check that your device is on the appliance's network and that the appliance is switched on. The page reconnects automatically. If this message stays, reload the page.",
  },
  node: {
    title: "This node",
    serial: "Serial number",
    compare: {
      escrow:
        "Compare it with the portal (order > Device details) before you type the passkey. Each node of a Data Box Heavy has its own number and its own page.",
      split:
        "Compare it with the portal (order > Device details). Each node of a Data Box Heavy has its own number and its own page.",
    },
    custody: "Custody",
    custodies: {
      escrow: "Escrow: the portal can show a passkey",
      split: "Split: this appliance has a share of its key, and no passkey exists",
    },
    sibling: "Other node",
    siblingLocks: { locked: "Locked", unlocked: "Unlocked", erased: "Erased" },
    siblingSeen: (duration: string) => `(last report to the service ${duration} ago)`,
    siblingNeverSeen: "(no report to the service yet)",
    model: "Model",
    order: "Order",
    broker: "Broker",
    standings: {
      answers: "Has answered since",
      left: "Has not answered since",
      untried: "Not tried yet",
    },
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
      "The volume is closed. Switch the appliance off, pack it and hand it to the carrier. If you unlock it, prepare it again afterwards.",
    since: "Since",
    by: "Unlocked by",
    ways: {
      network: "The network",
      passkey: "The passkey",
      "carried-answer": "An answer from the portal",
    } as Record<Unlocked["by"], string>,
    answered: "Broker last answered",
    answeredAgo: (duration: string) => `${duration} ago`,
    neverAnswered: "Not since it was unlocked",
    grace: "Locks automatically",
    graceLeft: (duration: string) => `in ${duration}, unless the broker answers`,
    noGrace: "At the next restart",
    graceNow: "Now",
  },
  unlock: {
    title: "Unlock",
    ways: { network: "Network", passkey: "Passkey", carried: "QR code" },
    now: "Unlock now",
    goTo: {
      network: "Go to Network",
      passkey: "Go to Passkey",
      carried: "Go to QR code",
    },
    network: {
      hint: "The appliance asks the broker, and the broker asks the owner's key vault. This needs a network, but no passkey.",
      button: "Unlock by network",
      reason: "Reason",
      reasonHint: "Optional. Shown to the approvers if the order requires approval.",
    },
    split: {
      title: "This appliance has no passkey",
      text: "Its key is split: it has one share, and the owner's key releases the other one, by network or by an answer from the portal.",
      lost: "If its share was lost with a mainboard or a system disk, the owner restores it with the recovery key and databox-agent recover, at its console.",
    },
    passkey: {
      label: "Passkey",
      hint: "The portal shows it to the owner, as text and as a QR code: order > Device details.",
      noCamera: "The camera cannot be used. Allow it in the browser, or type the passkey.",
      show: "Show the passkey",
      hide: "Hide the passkey",
      button: "Unlock",
      alsoUnlock: "Unlock the volume too",
      triesLeft: (left: number) =>
        left === 1 ? "1 try left, then a wait of 15 minutes" : `${left} tries left`,
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
      makeNewHint: "An answer to the old challenge then no longer works.",
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
    hint: "This unlock needs approval in the portal: Main menu > Approvals waiting for me. When enough people have approved, the node unlocks automatically.",
    notAsked:
      "This node is not waiting for the decision. Continue waiting, so that it unlocks when enough people have approved.",
    approved: "Approved",
    count: (given: number, required: number) => `${given} of ${required}`,
    approvedBy: "By",
    reason: "Reason",
    since: "Requested",
    left: "Expires",
    leftIn: (duration: string) => `in ${duration}, unless it is decided`,
    leftNow: "Now, unless it was decided",
    keepWaiting: "Continue waiting",
    signIn: "To withdraw the request, sign in.",
    cancel: {
      button: "Withdraw the request",
      title: "Withdraw the request?",
      text: "Its approvals no longer count. The next network unlock starts a new request.",
      confirm: "Withdraw",
    },
  },
  signIn: {
    titles: {
      escrow: {
        locked: "Unlock this appliance, or sign in",
        unlocked: "Sign in to this appliance",
      },
      split: { locked: "Unlock this appliance", unlocked: "This appliance is unlocked" },
    },
    split:
      "Signing in takes a passkey, and in split custody there is none. To lock, prepare or check this appliance, use databox-agent at its console.",
    title: "Sign in",
    button: "Sign in",
    buttonWithUnlock: "Sign in and unlock",
    hint: "Sign in to see the journal and certificates, and to lock, prepare or shut down.",
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
      unlockKey: "Decrypt the unlock key",
      accepted: "Open the volume with the key",
      receipt: "Receipt to the broker",
      locked: "Close the volume",
    } as Record<string, string>,
    stepStates: { done: "done", running: "running", failed: "failed", waiting: "not yet" },
    after: (milliseconds: number) => `after ${(milliseconds / 1000).toFixed(2)} s`,
    notes: "Notes",
    lastFailure: "Last failure",
    orderPage: "QR code of the order's page in the portal",
    relocked: "An open volume was closed because of this.",
  },
  commands: {
    title: "Commands",
    lock: "Lock",
    prepareToShip: {
      button: "Prepare to ship",
      title: "Prepare this node to ship?",
      text: "The volume is closed and marked as ready to ship. Copies in progress fail. Each node of a Data Box Heavy is prepared on its own page.",
      confirm: "Lock and prepare",
    },
    shutDown: {
      button: "Shut down",
      title: "Shut this node down?",
      text: "The volume is locked, then the node switches itself off. To switch it on again, someone must press its power button.",
      confirm: "Lock and shut down",
      goingTitle: "This node is shutting down",
      going: "The volume is locked. Wait until the lights are off before you unplug it.",
    },
    cancel: "Cancel",
  },
  overview: {
    title: "Overview",
    activity: "Last activity",
    allActivity: "Full journal",
  },
  journal: {
    title: "Journal",
    hint: "Events on this node, newest first. Each entry is chained to the previous one. databox-agent journal --verify checks the chain.",
    newest: "Entries",
    shown: (count: number) => (count === 1 ? "1 entry" : `${count} entries`),
    more: "Show 1000 entries",
    empty: "Nothing has happened yet",
    head: "Head of the chain",
    events: {
      enrolled: "Enrolled at the broker",
      formatted: "Volume formatted",
      prepared: "Prepared",
      "signed-in": "Someone signed in here",
      unlocked: "Unlocked",
      locked: "Locked",
      relocked: "Locked by the broker, or because it didn't answer",
      "prepared-to-ship": "Prepared to ship",
      "challenge-made": "Challenge made for the portal",
      "answer-rejected": "Carried answer rejected",
      "passkey-rejected": "Wrong passkey",
      "unlock-denied": "Unlock refused",
      "approval-waiting": "Approval requested",
      "approval-dropped": "Approval request withdrawn",
      "unlock-failed": "Unlock failed",
      "grant-unused": "Released key not used",
      "receipt-undelivered": "Receipt not delivered",
      acknowledged: "Receipt acknowledged, with the state of the activity log",
      "offline-lease-dead": "Lease of a carried answer expired",
      "broker-keys": "The broker's signing keys changed",
      "broker-keys-rejected": "New signing keys of the broker rejected",
      "volume-kept": "Volume left unchanged",
      "rekey-added": "New unlock key added",
      "rekey-confirming": "New unlock key being confirmed",
      "rekey-overtaken": "New unlock key replaced by another",
      "share-recovered": "The node's share was recovered",
      rekeyed: "Unlock key replaced",
      "erasure-begun": "Erasure started",
      sanitised: "Medium erased",
    } satisfies Record<JournalEvent, string>,
  },
  certificates: {
    title: "Certificates",
    current: "Certificate of this page",
    source: "Provided by",
    sources: { appliance: "The appliance itself", customer: "You" } as Record<
      LocalCertificate["source"],
      string
    >,
    subject: "Subject",
    issuer: "Issuer",
    names: "Names",
    validFrom: "Valid from",
    validTo: "Valid until",
    fingerprint: "SHA-256 fingerprint",
    endsSoonTitle: "This certificate expires soon",
    endsSoon: (days: number) =>
      `It expires ${days === 0 ? "today" : days === 1 ? "in 1 day" : `in ${days} days`}. Provide a new one before then; browsers reject this page if its certificate has expired.`,
    ended: "It has expired. Provide a new one, or go back to the appliance's own.",
    revert: {
      button: "Use the appliance's own",
      title: "Go back to the appliance's own certificate?",
      text: "Your certificate and its key are removed from this node. Browsers will ask again whether to trust the page.",
      confirm: "Remove mine",
    },
    bring: "Use your own",
    bringHint:
      "A .pfx file with certificate, chain and private key, issued for a name that leads to this node.",
    file: "Choose a .pfx file",
    noFile: "No file chosen",
    fileTooLarge: "This file is larger than 64 KiB; a certificate with its chain is smaller.",
    password: "File password",
    check: "Check",
    apply: "Check and use",
    judgement: "Check results",
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
    unusable: "It cannot be used. Get a certificate that passes the failed checks.",
    changedTitle: "The certificate has changed",
    changed:
      "New connections use it. Reload the page, and compare the fingerprint if the browser asks.",
  },
  network: {
    title: "Network",
    hint: "Tests everything that a network unlock needs, in order, without unlocking.",
    button: "Test the network",
    running: "Testing …",
    statuses: { passed: "passed", failed: "failed", "not-reached": "not reached" } satisfies Record<
      NetworkCheck["status"],
      string
    > as Record<NetworkCheck["status"], string>,
    allPassed: "Everything that an unlock needs works.",
    checks: "Test results",
  },
};

export type Texts = typeof en;
