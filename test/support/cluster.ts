import { findPrivatePort } from '../../dev/private-port.js';
import { inCluster } from './redis-at.js';
import type { TopologyOptions } from './sentinels.js';
import { askServer, isInStep, type Node, startNode, type Topology } from './topology.js';
import { eventually } from './wait.js';

const HOST = '127.0.0.1';
const SLOTS = 16_384;
const MASTERS = 3;
const PATIENCE = { timeoutMs: 60_000 };

type Member = Node & { readonly busPort: number };

type ClusterOptions = TopologyOptions & {
  /** Of each master; by default one. */
  readonly replicas?: 0 | 1;
};

/** Three masters and their replicas, none of which outlives this process. */
export async function startCluster(options: ClusterOptions = {}): Promise<Topology> {
  const { downAfterMs = 2000, replicationDelayMs = 0, replicas = 1 } = options;
  const members: Member[] = [];
  const close = async () => {
    await Promise.all(members.map((member) => member.close()));
  };
  try {
    for (let index = 0; index < MASTERS * (1 + replicas); index += 1) {
      members.push(await startMember(downAfterMs, replicationDelayMs));
    }
    await assemble(members);
    return control(members, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function startMember(nodeTimeoutMs: number, replicationDelayMs: number): Promise<Member> {
  const busPort = await findPrivatePort();
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-node-timeout': String(nodeTimeoutMs),
    'cluster-port': String(busPort),
    'cluster-announce-ip': HOST,
    // A part without a master must not stop the others.
    'cluster-require-full-coverage': 'no',
    'cluster-allow-replica-migration': 'no',
    'cluster-replica-validity-factor': '0',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const node = await startNode((port) => [...args, '--cluster-announce-port', `${port}`], replicationDelayMs);
  return { ...node, busPort };
}

/** The first of them become masters of the slots in equal parts, the others their replicas. */
async function assemble(members: readonly Member[]): Promise<void> {
  const ask = (index: number, ...command: readonly string[]) =>
    askServer(members[index]?.redis.port ?? 0, command);
  const [first] = members;
  for (const [index, member] of members.entries()) {
    await ask(index, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    if (index > 0) await ask(0, 'CLUSTER', 'MEET', HOST, String(member.port), String(member.busPort));
    if (index >= MASTERS) continue;
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * SLOTS) / MASTERS));
    await ask(index, 'CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${Number(to) - 1}`);
  }
  if (first === undefined) return;
  const known = `cluster_known_nodes:${members.length}`;
  await eventually(async () => (await infosOf(members)).every((info) => info.includes(known)), PATIENCE);
  for (let index = MASTERS; index < members.length; index += 1) {
    const id = String(await ask(index - MASTERS, 'CLUSTER', 'MYID'));
    await eventually(async () => (await ask(index, 'CLUSTER', 'REPLICATE', id)) === 'OK', PATIENCE);
  }
  await eventually(() => isWhole(members), { ...PATIENCE, what: 'A whole cluster' });
}

function control(members: readonly Member[], close: Topology['close']): Topology {
  let struck: { readonly member: Member; readonly signal: string; readonly key: string } | null = null;
  const others = () => members.filter((member) => member !== struck?.member);

  return {
    at: inCluster(members.map(({ port }) => port)),
    close,

    async strike(signal: 'SIGKILL' | 'SIGSTOP', key: string): Promise<void> {
      const owner = await ownerOf(key, members);
      const member = members.find(({ port }) => port === owner);
      if (member === undefined) throw new Error(`Nobody has ${key}`);
      struck = { member, signal, key };
      await member.redis.kill(signal);
    },

    async heal(): Promise<void> {
      if (struck === null) return;
      const { member, signal, key } = struck;
      const isReplaced = async () => (await ownerOf(key, others())) !== member.port;
      await eventually(isReplaced, { ...PATIENCE, what: 'Another master' });
      if (signal === 'SIGSTOP') await member.redis.kill('SIGCONT');
      else await member.redis.restart();
      struck = null;
      await eventually(() => isWhole(members), { ...PATIENCE, what: 'A whole cluster' });
    },

    async ask(...command: readonly [string, ...string[]]): Promise<readonly unknown[]> {
      const ports = new Set((await slotsBy(others())).map(([, , master]) => master));
      const masters = members.filter(({ port }) => ports.has(port));
      return Promise.all(masters.map(({ redis }) => askServer(redis.port, command)));
    },
  };
}

async function ownerOf(key: string, asked: readonly Member[]): Promise<number | undefined> {
  const slot = Number(await askServer(asked[0]?.redis.port ?? 0, ['CLUSTER', 'KEYSLOT', key]));
  return (await slotsBy(asked)).find(([from, to]) => from <= slot && slot <= to)?.[2];
}

type Part = readonly [from: number, to: number, masterPort: number];

/** As one of them tells; after a failover the others may know of it a moment later. */
async function slotsBy([asked]: readonly Member[]): Promise<readonly Part[]> {
  const reply = await askServer(asked?.redis.port ?? 0, ['CLUSTER', 'SLOTS']);
  const parts: readonly unknown[] = Array.isArray(reply) ? reply : [];
  return parts.flatMap((part): Part[] =>
    Array.isArray(part) ? [[Number(part[0]), Number(part[1]), Number(part[2]?.[1])]] : [],
  );
}

function infosOf(members: readonly Member[]): Promise<readonly string[]> {
  return Promise.all(
    members.map(async ({ redis }) => String(await askServer(redis.port, ['CLUSTER', 'INFO']))),
  );
}

/** All slots are served, as everybody sees it, and all but the masters follow one of them. */
async function isWhole(members: readonly Member[]): Promise<boolean> {
  const infos = await infosOf(members);
  const isOk = (info: string) =>
    info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${SLOTS}`);
  const inStep = await Promise.all(members.map(({ redis }) => isInStep(redis.port)));
  return infos.every(isOk) && inStep.filter((each) => each).length === members.length - MASTERS;
}
