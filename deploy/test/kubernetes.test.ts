import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { SETTINGS } from "@databox-cmk/cloud-broker";
import { requireTool } from "@databox-cmk/testkit";
// oxlint-disable-next-line no-restricted-imports -- the API group of Kubernetes that is named apps
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Job } from "kubernetes-models/batch/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, Service, ServiceAccount } from "kubernetes-models/v1";
import { beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

const hasKustomize = requireTool("kustomize", existsSync("/usr/bin/kustomize"));
const example = fileURLToPath(new URL("../kubernetes/example", import.meta.url));

type Manifest = { readonly kind: string; readonly [member: string]: unknown };
/** Kubernetes' own schemas, as the npm package kubernetes-models carries them. */
const KINDS = {
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
} as const;

describe.skipIf(!hasKustomize)("the example, as kustomize builds it", () => {
  let manifests: readonly Manifest[];
  beforeAll(() => {
    const text = execFileSync("kustomize", ["build", example], { encoding: "utf8" });
    manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  });
  const one = (kind: string): Manifest => {
    const found = manifests.filter((manifest) => manifest.kind === kind);
    if (found[0] === undefined || found.length > 1)
      throw new Error(`${String(found.length)} of ${kind}`);
    return found[0];
  };

  test("has one of each kind, and no other", () => {
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });

  test.each(Object.entries(KINDS))("%s follows its schema", (kind, Model) => {
    const model = new Model(one(kind) as never);
    expect(() => {
      model.validate();
    }).not.toThrow();
  });

  test("a wrong manifest is found out, so that silence means something", () => {
    const wrong = new Deployment({ ...one("Deployment"), spec: { replicas: "three" } } as never);
    expect(() => {
      wrong.validate();
    }).toThrow("replicas");
  });

  test("the broker gets only settings that it reads, and all that it needs", () => {
    const written = Object.keys(one("ConfigMap")["data"] as object);
    const container = containerOf(one("Deployment"));
    const all = [...written, ...container.env.map(({ name }) => name)];
    expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(all));
    // BROKER_DATA_DIR is set by the image.
    const required = Object.entries(SETTINGS)
      .filter(([, setting]) => !("default" in setting) && !("optional" in setting))
      .map(([name]) => name)
      .filter((name) => name !== "BROKER_DATA_DIR");
    expect(all).toEqual(expect.arrayContaining(required));
  });

  test.each(["Deployment", "Job"])("the pods of the %s meet the restricted profile", (kind) => {
    const pod = podOf(one(kind));
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(containerOf(one(kind)).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });
});

type Pod = {
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly [Container];
};
type Container = {
  readonly env: readonly { readonly name: string }[];
  readonly securityContext: object;
};

const podOf = (manifest: Manifest): Pod =>
  (manifest["spec"] as { template: { spec: Pod } }).template.spec;
const containerOf = (manifest: Manifest): Container => podOf(manifest).containers[0];
