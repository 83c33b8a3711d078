import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { requireTool } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { A, AAAA } from "./name-server.ts";

const SCRIPT = fileURLToPath(new URL("own-network.ts", import.meta.url));
/** A machine without a network of its own has no address either: this one gets its loopback. */
const LOOPBACK = "ip link set lo up";

/** Commands in a network that no other process has, which ends with them. */
const inOwnNetwork = (commands: string, ...args: readonly string[]) =>
  spawnSync("unshare", ["-n", "sh", "-euc", commands, "sh", ...args], { encoding: "utf8" });

const mayMakeNetworks = requireTool(
  "the right to make networks (unshare -n, ip)",
  inOwnNetwork(LOOPBACK).status === 0,
);

const IPV6_LOOPBACK = `${String(AAAA)}:${"1".padStart(32, "0")}`;
const IPV4_LOOPBACK = `${String(A)}:7f000001`;
/** Documentation's addresses (RFC 5737, RFC 3849). Nothing there answers, and nothing refuses. */
const SILENT_IPV4 = `${String(A)}:c0000209`;
const SILENT_IPV6 = `${String(AAAA)}:${"20010db8".padEnd(31, "0")}9`;

test.skipIf(!mayMakeNetworks).each([
  ["IPv6 alone", "ip addr del 127.0.0.1/8 dev lo", "::1", [IPV6_LOOPBACK]],
  ["IPv4 alone", "ip addr del ::1/128 dev lo", "127.0.0.1", [IPV4_LOOPBACK]],
  [
    "both, of which IPv4 is silent",
    "ip route add 192.0.2.0/24 dev lo",
    "::1",
    [SILENT_IPV4, IPV6_LOOPBACK],
  ],
  [
    "both, of which IPv6 is silent",
    "ip route add 2001:db8::/64 dev lo",
    "127.0.0.1",
    [IPV4_LOOPBACK, SILENT_IPV6],
  ],
])("the broker is reached by its name in a network of %s", (_case, set, host, answers) => {
  const { stdout, stderr } = inOwnNetwork(
    `${LOOPBACK}; ${set}; exec "$@"`,
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    SCRIPT,
    host,
    ...answers,
  );
  expect({ stdout, stderr }).toEqual({ stdout: host, stderr: "" });
});
