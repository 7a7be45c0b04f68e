import type { SweepDeps } from '../../src/worker/sweep.js';
import type { DelivererObserver } from '../../src/worker/tell.js';

const nothing = () => undefined;

/** Tells nobody anything: the model looks at the records. */
export const SILENT: DelivererObserver & SweepDeps['observer'] = {
  attemptEnded: nothing,
  deliveryMoved: nothing,
  claimGranted: nothing,
  claimRefused: nothing,
  deliveryFlagged: nothing,
  preflightEnded: nothing,
  windowCorrected: nothing,
  sessionOpened: nothing,
  gateChanged: nothing,
  swept: nothing,
};

/** An error that others would only be warned of ends the run here. */
export const LOUD: SweepDeps['log'] = {
  warn(message, fields) {
    throw typeof fields === 'object' ? fields.error : new Error(message);
  },
};
