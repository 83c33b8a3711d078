import { invalid } from "./classes.ts";

const VOLUME_STAYS_LOCKED = "The volume stays locked; nothing stored changes.";

/** Failures on the appliance itself, or on the machine that runs one of our programs. */
export const DEVICE_LOCAL_ERRORS = {
  VolumeRejectedKey: invalid(409, "broker-operator", {
    title: "The volume does not open with this key",
    message: "The volume does not accept the unlock key",
    ask: "Tell the broker's operator that the volume of node {serial} does not accept its unlock key; the key vault is not the problem.",
    steps: [
      {
        text: "See which volume and which envelope the agent uses",
        command: "databox-agent status",
        for: "site-operator",
      },
      "Make sure that it is the disk of this node; the volume's header may have been restored from another one",
      {
        text: "After a recovery in split custody, make sure that the share was this node's, and give it the right one",
        command: "databox-agent recover",
        for: "site-operator",
      },
    ],
    why: "The broker granted the key and the envelope opened, but cryptsetup found no key slot for it.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  VolumeHeaderRolledBack: invalid(409, "site-operator", {
    title: "The volume has an old header",
    message: "The header of the volume is older than the one that this node used last",
    ask: "Restore the newest header of the volume of node {serial}; the one on the disk is from before its unlock key was replaced.",
    steps: [
      {
        text: "See which volume the agent uses",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        text: "Restore the header from a backup that was made after the last rekeying",
        for: "site-operator",
      },
    ],
    why: "Each rekeying removes a key slot from the header. A header from a backup still has that slot, and the old passkey would open it.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  PasskeyRejected: invalid(403, "site-operator", {
    title: "The passkey is wrong",
    message: "The volume does not open with this passkey",
    ask: "Type the passkey of node {serial} again, letter by letter as the portal shows it; tries left: {triesLeft}.",
    steps: [
      "Compare upper and lower case; a passkey never holds I, L, O or 0",
      {
        text: "Read the passkey of this node again (portal: order > Device details): it changes when the node is rekeyed, and each node of a Data Box Heavy has its own line",
        for: "order-owner",
      },
      { text: "Or unlock over the network instead", command: "databox-agent unlock" },
    ],
    why: "The typed passkey fits no key slot of the volume. Five wrong tries are allowed, across restarts; then there is a wait of 15 minutes.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  PasskeyTriesExhausted: invalid(429, "site-operator", {
    title: "Too many wrong passkeys",
    message: "The passkey was wrong five times, and no further try is allowed yet",
    ask: "Leave node {serial} switched on for {retryAfterSeconds} seconds, then type its passkey again.",
    steps: [
      "Wait for {retryAfterSeconds} seconds; switching the node off and on restarts the wait",
      { text: "Meanwhile it can be unlocked over the network", command: "databox-agent unlock" },
    ],
    why: "Someone who has the appliance must not be able to guess its passkey.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  RekeyNeedsLease: invalid(409, "site-operator", {
    title: "The node must be unlocked first",
    message: "Rekeying needs a volume that was unlocked with a lease of the broker",
    ask: "Unlock node {serial} over the network, then rekey it again.",
    steps: [
      { text: "Unlock over the network", command: "databox-agent unlock" },
      { text: "Then rekey", command: "databox-agent rekey" },
    ],
    why: "The lease proves the decision to release the key. A volume that is locked, or that a passkey opened before the broker answered, has none.",
    meanwhile: "The broker is not called; the volume keeps its key.",
  }),
  LocalSignInRequired: invalid(401, "site-operator", {
    title: "Sign in first",
    message: "You must sign in at the appliance to do this",
    ask: "Sign in with the passkey of node {serial}; the portal shows it to people who are allowed to see it.",
    steps: ["Sign in with the passkey (portal: order > Device details)"],
    why: "The session has ended, or there was none: it ends after 15 minutes without use, and with a restart of the agent.",
    meanwhile: "Nothing is done.",
  }),
  LocalRequestForbidden: invalid(403, "site-operator", {
    title: "The request did not come from this appliance's page",
    message: "The local UI accepts requests only from its own page",
    ask: "Open the appliance's page by its IP address, then try again.",
    steps: ["Open https:// and the appliance's IP address, and use that page"],
    reasons: {
      host: {
        message: "The appliance was called by a name that is not its own",
      },
      "cross-site": {
        message: "Another site sent the request",
      },
      token: {
        message: "The request does not carry the token of its session",
      },
    },
    why: "Another site that is open in the same browser must not control this appliance, not even through a name that was pointed at its address (DNS rebinding).",
    meanwhile: "Nothing is done.",
  }),
  LocalRequestMalformed: invalid(400, "site-operator", {
    title: "The request is not valid",
    message: "The local UI cannot read the request",
    ask: "Reload the appliance's page, then try again.",
    steps: ["Reload the page; programs: see docs/reference/local-ui-api.md"],
    reasons: {
      route: {
        message: "There is no such address or method",
      },
      body: {
        message: "The body is not what this address expects",
      },
      size: { message: "The body is too large" },
      type: { message: "The body must be JSON" },
    },
    why: "It came from a program, or from a page of another version of the agent.",
    meanwhile: "Nothing is done.",
  }),
  LocalRequestTooMany: invalid(429, "site-operator", {
    title: "Too many requests",
    message: "The appliance received too many requests",
    ask: "Wait for {retryAfterSeconds} seconds, then try again.",
    steps: ["Wait for {retryAfterSeconds} seconds"],
    why: "Requests that are slow or use the network are limited to a few per minute.",
    meanwhile: "Nothing is done.",
  }),
  CertificateUnusable: invalid(400, "site-operator", {
    title: "The certificate cannot be used",
    message: "The file is not a certificate that the local UI can use",
    ask: "Provide a .pfx file with the certificate, its key and its chain, and the file's password.",
    steps: [
      { text: "Check the file", command: "openssl pkcs12 -in certificate.pfx -info -nokeys" },
      {
        text: "If it uses too many iterations, create it again with fewer",
        command:
          "openssl pkcs12 -in certificate.pfx -out certificate.pem && openssl pkcs12 -export -iter 2048 -in certificate.pem -out new.pfx",
      },
      "Provide a server certificate that is valid now, names this appliance, and includes its key (EC, or RSA of 2048 bits or more) and its chain",
    ],
    why: "Every certificate is checked before it is used: key, chain, time, purpose, names. With a wrong one, this page could no longer be reached.",
    meanwhile: "The certificate in use stays in use.",
  }),
  ShutDownUnavailable: invalid(409, "site-operator", {
    title: "Shutting down is not set up",
    message: "This appliance was not set up to be shut down from its page",
    ask: "Shut the appliance down with its own switch; shutting down locks the volume.",
    steps: [
      "Use the appliance's power switch",
      "Or have the agent started with --shut-down-command",
    ],
    why: "The agent runs only commands that were configured at its start.",
    meanwhile: "Nothing is done.",
  }),
  VolumeNotFound: invalid(404, "site-operator", {
    title: "The volume was not found",
    message: "There is no volume at the configured path",
    ask: "Check that the disk is connected, then try again.",
    steps: [
      { text: "See which path the agent uses", command: "databox-agent status" },
      "Connect the disk, or correct the path with databox-agent prepare --volume",
    ],
    why: "The path given at preparation does not exist.",
    meanwhile: "The broker is not called; nothing is changed.",
  }),
  VolumeUnavailable: invalid(409, "site-operator", {
    title: "The volume cannot be used",
    message: "The volume is in use, damaged or not readable",
    ask: "Check that nothing else uses the volume and that the agent may read it, then try again.",
    steps: [
      { text: "See what uses the volume", command: "lsblk --fs" },
      "Run the agent as a user that may read and write the volume",
    ],
    why: "Opening it failed for another reason than the key: a lock, missing permissions, a damaged header, or device-mapper is missing.",
    meanwhile: VOLUME_STAYS_LOCKED,
    reasons: {
      generation: {
        message: "The volume's header has a generation that this agent cannot read",
        ask: "Find out whether a newer agent has used the volume of node {serial}; if so, install that version again.",
        steps: [
          {
            text: "Compare the agent's version with the one that last opened the volume, and install the newer one",
            command: "databox-agent --version",
          },
          "If no newer agent was used, the header is damaged: restore it from a backup that was made after the last rekeying",
        ],
        why: "LUKS2 token 1 is there and is not of the form that this agent writes. Whether the header is old cannot be told, so no key is given to it.",
      },
    },
  }),
  CryptsetupMissing: invalid(501, "site-operator", {
    title: "cryptsetup is not installed",
    message: "The program cryptsetup cannot be found",
    ask: "Install cryptsetup on the appliance, then try again.",
    steps: [
      { text: "Install it (Debian and Ubuntu)", command: "apt-get install cryptsetup-bin" },
      "Or prepare a portable volume instead: databox-agent prepare --volume-kind file",
    ],
    why: "A LUKS2 volume is opened by cryptsetup, which is not in the search path.",
    meanwhile: "The broker is not called; nothing is changed.",
  }),
  AgentNotPrepared: invalid(409, "site-operator", {
    title: "The agent is not prepared",
    message: "The agent has not been prepared for an order",
    ask: "Prepare the agent first, or name the state folder that it was prepared in.",
    steps: [
      {
        text: "If it was prepared in another folder than {stateDir}, name that one as FOLDER",
        command: "databox-agent --state-dir FOLDER status",
      },
      {
        text: "Or prepare the agent; this lists what that needs",
        command: "databox-agent prepare --help",
      },
    ],
    why: "The state folder holds no settings: preparation was never done, or was done in another folder.",
    meanwhile: "The broker is not called; nothing is changed.",
  }),
  BootStateChanged: invalid(409, "order-owner", {
    title: "The node has started differently",
    message:
      "The TPM does not let the device key sign: the measurements of this boot differ from those that the key is bound to",
    ask: "Do not unlock node {serial} before it is known why it started differently; tell the order's owner, who decides whether it gets a new device key.",
    steps: [
      {
        text: "Check the measurements, and compare them with the changes to firmware, Secure Boot and boot loader",
        command: "tpm2 pcrread sha256:0,2,4,7",
        for: "site-operator",
      },
      {
        text: "If the change was not intended, undo it and restart: the key signs as before",
        for: "site-operator",
      },
      "If it was intended, replace the device of the node {serial} (portal: order > Device details > Replace device), which gives a new enrolment code",
      {
        text: "Move the old state away",
        command: "mv {stateDir} {stateDir}.replaced",
        for: "site-operator",
      },
      {
        text: "Bind a new key to the current boot state, with BROKER and VOLUME as in {stateDir}.replaced/agent.json and the other options of the first preparation; the data is not changed",
        command:
          "databox-agent prepare --keep-volume --device-key tpm --broker BROKER --order {orderId} --serial {serial} --volume VOLUME",
        for: "site-operator",
      },
      {
        text: "In split custody, give the node its share again, which the owner's recovery key opens",
        command: "databox-agent recover",
        for: "site-operator",
      },
      {
        text: "In escrow custody, the passkey opens the volume meanwhile if the order's owner provides it",
        command: "databox-agent passkey",
        for: "site-operator",
      },
    ],
    why: "The device key was made with a policy on platform configuration registers. Firmware, Secure Boot or the software that it allows has changed since, through an update or an attack.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  DeviceKeyUnavailable: invalid(500, "site-operator", {
    title: "The TPM does not sign",
    message: "The TPM that holds the device key does not answer as expected",
    ask: "Make sure that node {serial} has its TPM and that tpm2-tools are installed, then try again.",
    steps: [
      { text: "See whether the TPM answers", command: "tpm2 getrandom --hex 8" },
      { text: "Install its tools if they are missing", command: "apt-get install tpm2-tools" },
      "See whether the firmware has the TPM switched on; then start again",
    ],
    reasons: {
      "other-tpm": {
        message: "The device key was made by another TPM, or this one was cleared",
        who: "order-owner",
        ask: "Put the disks of node {serial} back into its own machine; if that is not possible, ask the order's owner to replace the device.",
        steps: [
          {
            text: "Put the disks back into the machine whose TPM made the key",
            for: "site-operator",
          },
          "If that is not possible, replace the device of node {serial} (portal: order > Device details > Replace device), and prepare it with --keep-volume",
        ],
      },
    },
    why: "There is no TPM where preparation found it, it is switched off, or tpm2-tools are missing.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  AgentStateUnreadable: invalid(500, "site-operator", {
    title: "The agent's state cannot be read",
    message: "A file of the agent's state is missing, damaged or not readable",
    ask: "Check that the agent may read its state folder {stateDir}; if a file is damaged, tell the broker's operator.",
    steps: [
      {
        text: "See who may read the folder; it must belong to the agent's user alone",
        command: "ls -la {stateDir}",
      },
      {
        text: "If a file is damaged, have the node prepared again; never copy state from another node",
        for: "broker-operator",
      },
    ],
    why: "The files are checked strictly: wrong owner, wrong permissions or wrong content stop the agent rather than mislead it.",
    meanwhile: VOLUME_STAYS_LOCKED,
  }),
  AgentStateUnwritable: invalid(500, "site-operator", {
    title: "The agent's state cannot be written",
    message: "The agent cannot write to its state folder",
    ask: "Make the state folder {stateDir} writable for the agent, then try again.",
    steps: [
      {
        text: "See who may write to the folder and whether its file system is read-only",
        command: "ls -ld {stateDir}",
      },
      "Mount it writable, or name another folder with --state-dir",
    ],
    why: "A counter must be stored before each message, so the agent sends nothing when it cannot write.",
    meanwhile: "The broker is not called; the volume does not change.",
  }),
  AgentBusy: invalid(409, "site-operator", {
    title: "Another agent is running",
    message: "Another agent process uses the same state folder",
    ask: "Wait until the other agent process is done, then try again.",
    steps: [
      {
        text: "Wait for the other process, or see what it does",
        command: "databox-agent --state-dir {stateDir} status",
      },
    ],
    reasons: {
      service: {
        message: "The agent's service uses the same state folder",
        ask: "Stop the agent's service, then try again.",
        steps: [
          {
            text: "Stop the service; it does not end by itself",
            command: "systemctl stop databox-agent",
          },
          "Repeat the command",
        ],
        why: "An erasure destroys the files that the service uses, and two services would use counters twice.",
      },
    },
    why: "Two agents with one state would use counters twice; the second one stops.",
    meanwhile: "The first process continues.",
  }),
  DiskFull: invalid(507, "site-operator", {
    title: "The disk is full",
    message: "There is no space left on the disk",
    ask: "Free space on the disk that holds {stateDir}, then try again.",
    steps: [
      { text: "See which file system is full and free some space", command: "df -h {stateDir}" },
    ],
    why: "A write failed for lack of space. Files are replaced as a whole, so the old one is still there.",
    meanwhile: "The old state stays valid; nothing is half written.",
  }),
  PortInUse: invalid(500, "site-operator", {
    title: "The port is in use",
    message: "Another program listens on the port",
    ask: "Stop the program that uses port {port}, or choose another port.",
    steps: [
      { text: "See which program uses the port", command: "ss -ltnp 'sport = :{port}'" },
      "Stop it, or start with another port",
    ],
    why: "A port belongs to one program at a time; often an earlier start still runs.",
    meanwhile: "The program ends; nothing is changed.",
  }),
  Misuse: invalid(400, "site-operator", {
    title: "The command is not valid",
    message: "The command line is not valid",
    ask: "Correct the command; --help shows its syntax.",
    steps: [{ text: "Show the syntax of the command", command: "databox-agent --help" }],
    why: "An argument is missing, unknown or out of range.",
    meanwhile: "Nothing is done.",
  }),
};
