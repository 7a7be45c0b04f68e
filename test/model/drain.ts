import { DAY, SECOND } from '../../src/domain/time.js';
import { brokenAtTheEnd, brokenWhenCalm } from './invariants.js';
import { remember } from './remember.js';
import { NUMBERS, type World } from './world.js';

const MOST_STEPS = 2000;

/** Lets every process do what it has begun. */
async function finishAll(world: World): Promise<void> {
  for (let steps = 0; world.busy().length > 0; steps += 1) {
    if (steps > MOST_STEPS) throw new Error('the processes never come to an end');
    for (const actor of world.busy()) {
      await actor.step();
      await remember(world);
    }
  }
}

/** Workers take jobs until there are none to take. */
async function workOff(world: World): Promise<void> {
  for (let runs = 0; runs < MOST_STEPS; runs += 1) {
    await world.startWorker();
    const [worker] = world.busy();
    await worker?.step();
    if (!worker?.busy()) return;
    await finishAll(world);
  }
  throw new Error('the queue never empties');
}

/** Some seconds of everyday life, with a look of the sweeper at the end. */
async function pass(world: World, ms: number): Promise<void> {
  await world.advance(ms);
  await world.stall(() => false);
  await world.startSweep();
  await finishAll(world);
  await workOff(world);
}

/** Nothing goes wrong any more, everybody has written, the gate is open: whatever is due is to go within minutes. */
export async function calmDown(world: World): Promise<void> {
  world.turnBenign();
  await finishAll(world);
  for (const number of NUMBERS) await world.inbound(number, number === NUMBERS[1] ? 'both' : 'number');
  await world.openGate();
  for (let round = 0; round < 40; round += 1) {
    await pass(world, 5 * SECOND);
    if ((await brokenWhenCalm(world)).length === 0) return;
  }
}

/** Until every delivery has ended, one way or another. */
export async function outlast(world: World): Promise<void> {
  for (let round = 0; round < 30; round += 1) {
    await pass(world, DAY / 10);
    if ((await brokenAtTheEnd(world)).length === 0) return;
  }
}
