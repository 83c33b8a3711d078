import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { connectionsWithin, METRICS, SETTINGS } from "@databox-cmk/cloud-broker";
import { VERSION } from "@databox-cmk/protocol";
import { openTemporaryFolder, requireTool } from "@databox-cmk/testkit";
import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
// oxlint-disable-next-line no-restricted-imports -- the API group of Kubernetes that is named apps
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { CronJob, Job } from "kubernetes-models/batch/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import {
  ConfigMap,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  Service,
  ServiceAccount,
} from "kubernetes-models/v1";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";

import { hasLabels, mayEnter, mayReach, type Peer } from "./network-policy.ts";

const GUIDE = fileURLToPath(new URL("../../docs/operate/deploy-kubernetes.md", import.meta.url));
const hasKustomize = requireTool("kustomize", existsSync("/usr/bin/kustomize"));
const example = fileURLToPath(new URL("../kubernetes/example", import.meta.url));

type Manifest = { readonly kind: string; readonly [member: string]: unknown };
/** The schemas of Kubernetes, cert-manager and the Prometheus operator, from npm packages. */
const KINDS = {
  Certificate,
  ConfigMap,
  CronJob,
  Deployment,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Service,
  ServiceAccount,
  ServiceMonitor,
} as const;

const SQL_PAGE = "../../docs/operate/postgresql.md";
const PUBLIC_SERVICE = "databox-broker";
const METRICS_SERVICE = "databox-broker-metrics";
const RECORD = "databox-broker-record";
const BACKUP = "databox-broker-backup";
const AUDIT_VERIFY = "databox-broker-audit-verify";
const PODS: readonly { readonly kind: string; readonly name?: string }[] = [
  { kind: "Deployment" },
  { kind: "Job" },
  { kind: "CronJob", name: AUDIT_VERIFY },
  { kind: "CronJob", name: BACKUP },
];
const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8");

const KUBE_SYSTEM = { "kubernetes.io/metadata.name": "kube-system" };
const DNS = { labels: { "k8s-app": "kube-dns" }, namespace: KUBE_SYSTEM, address: "10.0.0.10" };
type Attempt = Peer & { readonly name: string; readonly may: boolean };
const REACHED: readonly Attempt[] = [
  { name: "the cluster's name server by UDP", ...DNS, port: 53, protocol: "UDP", may: true },
  { name: "the cluster's name server by TCP", ...DNS, port: 53, may: true },
  { name: "another port of the name server", ...DNS, port: 9153, may: false },
  { name: "a public vault", address: "20.42.1.1", port: 443, may: true },
  { name: "a public vault by IPv6", address: "2603:1030::1", port: 443, may: true },
  { name: "another private address by IPv6", address: "fd00::7", port: 443, may: false },
  { name: "a vault's private endpoint", address: "10.20.2.5", port: 443, may: true },
  { name: "PostgreSQL", address: "10.20.2.4", port: 5432, may: true },
  { name: "PostgreSQL in public", address: "20.42.1.2", port: 5432, may: false },
  { name: "another private address", address: "10.20.2.16", port: 443, may: false },
  { name: "the machine's metadata", address: "169.254.169.254", port: 80, may: false },
  { name: "the metadata address by TLS", address: "169.254.169.254", port: 443, may: false },
  {
    name: "a pod of another name",
    labels: { "app.kubernetes.io/name": "other" },
    namespace: KUBE_SYSTEM,
    address: "10.244.0.9",
    port: 53,
    may: false,
  },
];
const MONITORING = { "kubernetes.io/metadata.name": "monitoring" };
const ENTERING: readonly Attempt[] = [
  { name: "an appliance", address: "203.0.113.5", port: "https", may: true },
  {
    name: "Prometheus",
    labels: {},
    namespace: MONITORING,
    address: "",
    port: "metrics",
    may: true,
  },
  { name: "a stranger at the metrics", address: "203.0.113.5", port: "metrics", may: false },
  {
    name: "another namespace at the metrics",
    labels: {},
    namespace: KUBE_SYSTEM,
    address: "",
    port: "metrics",
    may: false,
  },
];

describe.skipIf(!hasKustomize)("the example, as kustomize builds it", () => {
  let manifests: readonly Manifest[];
  beforeAll(() => {
    const text = execFileSync("kustomize", ["build", example], { encoding: "utf8" });
    manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
  });
  const nameOf = ({ metadata }: Manifest): string => (metadata as { name: string }).name;
  const one = (kind: string, name?: string): Manifest => {
    const found = manifests.filter(
      (manifest) => manifest.kind === kind && (name === undefined || nameOf(manifest) === name),
    );
    if (found[0] === undefined || found.length > 1)
      throw new Error(`${String(found.length)} of ${kind}`);
    return found[0];
  };

  test("has one of each kind and no other, besides the metrics and the backup", () => {
    const kinds = manifests.filter((each) => ![METRICS_SERVICE, BACKUP].includes(nameOf(each)));
    expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(KINDS).toSorted());
  });

  test.each(Object.entries(KINDS))("%s follows its schema", (kind, Model) => {
    const ofKind = manifests.filter((manifest) => manifest.kind === kind);
    expect(ofKind).not.toEqual([]);
    for (const manifest of ofKind) {
      const model = new Model(manifest as never);
      expect(() => {
        model.validate();
      }).not.toThrow();
    }
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

  test("what selects the replicas selects them, and not the migration", () => {
    const replica = labelsOf(one("Deployment"));
    const migration = labelsOf(one("Job"));
    const spec = (kind: string) => one(kind)["spec"] as Selecting;
    const selectors = [
      spec("Deployment").selector.matchLabels,
      spec("PodDisruptionBudget").selector.matchLabels,
      ...[PUBLIC_SERVICE, METRICS_SERVICE].map(
        (name) => (one("Service", name)["spec"] as Selecting).selector,
      ),
      ...podOf(one("Deployment")).topologySpreadConstraints.map(
        ({ labelSelector }) => labelSelector.matchLabels,
      ),
    ];
    expect(selectors).toHaveLength(6);
    for (const selector of selectors) {
      expect(hasLabels(replica, selector as Labels)).toBe(true);
      expect(hasLabels(migration, selector as Labels)).toBe(false);
    }
  });

  test("a pod that is replaced accepts until balancers know, and has time for its last requests", () => {
    const delay = containerOf(one("Deployment")).env.find(
      ({ name }) => name === "SHUTDOWN_DELAY_SECONDS",
    );
    // A probe each five seconds, two that fail, and one that was just answered.
    expect(Number(delay?.value)).toBeGreaterThan(15);
    const { terminationGracePeriodSeconds } = podOf(one("Deployment"));
    expect(terminationGracePeriodSeconds).toBeGreaterThan(Number(delay?.value) + 10 + 10);
  });

  test("replicas are spread by zone and by host, and only the autoscaler counts them", () => {
    const { topologySpreadConstraints } = podOf(one("Deployment"));
    expect(topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual([
      "topology.kubernetes.io/zone",
      "kubernetes.io/hostname",
    ]);
    expect(one("Deployment")["spec"]).not.toHaveProperty("replicas");
    const { minReplicas } = one("HorizontalPodAutoscaler")["spec"] as { minReplicas: number };
    const { minAvailable } = one("PodDisruptionBudget")["spec"] as { minAvailable: number };
    expect(minReplicas).toBeGreaterThan(minAvailable);
  });

  test("the migration has a name for each version, and the guide waits for it before replicas start", () => {
    const { name } = one("Job")["metadata"] as { name: string };
    const { image } = containerOf(one("Deployment"));
    // No image has this digest, so nothing starts before an operator sets one.
    expect(image).toBe(`contoso.azurecr.io/databox-broker@sha256:${"0".repeat(64)}`);
    expect(containerOf(one("Job")).image).toBe(image);
    expect(name).toBe(`databox-broker-migrate-${VERSION.replaceAll(".", "-")}`);
    const steps = readFileSync(GUIDE, "utf8").split("\n");
    const first = steps.findIndex((line) =>
      line.endsWith("--selector app.kubernetes.io/component!=serve"),
    );
    expect(steps[first + 1]).toContain(`job/${name}`);
    expect(steps[first + 2]).toMatch(/^kubectl apply -k \S+$/);
    // The first step leaves out the replicas alone.
    const later = manifests.filter(
      ({ metadata }) =>
        (metadata as { labels?: Labels }).labels?.["app.kubernetes.io/component"] === "serve",
    );
    expect(later.map(({ kind }) => kind)).toEqual(["Deployment"]);
  });

  test("the owner of the database migrates it, and another user serves", () => {
    const { DATABASE_URL } = one("ConfigMap")["data"] as { DATABASE_URL: string };
    const ofMigration = containerOf(one("Job")).env.find(({ name }) => name === "DATABASE_URL");
    const [, owner = "", user = ""] =
      /^create role (\w+) login;\ncreate role (\w+) login;$/m.exec(read(SQL_PAGE)) ?? [];
    expect(new URL(DATABASE_URL).username).toBe(user);
    expect(ofMigration?.value).toBe(DATABASE_URL.replace(user, owner));
    const secrets = ["Deployment", "Job"].map(
      (kind) => podOf(one(kind)).volumes.find(({ name }) => name === "database")?.secret,
    );
    expect(new Set(secrets.map((secret) => secret?.secretName)).size).toBe(2);
  });

  test("Prometheus finds the metrics by the job that the alerts name, and not by the public service", () => {
    const { selector, endpoints, jobLabel } = one("ServiceMonitor")["spec"] as Monitoring;
    const labelsOfService = (name: string): Labels =>
      (one("Service", name)["metadata"] as { labels: Labels }).labels;
    expect(hasLabels(labelsOfService(METRICS_SERVICE), selector.matchLabels)).toBe(true);
    expect(hasLabels(labelsOfService(PUBLIC_SERVICE), selector.matchLabels)).toBe(false);
    const { ports } = one("Service", METRICS_SERVICE)["spec"] as Publishing;
    expect(ports.map(({ name }) => name)).toEqual(endpoints.map(({ port }) => port));
    const offered = containerOf(one("Deployment")).ports.map(({ name }) => name);
    expect(offered).toEqual(expect.arrayContaining(ports.map(({ targetPort }) => targetPort)));
    const { ports: open } = one("Service", PUBLIC_SERVICE)["spec"] as Publishing;
    expect(open.map(({ targetPort }) => targetPort)).toEqual(["https"]);
    const job = labelsOfService(METRICS_SERVICE)[jobLabel];
    const named = [...read("../observability/alerts.yaml").matchAll(/\bjob="([^"]+)"/g)];
    expect(new Set(named.map(([, name]) => name))).toEqual(new Set([job]));
  });

  test("the operator's Prometheus gets every alert as it is tested", () => {
    expect(one("PrometheusRule")["spec"]).toEqual(parse(read("../observability/alerts.yaml")));
  });

  test("the adapter offers the autoscaler its metric of each pod", () => {
    const { rules } = parse(read("../kubernetes/monitoring/prometheus-adapter.yaml")) as Adapter;
    const { metrics } = one("HorizontalPodAutoscaler")["spec"] as Scaling;
    const wanted = metrics.flatMap(({ pods }) => pods?.metric.name ?? []);
    expect(rules.custom.map(({ name }) => name.as)).toEqual(wanted);
    const known = Object.values(METRICS).map(({ name }) => name);
    for (const { seriesQuery, resources, metricsQuery } of rules.custom) {
      const [, name = "", label = ""] =
        /^(\w+)\{(\w+="\w+",)?namespace!="",pod!=""\}$/.exec(seriesQuery) ?? [];
      expect(known).toContain(name);
      expect(Object.keys(resources.overrides)).toEqual(["namespace", "pod"]);
      // A replica's own value: no sum over other labels would change it.
      const series = metricsQuery
        .replace("<<.GroupBy>>", "pod")
        .replace("<<.Series>>", name)
        .replace("<<.LabelMatchers>>", 'namespace="databox"');
      expect(series).toBe(`sum by (pod) (${name}{${label}namespace="databox"})`);
    }
  });

  test("a replica is joined by another one before its alert, which is before its memory is full", () => {
    const { memory } = containerOf(one("Deployment")).resources.limits;
    expect(memory).toBe("1Gi");
    const most = connectionsWithin(1024 ** 3);
    expect(read("../kubernetes/base/deployment.yaml")).toContain(most.toLocaleString("en"));
    const { metrics } = one("HorizontalPodAutoscaler")["spec"] as Scaling;
    const scaled = metrics.find(({ pods }) => pods?.metric.name === "databox_public_connections");
    const [, part] =
      /databox_connections_limit\{.*\)\) > (0\.\d+)/.exec(read("../observability/alerts.yaml")) ??
      [];
    expect(Number(scaled?.pods?.target.averageValue)).toBeLessThan(most * Number(part));
  });

  test("cert-manager renews the certificate that the replicas mount, before the alert", () => {
    const { secretName, dnsNames, renewBefore } = one("Certificate")["spec"] as Certified;
    const mounted = podOf(one("Deployment")).volumes.find(({ name }) => name === "tls");
    expect(mounted?.secret?.secretName).toBe(secretName);
    const { BROKER_URL } = one("ConfigMap")["data"] as { BROKER_URL: string };
    expect(dnsNames).toEqual([new URL(BROKER_URL).hostname]);
    const [, days] =
      /expiry_timestamp_seconds\) - time\(\) < (\d+) \* 86400/.exec(
        read("../observability/alerts.yaml"),
      ) ?? [];
    expect(Number(renewBefore.replace(/h$/, ""))).toBeGreaterThan(Number(days) * 24);
  });

  test("volumes have modes that the broker and its doctor accept", () => {
    const { volumes, securityContext } = podOf(one("Deployment"));
    // The kubelet adds the group's right to read: root:65532, 0440 (keys/secret-file.ts).
    expect(securityContext).toMatchObject({ fsGroup: 65_532 });
    const secrets = volumes.flatMap(({ secret }) => secret ?? []);
    expect(secrets).toHaveLength(3);
    expect(secrets.filter(({ defaultMode }) => defaultMode !== 0o400)).toEqual([]);
    // The volume itself has mode 2777; a folder in it is made by the broker, at 0700.
    for (const kind of ["Deployment", "Job"]) {
      const { env, volumeMounts } = containerOf(one(kind));
      const folder = env.find(({ name }) => name === "BROKER_DATA_DIR")?.value;
      const { mountPath } = volumeMounts.find(({ name }) => name === "data") ?? {};
      expect(folder).toBe(`${String(mountPath)}/broker`);
    }
  });

  test("all replicas keep one restore record, which neither a pod nor the database takes along", () => {
    const { env, volumeMounts } = containerOf(one("Deployment"));
    const folder = env.find(({ name }) => name === "RESTORE_RECORD_DIR")?.value;
    const { mountPath } = volumeMounts.find(({ name }) => name === "record") ?? {};
    expect(folder).toBe(`${String(mountPath)}/broker`);
    const { volumes } = podOf(one("Deployment"));
    const mounted = volumes.find(({ name }) => name === "record");
    expect(mounted).toMatchObject({
      persistentVolumeClaim: { claimName: RECORD },
    });
    const many = { accessModes: ["ReadWriteMany"], storageClassName: "" };
    expect(one("PersistentVolumeClaim", RECORD)["spec"]).toMatchObject({
      ...many,
      volumeName: nameOf(one("PersistentVolume")),
    });
    expect(one("PersistentVolume")["spec"]).toMatchObject({
      ...many,
      persistentVolumeReclaimPolicy: "Retain",
    });
  });

  test("the audit trail is verified, and the database exported, within the time of each alert", () => {
    const rules = read("../observability/alerts.yaml");
    for (const [name, args, schedule, work, limit] of [
      [
        AUDIT_VERIFY,
        ["audit", "verify", "--configured", "--allow-gaps"],
        /^\d+ \d+ \* \* \d$/,
        "audit-verify",
        "8 * 86400",
      ],
      [
        BACKUP,
        ["export", "/backup/$(POD_NAME).ndjson"],
        /^\d+ \d+ \* \* \*$/,
        "backup",
        "26 * 3600",
      ],
    ] as const) {
      const job = one("CronJob", name);
      expect(job["spec"]).toMatchObject({
        schedule: expect.stringMatching(schedule),
        concurrencyPolicy: "Forbid",
      });
      const { image, env } = containerOf(job);
      expect(containerOf(job).args).toEqual(args);
      expect(image).toBe(containerOf(one("Deployment")).image);
      // As the user that serves, who may note it and may not change the trail.
      expect(env.map(({ name: variable }) => variable)).not.toContain("DATABASE_URL");
      expect(rules).toContain(`databox_upkeep_timestamp_seconds{work="${work}"}) > ${limit}`);
      expect(`${name}-29000000`).toMatch(/^databox-broker-.+$/);
    }
    expect(one("CronJob", AUDIT_VERIFY)["spec"]).toMatchObject({
      jobTemplate: { spec: { backoffLimit: 0 } },
    });
    const { volumes } = podOf(one("CronJob", BACKUP));
    expect(volumes.find(({ name }) => name === "backup")).toMatchObject({
      persistentVolumeClaim: { claimName: nameOf(one("PersistentVolumeClaim", BACKUP)) },
    });
  });

  describe.each(PODS)("a pod of the $kind $name", ({ kind, name }) => {
    test.each(REACHED)("may reach $name: $may", ({ may, ...peer }) => {
      expect(mayReach(one("NetworkPolicy"), labelsOf(one(kind, name)), peer)).toBe(may);
    });
  });

  test.each(ENTERING)("may be reached by $name: $may", ({ may, ...peer }) => {
    expect(mayEnter(one("NetworkPolicy"), labelsOf(one("Deployment")), peer)).toBe(may);
  });

  test.each(PODS)("the pods of the $kind $name meet the restricted profile", ({ kind, name }) => {
    const pod = podOf(one(kind, name));
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(containerOf(one(kind, name)).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
  });
});

test.skipIf(!hasKustomize)(
  "Azure's managed Prometheus reads the metrics through its own kind, and may reach them",
  () => {
    using folder = openTemporaryFolder();
    const from = (name: string) =>
      relative(
        realpathSync(folder.path),
        fileURLToPath(new URL(`../kubernetes/${name}`, import.meta.url)),
      );
    writeFileSync(
      join(folder.path, "kustomization.yaml"),
      JSON.stringify({ resources: [from("base")], components: [from("azure-monitoring")] }),
    );
    const text = execFileSync("kustomize", ["build", folder.path], { encoding: "utf8" });
    const built = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
    const kinds = built.map(({ apiVersion, kind }) => `${String(apiVersion)} ${kind}`);
    expect(kinds.filter((each) => /ServiceMonitor|PrometheusRule/.test(each))).toEqual([
      "azmonitoring.coreos.com/v1 ServiceMonitor",
    ]);
    const policy = built.find(({ kind }) => kind === "NetworkPolicy");
    const replica = { "app.kubernetes.io/name": "databox-broker" };
    const collector = { labels: { rsName: "ama-metrics" }, namespace: KUBE_SYSTEM, address: "" };
    expect(mayEnter(policy ?? {}, replica, { ...collector, port: "metrics" })).toBe(true);
    expect(mayEnter(policy ?? {}, replica, { ...collector, labels: {}, port: "metrics" })).toBe(
      false,
    );
  },
);

type Labels = Readonly<Record<string, string>>;
type Selecting = { readonly selector: { readonly matchLabels: Labels } };
type Pod = {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly [Container];
  readonly topologySpreadConstraints: readonly {
    readonly topologyKey: string;
    readonly labelSelector: { readonly matchLabels: Labels };
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string; readonly defaultMode: number };
  }[];
};
type Monitoring = Selecting & {
  readonly jobLabel: string;
  readonly endpoints: readonly { readonly port: string }[];
};
type Publishing = {
  readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
};
type Scaling = {
  readonly metrics: readonly {
    readonly pods?: {
      readonly metric: { readonly name: string };
      readonly target: { readonly averageValue: string };
    };
  }[];
};
type Adapter = {
  readonly rules: {
    readonly custom: readonly {
      readonly seriesQuery: string;
      readonly metricsQuery: string;
      readonly name: { readonly as: string };
      readonly resources: { readonly overrides: object };
    }[];
  };
};
type Certified = {
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly renewBefore: string;
};
type Container = {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly name: string }[];
  readonly securityContext: object;
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
};

type Template = { readonly template: { metadata: { labels: Labels }; spec: Pod } };
const templateOf = ({ kind, spec }: Manifest) =>
  (kind === "CronJob"
    ? (spec as { jobTemplate: { spec: Template } }).jobTemplate.spec
    : (spec as Template)
  ).template;
const podOf = (manifest: Manifest): Pod => templateOf(manifest).spec;
const labelsOf = (manifest: Manifest): Labels => templateOf(manifest).metadata.labels;
const containerOf = (manifest: Manifest): Container => podOf(manifest).containers[0];
