import { describe, expect, test } from "vitest";

import { decideNextStep } from "./checks/decide-next-step.ts";
import { type Cloud, CLOUD_NAMES, cloudOfHost, CLOUDS } from "./clouds.ts";
import { explain } from "./explain.ts";

describe("the clouds", () => {
  test.each(CLOUD_NAMES)("%s: a host is known as a vault or a Managed HSM by its end", (cloud) => {
    const { vaultSuffix, managedHsmSuffixes }: Cloud = CLOUDS[cloud];
    expect(cloudOfHost(`kv.${vaultSuffix}`)).toEqual({ cloud, service: "vault" });
    expect(cloudOfHost(`kv.${vaultSuffix}:8443`)).toEqual({ cloud, service: "vault" });
    for (const suffix of managedHsmSuffixes)
      expect(cloudOfHost(`hsm.${suffix}`)).toEqual({ cloud, service: "managed-hsm" });
    expect(cloudOfHost(vaultSuffix)).toBeUndefined();
    expect(cloudOfHost(`kv.${vaultSuffix}.example`)).toBeUndefined();
    expect(cloudOfHost(`kv-${vaultSuffix}`)).toBeUndefined();
  });

  test("no address is in two rows, but for issuers that the clouds share", () => {
    const hosts = CLOUD_NAMES.flatMap((name) => {
      const {
        tokenIssuerUrl: _,
        openIdIssuerUrl: _same,
        managedHsmSuffixes,
        ...own
      } = CLOUDS[name];
      return [...Object.values(own), ...managedHsmSuffixes];
    });
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  const DISABLED = "SsemUserErrorEncryptionKeyDisabled";
  const inCloud = (cloud: string) => explain(DISABLED, { facts: { cloud } }).steps;
  const plain = explain(DISABLED).steps;

  test("the steps of another cloud begin with the choice of it, by fact or by the key's URL", () => {
    const choice = {
      text: "Point az at the cloud of this order, then sign in with az login",
      command: "az cloud set --name AzureUSGovernment",
    };
    expect(inCloud("AzureUSGovernment")).toEqual([choice, ...plain]);
    const keyUrl = "https://kv.vault.usgovcloudapi.net/keys/kek/1";
    expect(explain(DISABLED, { facts: { keyUrl } }).steps[0]).toEqual(choice);
    expect(decideNextStep({ code: DISABLED, facts: { keyUrl } }).command).toMatch(/^az keyvault /u);
  });

  test("az needs no choice in the public cloud, in an emulator, and where no step uses it", () => {
    expect(inCloud("AzureCloud")).toEqual(plain);
    expect(inCloud("Contoso; rm -rf /")).toEqual(plain);
    const options = { facts: { cloud: "AzureChinaCloud" }, for: "site-operator" } as const;
    expect(explain(DISABLED, options).steps).toEqual(
      explain(DISABLED, { for: "site-operator" }).steps,
    );
  });

  test.each(CLOUD_NAMES)("%s: steps name its vaults and its federation audience", (cloud) => {
    const facts = { cloud };
    const host = explain("SsemUserErrorKeyVaultUrlInvalidHost", { facts });
    expect(JSON.stringify(host.steps)).toContain(`ends in .${CLOUDS[cloud].vaultSuffix}"`);
    const federation = { reason: "federation-missing", facts };
    const { steps } = explain("SsemUserErrorUserAssignedIdentityAbsent", federation);
    const { tokenExchangeAudience } = CLOUDS[cloud];
    expect(steps.some(({ command }) => command?.endsWith(` ${tokenExchangeAudience}`))).toBe(true);
  });
});
