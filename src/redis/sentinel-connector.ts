import { SentinelConnector } from 'ioredis';

/**
 * Asks the sentinels where the master is. Those that were to tell of a failover are let go first: told of it while a
 * connection is being made, ioredis would take that for the wish to end it, and never connect again.
 */
export class SteadySentinelConnector extends SentinelConnector {
  /** With the connection's own options. */
  constructor(options: unknown) {
    super(typeof options === 'object' && options !== null ? options : {});
  }

  override connect(
    ...told: Parameters<SentinelConnector['connect']>
  ): ReturnType<SentinelConnector['connect']> {
    this.disconnect();
    return super.connect(...told);
  }
}
