import type { PrivateRedisOptions } from '../../dev/private-redis.js';
import { rulesOf } from '../ops/redis-acl.js';

/** `TEST_ACL=1`: what is under test has no more rights than `ops/redis/users.acl` gives it. */
const ARE_WANTED = process.env.TEST_ACL === '1';
const USER = { username: 'waybill', password: 'password-of-waybill' };

/** A server that has the user of that file beside the one that may do everything, who arranges and looks. */
export function withUser(options: PrivateRedisOptions = {}): PrivateRedisOptions {
  if (!ARE_WANTED) return options;
  const user = ['--user', USER.username, `>${USER.password}`, ...rulesOf(USER.username)];
  return { ...options, extraArgs: [...(options.extraArgs ?? []), ...user] };
}

/** The server's URL for what is under test. */
export function asUser(url: string): string {
  return ARE_WANTED ? url.replace('//', `//${USER.username}:${USER.password}@`) : url;
}

/** The same where there is no URL: no user, or that one. */
export function userOfServers(): Partial<typeof USER> {
  return ARE_WANTED ? USER : {};
}
