import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrivatePort } from '../../dev/private-port.js';
import { findRedisServer } from '../../dev/redis-binary.js';
import { type RedisProcess, startRedisProcess } from '../../dev/redis-process.js';
import { behindSentinels } from './redis-at.js';
import { askServer, isInStep, type Node, startNode, type Topology } from './topology.js';
import { eventually } from './wait.js';

export type TopologyOptions = {
  /** How long a master must be silent to count as gone. */
  readonly downAfterMs?: number;
  readonly replicationDelayMs?: number;
};

const NAME = 'main';
const HOST = '127.0.0.1';
const PATIENCE = { timeoutMs: 60_000 };

type Sentinel = { readonly port: number; readonly process: RedisProcess; readonly dir: string };

/** A master, a replica and three sentinels, none of which outlives this process. */
export async function startSentinels(options: TopologyOptions = {}): Promise<Topology> {
  const { downAfterMs = 2000, replicationDelayMs = 0 } = options;
  const nodes: Node[] = [];
  const sentinels: Sentinel[] = [];
  const close = async () => {
    await Promise.all(sentinels.map(stopSentinel));
    await Promise.all(nodes.map((node) => node.close()));
  };
  try {
    const start = (...more: readonly string[]) =>
      startNode(
        (port) => ['--replica-announce-ip', HOST, '--replica-announce-port', `${port}`, ...more],
        replicationDelayMs,
      );
    const master = await start();
    nodes.push(master);
    const replica = await start('--replicaof', HOST, String(master.port));
    nodes.push(replica);
    await eventually(() => isInStep(replica.redis.port), PATIENCE);
    const starting = [1, 2, 3].map(() => startSentinel(master.port, downAfterMs));
    sentinels.push(...(await Promise.all(starting)));
    const topology = { ...control(nodes, sentinels), close };
    await eventually(() => isReady(sentinels), { ...PATIENCE, what: 'The sentinels’ agreement' });
    return topology;
  } catch (error) {
    await close();
    throw error;
  }
}

async function startSentinel(masterPort: number, downAfterMs: number): Promise<Sentinel> {
  const port = await findPrivatePort();
  const dir = await mkdtemp(join(tmpdir(), 'waybill-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    `bind ${HOST}`,
    `dir ${dir}`,
    `sentinel monitor ${NAME} ${HOST} ${masterPort} 2`,
    `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
    // Twice this must pass between two failovers.
    `sentinel failover-timeout ${NAME} ${2 * downAfterMs}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const binary = findRedisServer(process.env.PATH ?? '');
  const args = [file, '--sentinel'];
  return {
    port,
    dir,
    process: await startRedisProcess({ binary, args, disposableDir: dir, upWhen: '+monitor' }),
  };
}

async function stopSentinel({ process, dir }: Sentinel): Promise<void> {
  await process.stop();
  await rm(dir, { recursive: true, force: true });
}

function control(nodes: readonly Node[], sentinels: readonly Sentinel[]) {
  let struck: { readonly node: Node; readonly signal: string } | null = null;
  const portsOfMaster = () => Promise.all(sentinels.map(masterBy));

  async function master(): Promise<Node> {
    const [port] = await portsOfMaster();
    const found = nodes.find((node) => node.port === port);
    if (found === undefined) throw new Error(`Sentinels tell of a master at ${port}, which is none of ours`);
    return found;
  }

  return {
    at: behindSentinels(
      sentinels.map(({ port }) => port),
      NAME,
    ),

    async strike(signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
      const node = await master();
      struck = { node, signal };
      await node.redis.kill(signal);
    },

    async heal(): Promise<void> {
      if (struck === null) return;
      const { node, signal } = struck;
      const isReplaced = async () => (await portsOfMaster()).every((port) => port !== node.port);
      await eventually(isReplaced, { ...PATIENCE, what: 'Another master' });
      if (signal === 'SIGSTOP') await node.redis.kill('SIGCONT');
      else await rejoin(node, await master());
      struck = null;
      await eventually(() => isInStep(node.redis.port), { ...PATIENCE, what: 'The replica’s return' });
      await eventually(() => isReady(sentinels), { ...PATIENCE, what: 'The sentinels’ agreement' });
    },

    ask: async (...command: readonly [string, ...string[]]) => [
      await askServer((await master()).redis.port, command),
    ],
  };
}

/** A sentinel would tell it so some seconds later. */
async function rejoin(node: Node, master: Node): Promise<void> {
  await node.redis.restart();
  await askServer(node.redis.port, ['REPLICAOF', HOST, String(master.port)]);
}

async function masterBy({ port }: Sentinel): Promise<number> {
  const address = await askServer(port, ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME]);
  return Array.isArray(address) ? Number(address[1]) : 0;
}

/** All know each other, and of one replica that could take over. */
async function isReady(sentinels: readonly Sentinel[]): Promise<boolean> {
  const ready = await Promise.all(
    sentinels.map(async ({ port }) => {
      const others = rowsOf(await askServer(port, ['SENTINEL', 'SENTINELS', NAME]));
      const replicas = rowsOf(await askServer(port, ['SENTINEL', 'REPLICAS', NAME]));
      return (
        others.length === sentinels.length - 1 &&
        replicas.length === 1 &&
        replicas.every((row) => row.flags === 'slave' && row['master-link-status'] === 'ok')
      );
    }),
  );
  return ready.every((each) => each);
}

/** Fields and values in turn. */
function rowsOf(reply: unknown): readonly Readonly<Record<string, string>>[] {
  const rows: readonly unknown[] = Array.isArray(reply) ? reply : [];
  return rows.map((row) => {
    const flat = Array.isArray(row) ? row.map(String) : [];
    return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : [])));
  });
}
