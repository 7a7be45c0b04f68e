import { readSettings } from '../app/boot.js';
import { type Client, openClient } from '../app/client.js';
import type { CliContext } from './context.js';

/** Opens a client for one command and closes it however that ends. */
export async function withClient<T>(
  { env, output }: CliContext,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = openClient(readSettings(env()), output.log);
  try {
    return await use(client);
  } catch (error) {
    throw client.explain(error);
  } finally {
    await client.close();
  }
}
