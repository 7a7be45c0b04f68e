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

/** What is told on the page that somebody is led to once it is done. */
const DONE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(ACTIONS).map(([action, { done }]) => [action, done])),
  paused: 'It is paused.',
  resumed: 'It is open.',
};

/** Words of ours only, whatever the address says. */
export function doneInWords(done: string | undefined): string | null {
  return done !== undefined && Object.hasOwn(DONE, done) ? (DONE[done] ?? null) : null;
}
