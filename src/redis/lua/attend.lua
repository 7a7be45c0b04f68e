-- A worker says that it serves the account. One that has not said so for a while is forgotten.
-- KEYS: workers
-- ARGV: worker ttlMs
-- Returns {now}
-- include: clock
local now = clock()
redis.call('ZREMRANGEBYSCORE', workers, '-inf', now)
redis.call('ZADD', workers, now + ttlMs, worker)
redis.call('PEXPIRE', workers, ttlMs)
return { now }
