import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { ROOT, readProjectFile } from './compose-file.js';
import { deploymentSchema } from './kubernetes-shapes.js';

export const KUBERNETES = 'ops/kubernetes';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }).optional(),
});

const kustomizationSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })).default([]),
  patches: z
    .array(
      z.strictObject({
        path: z.string().optional(),
        patch: z.string().optional(),
        target: z.unknown().optional(),
      }),
    )
    .default([]),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Kustomization = z.infer<typeof kustomizationSchema>;

export type Deployment = z.infer<typeof deploymentSchema>;

/** Every file of ops/kubernetes, by its path there. */
export function kubernetesFiles(): readonly string[] {
  return readdirSync(join(ROOT, KUBERNETES), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .sort();
}

/** The objects of one file. @throws ZodError, and Error on what is not YAML */
export function readManifests(path: string): readonly Manifest[] {
  return parseAllDocuments(readProjectFile(join(KUBERNETES, path))).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return manifestSchema.parse(document.toJS());
  });
}

/** Every object of every file but the kustomizations. */
export function allManifests(): readonly Manifest[] {
  return kubernetesFiles()
    .filter((path) => !path.endsWith('kustomization.yaml'))
    .flatMap(readManifests);
}

export function readKustomizations(): readonly (readonly [folder: string, Kustomization])[] {
  return kubernetesFiles()
    .filter((path) => path.endsWith('kustomization.yaml'))
    .map((path) => [path.replace(/\/?kustomization\.yaml$/, ''), parseKustomization(path)]);
}

function parseKustomization(path: string): Kustomization {
  const [only] = readManifests(path);
  return kustomizationSchema.parse(only);
}

/** The Deployments of the base, by their process. */
export function readDeployments(): readonly (readonly [process: string, Deployment])[] {
  return allManifests()
    .filter(({ kind }) => kind === 'Deployment')
    .map((manifest) => deploymentSchema.parse(manifest))
    .map((deployment) => [deployment.spec.template.spec.containers[0].name, deployment]);
}
