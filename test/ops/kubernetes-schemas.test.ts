import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';
import { ROOT } from './compose-file.js';
import { KUBERNETES, kubernetesFiles, type Manifest, readManifests } from './kubernetes-files.js';

/** The cluster's own schemas, and those of the operators, by API version and kind; each takes an object as JSON. */
const MODELS: Readonly<Record<string, (json: string) => { validate(): void }>> = {
  'apps/v1 Deployment': (json) => new Deployment(JSON.parse(json)),
  'networking.k8s.io/v1 Ingress': (json) => new Ingress(JSON.parse(json)),
  'networking.k8s.io/v1 NetworkPolicy': (json) => new NetworkPolicy(JSON.parse(json)),
  'policy/v1 PodDisruptionBudget': (json) => new PodDisruptionBudget(JSON.parse(json)),
  'v1 ConfigMap': (json) => new ConfigMap(JSON.parse(json)),
  'v1 Namespace': (json) => new Namespace(JSON.parse(json)),
  'v1 Secret': (json) => new Secret(JSON.parse(json)),
  'v1 Service': (json) => new Service(JSON.parse(json)),
  'monitoring.coreos.com/v1 PodMonitor': (json) => new PodMonitor(JSON.parse(json)),
  'monitoring.coreos.com/v1 PrometheusRule': (json) => new PrometheusRule(JSON.parse(json)),
  'keda.sh/v1alpha1 ScaledObject': (json) => new ScaledObject(JSON.parse(json)),
};

/** What is wrong with an object by its schema. */
function faultsOf(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): string | null {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const model = MODELS[kind];
  if (model === undefined) return `no schema is known of ${kind}`;
  try {
    model(JSON.stringify(manifest)).validate();
    return null;
  } catch (error) {
    return String(error);
  }
}

const files = kubernetesFiles().filter((path) => !path.endsWith('kustomization.yaml'));

it.each(files)('takes every object of %s', (path) => {
  const manifests = readManifests(path);
  expect(manifests.length).toBeGreaterThan(0);
  expect(manifests.map(faultsOf)).toEqual(manifests.map(() => null));
});

it('finds what is wrong in any of them', () => {
  const broken = files
    .flatMap(readManifests)
    .map((manifest) => ({ ...manifest, spec: 7, data: 7, metadata: 7 }));
  expect(broken.map(faultsOf)).not.toContain(null);
});

/** Only where somebody has it: the tests ask for no more than Node. */
const kubectl = spawnSync('kubectl', ['version', '--client']);
const itWithKubectl = kubectl.status === 0 ? it : it.skip;

itWithKubectl('takes every object of the example as it is built', () => {
  const folder = join(ROOT, KUBERNETES, 'overlays/example');
  const { stdout } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  const built = parseAllDocuments(stdout).map((document): Manifest => document.toJS());
  expect(built.map(faultsOf)).toEqual(built.map(() => null));
});
