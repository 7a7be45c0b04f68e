import { reached } from '../../../domain/status.js';
import type { DeliveryView } from '../../../redis/delivery-view.js';
import type { AccountDuty } from '../../duty.js';
import { mayResume } from './account-state.js';

/** What can be done with a delivery from its page: the words before it is done, and after. */
export const ACTIONS = {
  cancel: {
    title: 'Cancel',
    says: 'Nothing is sent for it any more. This cannot be undone; the file can be enqueued anew.',
    button: 'Cancel the delivery',
    keep: 'Keep it',
    done: 'It is cancelled.',
  },
  resend: {
    title: 'Resend',
    says: 'A new delivery of the same file to the same recipient is made now. It may open a paid session.',
    button: 'Make a new delivery',
    keep: 'Leave it',
    done: 'This is the new delivery.',
  },
  sent: {
    title: 'Was sent',
    says: 'You say that the recipient has got the message, or that the provider shows it as sent. It counts as accepted.',
    button: 'It was sent',
    keep: 'Decide later',
    done: 'It counts as sent.',
  },
  'send-again': {
    title: 'Not sent: resend',
    says: 'You say that the message never went out. It is sent again now: if it did go out, the recipient gets it twice.',
    button: 'It was not sent: send it again',
    keep: 'Decide later',
    done: 'It goes out again.',
  },
  close: {
    title: 'Not sent: close',
    says: 'You say that the message never went out, and that it shall not. The delivery ends as failed.',
    button: 'It was not sent: close it',
    keep: 'Decide later',
    done: 'It is closed.',
  },
} as const;
export type Action = keyof typeof ACTIONS;

export function isAction(text: string): text is Action {
  return Object.hasOwn(ACTIONS, text);
}

/** Says that an action is done, for as long as the delivery shows it: an address that names one may be old or made up. */
export function actionDone(done: string, { status, resendOf }: DeliveryView): string | null {
  if (!isAction(done)) return null;
  const holds: Readonly<Record<Action, boolean>> = {
    cancel: status === 'cancelled',
    resend: resendOf !== null,
    sent: reached(status, 'accepted'),
    'send-again': status !== 'unknown',
    close: status === 'failed',
  };
  return holds[done] ? ACTIONS[done].done : null;
}

/** The same of an account's gate. */
export function gateDone(done: string, account: AccountDuty): string | null {
  const isOpen = !mayResume(account);
  if (done === 'paused' && account.gate.state === 'paused') return 'The account is paused.';
  return done === 'resumed' && isOpen ? 'The account is open.' : null;
}
