import { conversationOf } from '../../src/domain/spellings.js';
import { BoundedLog } from '../bounded-log.js';
import { MESSAGE_STATES, type Message, type MessageFilter, type MessageState } from '../shapes.js';

/** A message as its sender knows it. */
export type Draft = Pick<Message, 'to' | 'origin' | 'kind' | 'body' | 'caption' | 'replyTo' | 'template'>;
/** What taking it adds. */
export type Taking = Pick<Message, 'unique' | 'at' | 'from' | 'client'>;

/** Every message of every conversation, both ways: what Get History tells, and what tests hold us to. */
export class MessageLog {
  readonly #log: BoundedLog<Message>;
  #count = 0;

  constructor(limit: number) {
    this.#log = new BoundedLog(limit);
  }

  /** Written out field by field: at full load, spreading the two objects costs as much as all else here. */
  add(draft: Draft, taking: Taking): Message {
    this.#count += 1;
    const message: Message = {
      unique: taking.unique,
      order: this.#count,
      at: taking.at,
      from: taking.from,
      to: draft.to,
      client: taking.client,
      origin: draft.origin,
      kind: draft.kind,
      body: draft.body,
      caption: draft.caption,
      replyTo: draft.replyTo,
      template: draft.template,
      state: 'accepted',
    };
    this.#log.add(message);
    return message;
  }

  /** Forward only: receipts may be told out of order, but what happened to a message did not. */
  moveTo(message: Message, state: MessageState): void {
    if (MESSAGE_STATES.indexOf(state) > MESSAGE_STATES.indexOf(message.state)) message.state = state;
  }

  find(unique: string): Message | undefined {
    return this.#log.entries().findLast((message) => message.unique === unique);
  }

  /** What send calls came to, oldest first. */
  accepted(filter: MessageFilter): Message[] {
    const { to, ...plain } = filter;
    const wanted = Object.entries(plain).filter(([, value]) => value !== undefined);
    return this.#log.entries().filter((message) => {
      if (message.origin !== 'api') return false;
      if (
        to !== undefined &&
        ![message.to, message.client].includes(to) &&
        conversationOf(to) !== message.client
      )
        return false;
      const fields: Readonly<Record<string, unknown>> = message;
      return wanted.every(([name, value]) => fields[name] === value);
    });
  }

  /** One account's messages, newest first; of one client when it is named. */
  history(from: string, client?: string): Message[] {
    return this.#log
      .entries()
      .filter((message) => message.from === from && (client === undefined || message.client === client))
      .reverse();
  }
}
