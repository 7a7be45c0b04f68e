import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readEnv } from '../../src/config/env.js';
import type { Need } from '../../src/config/rules.js';
import type { Setting } from '../../src/config/setting.js';
import { SETTINGS } from '../../src/config/settings.js';
import { parseConfig } from '../../src/config.js';
import { ROOT, readCompose, readProjectFile } from './compose-file.js';
import {
  allManifests,
  KUBERNETES,
  kubernetesFiles,
  type Manifest,
  readDeployments,
  readKustomizations,
  readManifests,
} from './kubernetes-files.js';
import {
  budgetSchema,
  configMapSchema,
  networkPolicySchema,
  scaledObjectSchema,
  secretSchema,
  serviceSchema,
} from './kubernetes-shapes.js';

const SECRETS = '/run/secrets/waybill';
const NEEDS: Readonly<Record<string, Need>> = {
  worker: 'accounts',
  webhooks: 'webhookToken',
  api: 'apiKeys',
};

const table: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
const deployments = readDeployments();
const ofKind = (kind: string): readonly Manifest[] => allManifests().filter((each) => each.kind === kind);
const containerOf = ([, { spec }]: (typeof deployments)[number]) => spec.template.spec.containers[0];
const [secret] = ofKind('Secret').map((manifest) => secretSchema.parse(manifest));
const settings = ofKind('ConfigMap').map((manifest) => configMapSchema.parse(manifest).data);

describe('the Deployments', () => {
  it('are of every process that there is, two of each', () => {
    expect(deployments.map(([name, { spec }]) => [name, spec.replicas]).sort()).toEqual([
      ['api', 2],
      ['webhooks', 2],
      ['worker', 2],
    ]);
  });

  it.each(deployments)(
    'starts %s by its name, in pods that its selector finds',
    (name, { metadata, spec }) => {
      expect(spec.template.spec.containers[0].args).toEqual([name]);
      const labels = { 'app.kubernetes.io/name': 'waybill', 'app.kubernetes.io/component': name };
      const { matchLabels } = spec.selector;
      expect([metadata.labels, matchLabels, spec.template.metadata.labels]).toEqual([labels, labels, labels]);
      for (const { labelSelector } of spec.template.spec.topologySpreadConstraints) {
        expect(labelSelector.matchLabels).toEqual(labels);
      }
    },
  );

  it.each(deployments)('waits for the end of %s as long as compose does', (name, { spec }) => {
    expect(`${spec.template.spec.terminationGracePeriodSeconds}s`).toBe(
      readCompose().services[name]?.stop_grace_period,
    );
  });

  it.each(deployments)('opens the ports of %s that it listens on, which are the defaults', (...entry) => {
    const { env, ports } = containerOf(entry);
    const listens = env.filter(({ name }) => name.startsWith('WAYBILL_LISTEN_'));
    expect(listens.map(({ value }) => value)).toEqual(listens.map(({ name }) => table[name]?.default));
    expect(ports.map(({ name, containerPort }) => [name, `[::]:${containerPort}`]).sort()).toEqual(
      listens.map(({ name, value }) => [name.replace('WAYBILL_LISTEN_', '').toLowerCase(), value]).sort(),
    );
  });

  it.each(deployments)(
    'asks %s on the metrics port: alive or not by itself, ready or not for work',
    (...entry) => {
      const { startupProbe, livenessProbe, readinessProbe } = containerOf(entry);
      expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual([
        { path: '/healthz', port: 'metrics' },
        { path: '/healthz', port: 'metrics' },
        { path: '/readyz', port: 'metrics' },
      ]);
    },
  );

  it.each(deployments)('leaves it to the platform as whom %s runs, but for root', (...entry) => {
    expect(readProjectFile('Dockerfile')).toMatch(/^USER [1-9]\d*$/m);
    const { securityContext, volumes } = entry[1].spec.template.spec;
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(Object.keys(securityContext)).not.toEqual(expect.arrayContaining(['runAsUser']));
    // Without fsGroup everybody in the pod has to be able to read the files.
    expect(volumes[0].secret.defaultMode).toBe(0o444);
  });

  it.each(deployments)('gives %s as much memory as compose does', (...entry) => {
    const [name] = entry;
    const { limits } = containerOf(entry).resources;
    expect(limits.memory.toLowerCase().replace('i', '')).toBe(readCompose().services[name]?.mem_limit);
    expect(Number(limits.cpu)).toBe(readCompose().services[name]?.cpus);
  });
});

describe('settings and secrets', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-kubernetes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(deployments)('give %s a configuration that it takes, with the example’s secrets', (...entry) => {
    const [name, { spec }] = entry;
    const [{ secret: mounted }] = spec.template.spec.volumes;
    for (const { key, path } of mounted.items) {
      writeFileSync(join(folder, path), exampleSecret(key));
    }
    const inFolder = containerOf(entry).env.map((each) => [each.name, each.value.replace(SECRETS, folder)]);
    const env = { ...Object.assign({}, ...settings), ...Object.fromEntries(inFolder) };
    const need = NEEDS[name];
    const { config, unknown } = parseConfig(readEnv(env), { need: need === undefined ? [] : [need] });
    expect(unknown).toEqual([]);
    expect(config.trustProxy).toBe(1);
  });

  it.each(deployments)('reach %s as files alone where they are secret', (...entry) => {
    const { env } = containerOf(entry);
    expect(env.filter(({ name }) => table[name]?.secret)).toEqual([]);
    expect(settings.flatMap((data) => Object.keys(data)).filter((name) => table[name]?.secret)).toEqual([]);
    const files = env.filter(({ name }) => name.endsWith('_FILE'));
    expect(files.length).toBeGreaterThan(0);
    expect(files.map(({ name }) => table[name.replace(/_FILE$/, '')]?.secret)).toEqual(files.map(() => true));
  });

  it.each(deployments)('show %s no secret that it does not read', (...entry) => {
    const { env, volumeMounts } = containerOf(entry);
    const [volume] = entry[1].spec.template.spec.volumes;
    const read = env.filter(({ name }) => name.endsWith('_FILE')).map(({ value }) => value);
    expect(volume.secret.items.map(({ path }) => `${SECRETS}/${path}`)).toEqual(read);
    expect(volume.secret.secretName).toBe(secret?.metadata.name);
    expect(volumeMounts).toEqual([{ name: volume.name, mountPath: SECRETS, readOnly: true }]);
  });

  it('have an example of each secret file, and of no other', () => {
    const mounted = deployments.flatMap(([, { spec }]) => spec.template.spec.volumes[0].secret.items);
    expect(Object.keys(secret?.stringData ?? {}).sort()).toEqual(
      [...new Set(mounted.map(({ key }) => key))].sort(),
    );
  });

  it('keep no Secret among what is applied', () => {
    const applied = readKustomizations().flatMap(([folder, { resources }]) =>
      resources.filter((path) => path.endsWith('.yaml')).map((path) => join(folder, path)),
    );
    expect(applied.flatMap(readManifests).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe('Services, budgets and policies', () => {
  it.each(ofKind('Service').map((manifest) => serviceSchema.parse(manifest)))(
    'lead to a port of a Deployment: $metadata.name',
    ({ spec: { selector, ports } }) => {
      const [target] = deployments.filter(([name]) => name === selector['app.kubernetes.io/component']);
      const open = target === undefined ? [] : containerOf(target).ports;
      expect(open).toEqual(
        expect.arrayContaining(
          ports.map(({ port, targetPort }) => ({ name: targetPort, containerPort: port })),
        ),
      );
    },
  );

  it('let one pod of each Deployment be disturbed at a time', () => {
    const budgets = ofKind('PodDisruptionBudget').map((manifest) => budgetSchema.parse(manifest));
    const selectors = budgets.map(({ spec }) => spec.selector);
    expect(selectors).toEqual(deployments.map(([, { spec }]) => spec.selector));
  });

  const policies = ofKind('NetworkPolicy').map((manifest) => networkPolicySchema.parse(manifest));

  it('allow nothing that is not named', () => {
    const [nothing] = policies;
    expect(nothing?.spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'waybill' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [],
    });
  });

  it('let in callers and Prometheus by the names of ports that there are', () => {
    const named = policies.flatMap(({ spec }) => spec.ingress.flatMap(({ ports }) => ports));
    const open = deployments.flatMap((entry) => containerOf(entry).ports.map(({ name }) => name));
    expect(new Set(named.map(({ port }) => port))).toEqual(new Set(open));
    expect(policies.flatMap(({ spec }) => spec.ingress.filter(({ from }) => from.length === 0))).toEqual([]);
  });

  it('let every process look names up, at whatever address', () => {
    const anywhere = policies.filter(({ spec }) => spec.egress.some(({ to }) => to.length === 0));
    expect(anywhere.map(({ spec }) => spec.podSelector.matchLabels)).toEqual([
      { 'app.kubernetes.io/name': 'waybill' },
    ]);
    expect(anywhere.flatMap(({ spec }) => spec.egress.filter(({ to }) => to.length === 0))).toEqual([
      {
        to: [],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ]);
  });

  it('give an example of more ways out, for workers alone, that changes nothing of the base', () => {
    const [more] = policies.filter(({ metadata }) => metadata.name === 'waybill-more');
    expect(more?.spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/component': 'worker' } },
      policyTypes: ['Egress'],
      ingress: [],
    });
    expect(more?.spec.egress.filter(({ to }) => to.length === 0)).toEqual([]);
  });

  it('let workers alone out to the world, by https and to public addresses', () => {
    const outside = policies.filter(
      ({ metadata, spec }) =>
        metadata.name !== 'waybill-more' && spec.egress.some(({ to }) => to.some((peer) => peer.ipBlock)),
    );
    expect(outside.map(({ spec }) => spec.podSelector.matchLabels?.['app.kubernetes.io/component'])).toEqual([
      'worker',
    ]);
    const [rule] = outside.flatMap(({ spec }) => spec.egress);
    expect(rule?.ports).toEqual([{ port: 443, protocol: 'TCP' }]);
    expect(rule?.to.map(({ ipBlock }) => ipBlock?.except)).toEqual([
      expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']),
      expect.arrayContaining(['fc00::/7']),
    ]);
  });
});

describe('the ScaledObject', () => {
  const [scaled] = ofKind('ScaledObject').map((manifest) => scaledObjectSchema.parse(manifest).spec);

  it('counts what may go now, and nothing that is held or waits', () => {
    const queries = scaled?.triggers.map(({ metadata }) => metadata.query ?? '') ?? [];
    expect(queries.flatMap((query) => query.match(/waybill_\w+/g))).toEqual(['waybill_deliveries_due']);
  });

  it('keeps the two workers that sweep and measure', () => {
    expect(scaled?.scaleTargetRef.name).toBe('waybill-worker');
    expect(scaled?.minReplicaCount).toBeGreaterThanOrEqual(2);
  });
});

it('knows the alerts of ops/prometheus/rules.yml, each of them and no other', () => {
  const [rule] = ofKind('PrometheusRule');
  const { groups } = z
    .object({ groups: z.array(z.unknown()) })
    .parse(parse(readProjectFile('ops/prometheus/rules.yml')));
  expect(groups.length).toBeGreaterThan(0);
  expect(rule?.spec).toEqual({ groups });
});

describe('kustomize', () => {
  it.each(readKustomizations())(
    'finds every file that %s names',
    (folder, { resources, components, patches }) => {
      const paths = [...resources, ...components, ...patches.flatMap(({ path }) => path ?? [])];
      expect(paths.filter((path) => !existsSync(join(ROOT, KUBERNETES, folder, path)))).toEqual([]);
    },
  );

  it('leaves out no file but two examples', () => {
    const named = readKustomizations().flatMap(([folder, { resources, patches }]) =>
      [...resources, ...patches.flatMap(({ path }) => path ?? [])].map((path) => join(folder, path)),
    );
    const manifests = kubernetesFiles().filter((path) => !path.endsWith('kustomization.yaml'));
    expect(manifests.filter((path) => !named.includes(path))).toEqual([
      'overlays/example/network.yaml',
      'overlays/example/secret.yaml',
    ]);
  });

  /** Only where somebody has it: the tests ask for no more than Node. */
  const kubectl = spawnSync('kubectl', ['version', '--client']);
  const itWithKubectl = kubectl.status === 0 ? it : it.skip;

  itWithKubectl(
    'builds the example: one namespace, our image, and a number of workers that is KEDA’s',
    () => {
      const folder = join(ROOT, KUBERNETES, 'overlays/example');
      const { stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
      const built = parseAllDocuments(stdout).map((document): Manifest => document.toJS());
      expect([stderr, built.filter(({ kind }) => kind === 'Deployment').length]).toEqual(['', 3]);
      expect(
        built.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata?.namespace !== 'waybill'),
      ).toEqual([]);
      expect(stdout.match(/image: .*/g)).toEqual(Array(3).fill('image: registry.example.com/waybill:0.1.0'));
      expect(stdout.match(/replicas: .*/g)).toEqual(['replicas: 2', 'replicas: 2']);
    },
  );
});

function exampleSecret(key: string): string {
  // The example shows no caller, since its digest would let somebody in; the process wants one.
  const somebody = JSON.stringify([
    { name: 'shop', sha256: 'ab'.repeat(32), accounts: ['*'], roles: ['send'] },
  ]);
  return key === 'api-keys' ? somebody : (secret?.stringData[key] ?? '');
}
