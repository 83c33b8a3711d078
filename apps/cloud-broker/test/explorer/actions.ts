import { generateKeyPairSync } from "node:crypto";

import { DeviceClient, LeaseClient, RekeyClient } from "@databox-cmk/testkit";

import { VAULT_NAME } from "../world/customer-vault.ts";
import type { JsonAnswer } from "../world/open-broker.ts";
import {
  accountOf,
  type Name,
  policyOf,
  POWERLESS,
  type Rules,
  RULES,
  tellRules,
} from "./people.ts";
import { judgeChange } from "./properties.ts";
import type { Flight, Node, Place, Step, Walk } from "./walk.ts";

type Action = {
  readonly tell: (...given: never[]) => string;
  readonly run: (walk: Walk, flight: Flight, ...given: never[]) => Promise<string>;
};
type Device = "appliance" | "stolen copy";
type Kind = "unlock" | "change";

const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({
  type: "spki",
  format: "pem",
});
const RUBBISH = /^challenge: /;
const said = ({ status, json }: JsonAnswer): string =>
  `${status} ${String(json?.error?.code ?? "")}`.trim();
const nodeOf = (walk: Walk, device: Device): Node | undefined =>
  device === "appliance" ? walk.node : walk.thief;
const purposeOf = ({ stage }: Walk): "unlock" | "ingest" =>
  stage === "AtAzureDC" || stage === "DataCopy" ? "ingest" : "unlock";
/** They hold no role that decides, changes or gets anything. */
const requirePower = (walk: Walk, who: Name, answer: JsonAnswer, what: string): void => {
  if (answer.status < 300 && POWERLESS.has(who))
    walk.bad(1, `${what} by somebody without the right`);
};

async function sendUnlock(walk: Walk, flight: Flight, node: Node): Promise<string> {
  const { asked, client } = node;
  if (asked === undefined) return "nothing to send";
  const begun = walk.history.seq;
  const answer = await client.sendUnlock(asked.request);
  if (answer.kind === "pending") asked.approval = answer.value.approval.id;
  if (answer.kind === "denial") return answer.value.code;
  if (answer.kind !== "answer") return answer.kind;
  const { purpose, approval, since, answer: former } = asked;
  const isRepeat = former === answer.text;
  walk.leaves(
    {
      what: isRepeat ? "repeat" : "unlock",
      begun,
      since,
      purpose,
      device: node.number,
      approval,
    },
    flight,
  );
  asked.answer = answer.text;
  node.lease = new LeaseClient(client, answer.value.lease);
  return isRepeat ? "the same grant" : "granted";
}

async function carry(walk: Walk, flight: Flight, who: Name, node: Node, isAgain: boolean) {
  const { seq: begun } = walk.history;
  node.challenge ??= {
    request: await node.client.prepareChallenge(),
    since: begun,
    asker: who,
  };
  const asked = isAgain ? node.carried : node.challenge;
  if (asked === undefined) return "nothing was carried";
  const answer = await walk.order(who, "POST", "/offlineUnlocks", {
    challenge: asked.request.text,
    reason: "no network",
  });
  requirePower(walk, who, answer, "an answer was carried");
  if (answer.status === 202) {
    const [, payload = ""] = String(answer.json.answer).split(".");
    asked.approval = JSON.parse(Buffer.from(payload, "base64url").toString()).approval?.id;
  }
  if (answer.status === 200) {
    const { approval, since, asker } = asked;
    const what = isAgain ? "repeat" : "carried unlock";
    const device = node.number;
    walk.leaves({ what, begun, since, purpose: "unlock", device, approval, asker }, flight);
    if (isAgain) await walk.requireTold("offline-unlock", who);
    else node.carried = { ...asked, since: walk.history.seq };
  }
  if (answer.status !== 202 && !isAgain) node.challenge = undefined;
  return said(answer);
}

async function writeRules(walk: Walk, who: Name, rules: Rules): Promise<string> {
  const begun = walk.history.seq;
  const before = walk.rules;
  const answer = await walk.order(who, "PUT", "/unlockPolicy", policyOf(rules));
  const { approval } = walk.changes.get(who) ?? {};
  if (answer.json?.error?.code === "ChangeNeedsApproval") {
    const [, id] = /approvals\/([\da-f-]+)/.exec(answer.text) ?? [];
    walk.changes.set(who, { rules, approval: id });
    return "needs approval";
  }
  requirePower(walk, who, answer, "the rules were changed");
  if (answer.status >= 300) return said(answer);
  const change = { who, begun, before, after: rules, approval, atMs: walk.nowMs };
  walk.violations.push(...judgeChange(change, walk.history));
  walk.note({ kind: "rules", rules });
  await walk.requireTold("policy/write", who, "policy.changed");
  return said(answer);
}

async function vote(
  walk: Walk,
  flight: Flight,
  who: Name,
  verdict: "approve" | "reject",
  kind: Kind,
): Promise<string> {
  const isAlone = walk.held === undefined;
  const { json } = await walk.order(who, "GET", "/approvals");
  const found = (json?.value ?? []).find(
    (each: { state: string; way: string }) =>
      ["waiting", "approved"].includes(each.state) &&
      (each.way === "change") === (kind === "change"),
  );
  if (found === undefined) return "nothing waits";
  const answer = await walk.order(who, "POST", `/approvals/${String(found.id)}/${verdict}`, {
    reason: "seen",
  });
  requirePower(walk, who, answer, "a decision");
  const may = verdict === "approve" ? found.mayDecide : found.mayReject;
  // Each replica remembers the roles of a person for half a minute.
  const isSettled = !walk.history
    .of("lost", walk.history.seq)
    .some((each) => each.who === who && each.atMs > walk.nowMs - 31_000);
  if (
    isSettled &&
    isAlone &&
    flight.until === undefined &&
    may !== (answer.status === 200) &&
    answer.status !== 503
  )
    walk.bad(8, `${who} is shown ${String(may)}, and ${verdict} is answered ${said(answer)}`);
  if (answer.status !== 200) return said(answer);
  walk.note({ kind: "vote", approval: found.id, who, yes: verdict === "approve" });
  await walk.requireTold(`approval/${verdict}`, who);
  if (walk.removed.has("a vote counts once")) await doubleVote(walk, found.id);
  return said(answer);
}

async function doubleVote(walk: Walk, approval: string): Promise<void> {
  const store = walk.world.store();
  const [cast] = await store
    .selectFrom("approval_votes")
    .selectAll()
    .where("approval_id", "=", approval)
    .execute();
  if (cast === undefined) return;
  const other = { ...cast, object_id: accountOf("Ann").oid, held_right: "token" as const };
  await store
    .insertInto("approval_votes")
    .values(other)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function move(walk: Walk, action: string): Promise<string> {
  const all = await walk.world.store().selectFrom("envelopes").selectAll().execute();
  const kept = all.filter((row) => row.order_id === walk.path.toLowerCase());
  const answer = await walk.operate(action, action === "fail" ? { outcome: "Aborted" } : {});
  if (answer.status !== 200) return said(answer);
  const { stage: before } = walk;
  walk.note({ kind: "stage", stage: answer.json.properties.status });
  if (action === "erase") {
    walk.note({ kind: "erased" });
    if (walk.removed.has("an erasure is final") && kept.length > 0)
      await walk.world.store().insertInto("envelopes").values(kept).execute();
    await requireNothingKept(walk);
  }
  if (walk.stage !== before) await walk.requireTold(`order/${action}`, "the operator");
  return `${said(answer)} ${walk.stage}`;
}

/** Nothing in the database opens a volume of an erased order. */
async function requireNothingKept(walk: Walk): Promise<void> {
  const store = walk.world.store();
  const order = walk.path.toLowerCase();
  for (const table of ["envelopes", "device_shares", "rekeys", "stored_answers"] as const) {
    const rows = await store.selectFrom(table).select("order_id").execute();
    if (rows.some((row) => row.order_id === order))
      walk.bad(6, `${table} keeps something of the erased order`);
  }
  const carried = await store
    .selectFrom("offline_unlocks")
    .select(["answer", "order_id"])
    .execute();
  if (carried.some((row) => row.order_id === order && row.answer !== null && row.answer !== ""))
    walk.bad(6, "a carried answer of the erased order is kept");
}

async function switchUnlocking(walk: Walk, who: Name, isOn: boolean): Promise<string> {
  const answer = isOn
    ? await walk.order(who, "POST", "/revoke", { reason: "lost" })
    : await walk.order(who, "POST", "/restoreAccess", {});
  requirePower(walk, who, answer, "unlocking was switched");
  if (answer.json?.error?.code === "ChangeNeedsApproval") return "needs approval";
  if (answer.status !== 200) return said(answer);
  const { json } = await walk.order("Olga", "GET", "/revocations");
  walk.note({ kind: "switch", isOn: json.value.length > 0 });
  if (isOn) await walk.requireTold("order/revoke", who, "access.revoked");
  return said(answer);
}

/** Every step: its words in a story, and its calls. */
const ACTIONS: Readonly<Record<string, Action>> = {
  rules: {
    tell: (who: Name, index: number) =>
      `${who} writes the policy: ${tellRules(RULES[index] ?? { n: 0 })}`,
    run: (walk, _flight, who: Name, index: number) =>
      writeRules(walk, who, RULES[index] ?? { n: 0 }),
  },
  "rules again": {
    tell: (who: Name) => `${who} sends the waiting change again`,
    async run(walk, _flight, who: Name) {
      const change = walk.changes.get(who);
      return change === undefined ? "nothing waits" : writeRules(walk, who, change.rules);
    },
  },
  ask: {
    tell: (device: Device) => `the ${device} asks for an unlock`,
    async run(walk, flight, device: Device) {
      const node = nodeOf(walk, device);
      if (node === undefined) return "no such device";
      const purpose = purposeOf(walk);
      const since = walk.history.seq;
      try {
        node.asked = { request: await node.client.prepareUnlock(purpose), since, purpose };
      } catch (error) {
        if (RUBBISH.test(String(error))) return "no challenge";
        throw error;
      }
      return sendUnlock(walk, flight, node);
    },
  },
  "ask again": {
    tell: (device: Device) => `the ${device} sends the same request again`,
    async run(walk, flight, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : sendUnlock(walk, flight, node);
    },
  },
  vote: {
    tell: (who: Name, verdict: string, kind: Kind) => `${who}: ${verdict} the ${kind}`,
    run: (walk, flight, who: Name, verdict: "approve" | "reject", kind: Kind) =>
      vote(walk, flight, who, verdict, kind),
  },
  passkey: {
    tell: (who: Name) => `${who} reads the passkey`,
    async run(walk, flight, who: Name) {
      const begun = walk.history.seq;
      const answer = await walk.order(who, "POST", "/listCredentials", {});
      requirePower(walk, who, answer, "the passkey was shown");
      if (answer.status === 200) walk.leaves({ what: "passkey", begun, purpose: "unlock" }, flight);
      return said(answer);
    },
  },
  export: {
    tell: (who: Name) => `${who} exports the envelopes`,
    async run(walk, flight, who: Name) {
      const begun = walk.history.seq;
      const answer = await walk.order(who, "GET", "/envelopes");
      requirePower(walk, who, answer, "the envelopes were exported");
      if (answer.status === 200 && answer.json.value.length > 0)
        walk.leaves({ what: "envelopes", begun, purpose: "unlock" }, flight);
      return said(answer);
    },
  },
  "recovery key": {
    tell: (who: Name) => `${who} adds a recovery key`,
    async run(walk, _flight, who: Name) {
      const key = { kind: "RecoveryKey", publicKey: PEM };
      const answer = await walk.order(who, "PUT", "/backupKeys/mine", key);
      requirePower(walk, who, answer, "a recovery key was added");
      if (answer.status < 300) walk.hasRecoveryKey = true;
      return said(answer);
    },
  },
  "emergency access": {
    tell: (who: Name) => `${who} opens emergency access`,
    async run(walk, _flight, who: Name) {
      const answer = await walk.order(who, "POST", "/breakGlass", { reason: "patient data" });
      requirePower(walk, who, answer, "emergency access");
      if (answer.status === 200) {
        walk.note({ kind: "glass", untilMs: walk.nowMs + 900_000 });
        await walk.requireTold("order/breakGlass", who);
      }
      return said(answer);
    },
  },
  carry: {
    tell: (who: Name, device: Device) => `${who} carries a challenge of the ${device}`,
    async run(walk, flight, who: Name, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : carry(walk, flight, who, node, false);
    },
  },
  "carry again": {
    tell: (who: Name, device: Device) => `${who} fetches the carried answer of the ${device} again`,
    async run(walk, flight, who: Name, device: Device) {
      const node = nodeOf(walk, device);
      return node === undefined ? "no such device" : carry(walk, flight, who, node, true);
    },
  },
  rekey: {
    tell: () => "the appliance asks for a new content key",
    async run(walk, flight) {
      const { lease, number } = walk.node;
      if (lease === undefined) return "no lease";
      const begun = walk.history.seq;
      const { payload } = await new RekeyClient(lease).ask();
      if ("code" in payload) return String(payload["code"]);
      walk.leaves({ what: "rekey", begun, purpose: "unlock", device: number }, flight);
      return "proposed";
    },
  },
  revoke: {
    tell: (who: Name) => `${who} revokes`,
    run: (walk, _flight, who: Name) => switchUnlocking(walk, who, true),
  },
  restore: {
    tell: (who: Name) => `${who} restores access`,
    run: (walk, _flight, who: Name) => switchUnlocking(walk, who, false),
  },
  steal: {
    tell: () => "somebody copies the appliance with its device key",
    async run(walk) {
      const { client, number, asked, challenge, carried } = walk.node;
      const { order, serial, key } = client;
      const copy = new DeviceClient({ transport: walk.world.transport(), order, serial, key });
      Object.assign(copy, {
        counter: client.counter,
        brokerKeys: client.brokerKeys,
        envelope: client.envelope,
      });
      walk.thief = { client: copy, number, asked, challenge, carried };
      return "copied";
    },
  },
  replace: {
    tell: () => "the operator replaces the device",
    async run(walk) {
      const { order, serial } = walk.node.client;
      const answer = await walk.operate("replaceDevice", { serial, reason: "stolen" });
      if (answer.status !== 200) return said(answer);
      walk.note({ kind: "replaced" });
      walk.replaced += 1;
      walk.thief ??= walk.node;
      const client = new DeviceClient({ transport: walk.world.transport(), order, serial });
      client.brokerKeys = walk.world.keys.bundle;
      walk.node = { client, number: walk.replaced };
      walk.enrolmentCode = answer.json.enrolmentCode;
      await walk.requireTold("order/replaceDevice", "the operator");
      return said(answer);
    },
  },
  enrol: {
    tell: () => "the new device enrols",
    async run(walk) {
      if (walk.enrolmentCode === undefined) return "no code";
      const { kind } = await walk.node.client.enrol(walk.enrolmentCode);
      if (kind === "answer") walk.enrolmentCode = undefined;
      return kind;
    },
  },
  move: {
    tell: (action: string) => `the operator: ${action}`,
    run: (walk, _flight, action: string) => move(walk, action),
  },
  "lose Bob": {
    tell: () => "Bob's role is taken away",
    async run(walk) {
      walk.world.assignments.delete(accountOf("Bob").oid);
      walk.note({ kind: "lost", who: "Bob" });
      return "lost";
    },
  },
  pass: {
    tell: (seconds: number) => `${seconds} s pass`,
    async run(walk, _flight, seconds: number) {
      walk.world.clock.nowMs += seconds * 1000;
      return "passed";
    },
  },
  "clock back": {
    tell: (seconds: number) => `the clock steps back by ${seconds} s`,
    async run(walk, _flight, seconds: number) {
      walk.world.clock.nowMs -= seconds * 1000;
      return "stepped";
    },
  },
  crash: {
    tell: () => "the broker is started again",
    async run(walk) {
      if (walk.held !== undefined) return "something is held";
      walk.unhook();
      await walk.world.restart();
      walk.hook();
      walk.tokens.clear();
      for (const node of [walk.node, walk.thief]) node?.client.use(walk.world.transport());
      return "started";
    },
  },
  key: {
    tell: (isEnabled: boolean) => `the key is ${isEnabled ? "enabled" : "disabled"}`,
    async run(walk, _flight, isEnabled: boolean) {
      walk.world.vaults.setEnabled(walk.world.kid, isEnabled);
      return "done";
    },
  },
  vault: {
    tell: (answers: boolean) => `the vault ${answers ? "answers again" : "is silent"}`,
    async run(walk, _flight, answers: boolean) {
      const outage = { code: "KeyVaultUnreachable", reason: "timeout" } as const;
      walk.world.vaults.setOutage(VAULT_NAME, answers ? undefined : outage);
      return "done";
    },
  },
  look: {
    tell: () => "the surfaces are compared",
    async run(walk) {
      if (walk.held !== undefined) return "something is on its way";
      const { json } = await walk.order("Olga", "GET", "/nodes");
      const lock = json.value[0]?.lock;
      if ((lock === "revoked") !== walk.isOn && lock !== "notPrepared" && !walk.history.isErased)
        walk.bad(8, `the node is shown as ${lock}, and unlocking is ${walk.isOn ? "off" : "on"}`);
      return String(lock);
    },
  },
  hold: {
    tell: (at: Place, step: Step) => `this is held at the ${at}: ${tellStep(step)}`,
    run: (walk, _flight, at: Place, step: Step) => walk.hold(at, step, perform),
  },
  "let go": {
    tell: () => "what was held goes on",
    run: (walk) => walk.letGo(),
  },
};

export async function perform(walk: Walk, [name, ...given]: Step, flight: Flight): Promise<string> {
  const action = ACTIONS[name];
  if (action === undefined) throw new RangeError(`no action ${name}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each action knows its own
  return action.run(walk, flight, ...(given as never[]));
}

export function tellStep([name, ...given]: Step): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each action knows its own
  return ACTIONS[name]?.tell(...(given as never[])) ?? name;
}
