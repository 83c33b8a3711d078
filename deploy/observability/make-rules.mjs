// Writes the rules of alerts.yaml as the object that the Prometheus operator reads:  npm run docs
import { readFileSync, writeFileSync } from "node:fs";

const [, groups = ""] = readFileSync(new URL("alerts.yaml", import.meta.url), "utf8").split(
  /^groups:\n/m,
);
writeFileSync(
  new URL("../kubernetes/monitoring/prometheus-rule.yaml", import.meta.url),
  `# Written by npm run docs from deploy/observability/alerts.yaml, with which its tests are.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: databox-broker
  labels:
    app.kubernetes.io/name: databox-broker
spec:
  groups:
${groups.replaceAll(/^(?=.)/gm, "  ")}`,
);
