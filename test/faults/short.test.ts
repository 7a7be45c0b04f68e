import { randomInt } from 'node:crypto';
import { ROWS } from './rows.js';

// A short form of each row that has one; `npm run test:faults` runs them in full and writes the report.
it.each(ROWS.filter(({ onlyInFull }) => onlyInFull !== true))(
  'keeps its promises when $name',
  async (row) => {
    const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 32));
    const { figures, broken } = await row.run({ scale: SCALE, seed });
    expect({ seed, figures, broken }).toEqual({ seed, figures, broken: [] });
  },
  // Its own waits have bounds; this one is only there to end what hangs.
  600_000,
);

const SCALE = 0.02;
