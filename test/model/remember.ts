import { FROM_ID, NUMBERS, type World } from './world.js';

/** What the records forget by and by: each delivery's last reservation, and its first place in a lane. */
export async function remember({ redis, keys, planned, reservations, joined }: World): Promise<void> {
  const reading = redis.pipeline();
  const [ids, names] = [[...planned.keys()], [...NUMBERS, FROM_ID]];
  for (const id of ids) reading.hget(keys.record(id), 'reserved');
  for (const name of names) reading.zrange(keys.lane(name), '0', '-1', 'WITHSCORES');
  const answers = (await reading.exec()) ?? [];
  for (const [index, id] of ids.entries()) {
    const reserved = answers[index]?.[1];
    if (typeof reserved === 'string') reservations.set(id, reserved);
  }
  for (const [, lane] of answers.slice(ids.length)) {
    const flat = Array.isArray(lane) ? lane.map(String) : [];
    for (let at = 0; at < flat.length; at += 2) {
      const id = flat[at] ?? '';
      if (!joined.has(id)) joined.set(id, Number(flat[at + 1]));
    }
  }
}
