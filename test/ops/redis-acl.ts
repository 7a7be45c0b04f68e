import { createHash } from 'node:crypto';
import { readProjectFile } from './compose-file.js';

const FILE = 'ops/redis/users.acl';

/** The rules of a user of the file, in its order. */
export function rulesOf(user: string): readonly string[] {
  const line = readProjectFile(FILE)
    .split('\n')
    .find((each) => each.startsWith(`user ${user} `));
  if (line === undefined) throw new Error(`${FILE} has no user ${user}`);
  return line.split(' ').slice(2);
}

/** The file as an operator completes it: with a password for our user, and here with somebody who may do everything. */
export function completedUsers(password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  const completed = readProjectFile(FILE).replace('user waybill on', `user waybill on #${hash}`);
  return `${completed}user admin on nopass ~* &* +@all\n`;
}
